import pytest

from signatures.mail.models.email import Suppression
from signatures.public.models.tally import count
from signatures.signing.models.signature import Signature
from tests.drills.crowd import Crowd
from tests.drills.reckoning import Tell, reckon, recount
from tests.drills.scanning import Scanner, browsing
from tests.outbox import is_all_sent
from tests.site import Site
from tests.smtp import Sink
from tests.waiting import wait_for

pytestmark = [pytest.mark.drill, pytest.mark.long, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_scanner_that_opens_every_link_confirms_nobody(site, statement, sink, chromium, tell):
    scan(site, sink, chromium, tell, mails=40, with_scripts=5)


def scan(site: Site, sink: Sink, chromium: str, tell: Tell, *, mails: int, with_scripts: int) -> None:
    """Scans every email. Afterwards the owners press the button, and all of them are counted."""
    crowd = Crowd(site)
    crowd.sign(mails)
    wait_for(is_all_sent, patience=120)
    scanner = Scanner(crowd)
    scanner.fetch_all(sink.messages)
    with browsing(chromium) as browser:
        scanner.run_all(browser, sink.messages[:with_scripts])

    done = reckon(crowd, sink)
    states = set(Signature.objects.values_list("state", flat=True))
    with crowd.confirming(sink.messages):
        pass
    tell(done, remark=f"{scanner.opened:,} links opened, those of {with_scripts} mails in a browser with scripts")
    assert (len(done.accepted), done.rows, set(done.mails), done.duplicates) == (mails, done.accepted, done.accepted, 0)
    assert (states, Suppression.objects.count(), scanner.refused) == ({"pending"}, 0, [])
    assert scanner.opened > 6 * mails
    assert (count(Signature.objects.earliest("id").statement_id).all, recount()) == (mails, "counts agree\n")
