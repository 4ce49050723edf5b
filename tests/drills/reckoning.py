"""Counts the result of a drill: accepted signatures, rows, emails, and how long people waited."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO

from django.core.management import call_command

from signatures.signing.models.signature import Signature
from tests.drills.crowd import Answer, Crowd
from tests.smtp import Sink

Tell = Callable[..., None]
"""tell(done, recovered=seconds, remark="..."): one row of bin/drill's table."""


@dataclass(frozen=True)
class DrillResult:
    answers: list[Answer]
    accepted: set[str]
    rows: set[str]
    mails: Counter[str]
    message_ids: set[str]

    @property
    def duplicates(self) -> int:
        """Returns how many emails came more than once: the same email, not another one to the same mailbox."""
        return self.mails.total() - len(self.message_ids)

    def answered(self, *statuses: int) -> int:
        return sum(answer.status in statuses for answer in self.answers)

    @property
    def failed(self) -> int:
        return sum(answer.status >= 500 for answer in self.answers)

    @property
    def figures(self) -> dict[str, str]:
        """Returns the figures by the names of the table's columns."""
        numbers = {
            "asked": len(self.answers),
            "accepted": self.answered(303),
            "rows": len(self.rows),
            "mails": self.mails.total(),
            "doubles": self.duplicates,
            "5xx": self.failed,
            "cut off": self.answered(0),
        }
        return {name: f"{number:,}" for name, number in numbers.items()} | {"longest": seconds(longest(self.answers))}


def reckon(crowd: Crowd, sink: Sink) -> DrillResult:
    rows = {signature.address for signature in Signature.objects.all()}
    message_ids = {str(message["Message-ID"]) for message in sink.messages}
    return DrillResult(crowd.answers, crowd.accepted, rows, Counter(sink.recipients), message_ids)


def longest(answers: list[Answer]) -> float:
    return max(answer.seconds for answer in answers)


def seconds(number: float) -> str:
    return f"{number:.1f} s"


def recount() -> str:
    """Returns the output of `manage.py recount`. SystemExit means that it had to repair the count."""
    output = StringIO()
    call_command("recount", stdout=output)
    return output.getvalue()
