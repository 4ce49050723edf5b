"""Uses the form to flood one mailbox with email, with all spellings of its address, from many networks."""

from collections.abc import Iterator
from itertools import count, cycle, islice

import pytest

from signatures.signing.models.signature import Signature
from tests.drills.conftest import StartSite
from tests.drills.crowd import Crowd
from tests.drills.reckoning import Tell, reckon
from tests.outbox import is_all_sent
from tests.smtp import Sink, serving
from tests.waiting import seconds_until
from tools.dev import ports
from tools.dev.servers import Valkey

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]


def test_two_hundred_posts_for_one_mailbox_bring_it_one_mail(start_site, statement, sink, broker, tell):
    bomb(start_site, sink, broker, tell, posts=200, networks=100)


def bomb(start_site: StartSite, sink: Sink, broker: Valkey, tell: Tell, *, posts: int, networks: int) -> None:
    """Sends the first half against the rate limits, and the second half against only the caps in the database."""
    ways = list(islice(ways_to_write("ilsevarga", "gmail.com"), posts))
    from_networks = cycle(f"198.51.{number // 250}.{number % 250 + 1}" for number in range(networks))
    with serving(sink, ports.free()) as mail:
        site = start_site(EMAIL_URL=mail, TRUSTED_PROXIES="1", LIMIT_FACTOR="1")
        crowd = Crowd(site, at_a_time=24, network=lambda: next(from_networks))
        for begin in (0, posts // 2):
            with crowd.meanwhile(crowd.sign_as, ways[begin : begin + posts // 2]):
                pass
            if begin == 0:
                broker.kill()
        broker.start()
        recovered = seconds_until(is_all_sent)

        done = reckon(crowd, sink)
        limited = done.answered(429)
        tell(done, recovered=recovered, remark=f"429 to {limited:,}, all while the cache was there")
    assert len({way.lower() for way in ways}) == posts
    assert (done.answered(303) + limited, done.failed, done.answered(0)) == (posts, 0, 0)
    assert {answer.status for answer in done.answers[posts // 2 :]} == {303}
    assert (len(done.rows), done.mails.total(), done.rows) == (1, 1, set(done.mails))
    assert done.rows < done.accepted
    assert Signature.objects.get().state == Signature.State.PENDING


def ways_to_write(local: str, domain: str) -> Iterator[str]:
    """Returns spellings that this provider treats as one: dots, tags, its other domain, and capitals."""
    for number in count():
        dotted = "".join(f".{letter}" if number >> at & 1 else letter for at, letter in enumerate(local)).lstrip(".")
        shown = dotted.upper() if number % 3 == 0 else dotted
        yield f"{shown}+list{number}@{'googlemail.com' if number % 2 else domain}"
