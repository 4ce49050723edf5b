"""Accepts every email and writes one line for each: python -m tools.bench.smtp_sink PORT FOLDER

FOLDER/recipients gets the address of each, FOLDER/message the sender, the recipient and the bytes of the first.
"""

import asyncio
import sys
from pathlib import Path

from tools.dev.ports import HOST

ANSWERS = {
    b"EHLO": b"250-sink\r\n250-8BITMIME\r\n250 SIZE 10000000\r\n",
    b"HELO": b"250 sink\r\n",
    b"MAIL": b"250 ok\r\n",
    b"RCPT": b"250 ok\r\n",
    b"DATA": b"354 go on\r\n",
    b"RSET": b"250 ok\r\n",
    b"NOOP": b"250 ok\r\n",
    b"QUIT": b"221 bye\r\n",
}
END = b"\r\n.\r\n"


class Session(asyncio.Protocol):
    def __init__(self, folder: Path):
        self.recipients, self.sample = (folder / "recipients").open("ab", buffering=0), folder / "message"
        self.buffer, self.in_data = b"", False
        self.sender = self.recipient = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(b"220 sink\r\n")

    def connection_lost(self, error: Exception | None) -> None:
        self.recipients.close()

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while self._take():
            pass

    def _take(self) -> bool:
        received, end, rest = self.buffer.partition(END if self.in_data else b"\r\n")
        if not end:
            return False
        self.buffer = rest
        if self.in_data:
            self._keep(received)
        else:
            self._command(received)
        return True

    def _command(self, line: bytes) -> None:
        verb = line[:4].upper()
        if verb == b"MAIL":
            self.sender = _address(line)
        elif verb == b"RCPT":
            self.recipient = _address(line)
        self.in_data = verb == b"DATA"
        self.transport.write(ANSWERS.get(verb, b"502 what\r\n"))
        if verb == b"QUIT":
            self.transport.close()

    def _keep(self, message: bytes) -> None:
        self.in_data = False
        self.recipients.write(self.recipient + b"\n")
        if not self.sample.exists():
            new = self.sample.with_name("new")
            new.write_bytes(b"\n".join([self.sender, self.recipient, message + b"\r\n"]))
            new.replace(self.sample)
        self.transport.write(b"250 taken\r\n")


def _address(line: bytes) -> bytes:
    return line.partition(b"<")[2].partition(b">")[0]


async def serve(port: int, folder: Path) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: Session(folder), HOST, port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
