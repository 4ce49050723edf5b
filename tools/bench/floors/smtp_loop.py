"""Sends one message COUNT times over one connection: python -m tools.bench.floors.smtp_loop PORT FILE COUNT"""

import json
import resource
import smtplib
import sys
import time
from pathlib import Path

from tools.dev.ports import HOST


def main(port: str, file: str, count: str) -> None:
    sender, recipient, message = Path(file).read_bytes().split(b"\n", 2)
    begin = time.monotonic()
    with smtplib.SMTP(HOST, int(port)) as connection:
        for _ in range(int(count)):
            connection.sendmail(sender.decode(), [recipient.decode()], message)
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({"mails": int(count), "seconds": time.monotonic() - begin, "cpu": used.ru_utime + used.ru_stime}))


if __name__ == "__main__":
    main(*sys.argv[1:])
