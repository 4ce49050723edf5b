"""What a drill came to: who was accepted, who has a row, who got mail, and how long people waited."""

from collections import Counter
from dataclasses import dataclass
from io import StringIO

from django.core.management import call_command

from signatures.models import Signature
from tests.drills.crowd import Answer, Crowd
from tests.smtp import Sink


@dataclass(frozen=True)
class Reckoning:
    answers: list[Answer]
    accepted: set[str]
    rows: set[str]
    mails: Counter[str]

    @property
    def doubles(self) -> int:
        return self.mails.total() - len(self.mails)

    def answered(self, *statuses: int) -> int:
        return sum(answer.status in statuses for answer in self.answers)

    @property
    def failed(self) -> int:
        return sum(answer.status >= 500 for answer in self.answers)

    def tell(self, what: str, **seconds: float) -> None:
        figures = {
            "asked": len(self.answers),
            "accepted": len(self.accepted),
            "rows": len(self.rows),
            "mails": self.mails.total(),
            "doubles": self.doubles,
            "5xx": self.failed,
            "cut off": self.answered(0),
            "longest answer": f"{longest(self.answers):.2f} s",
            **{name.replace("_", " "): f"{value:.2f} s" for name, value in seconds.items()},
        }
        print(f"\n{what}: " + ", ".join(f"{name} {figure}" for name, figure in figures.items()))  # noqa: T201


def reckon(crowd: Crowd, sink: Sink) -> Reckoning:
    rows = {signature.address for signature in Signature.objects.all()}
    return Reckoning(crowd.answers, crowd.accepted, rows, Counter(sink.recipients))


def longest(answers: list[Answer]) -> float:
    return max(answer.seconds for answer in answers)


def recount() -> str:
    """What `manage.py recount` says; SystemExit where it had to repair."""
    said = StringIO()
    call_command("recount", stdout=said)
    return said.getvalue()
