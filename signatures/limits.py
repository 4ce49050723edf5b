"""Every limit as a named constant, and the counters of requests.

Limits on requests, per network and per mailbox, are comfort: with the cache away they let everybody through. The caps
on mail to a mailbox are safety: they are counted in PostgreSQL (`Mail.objects.next_turn`), and no setting moves them.
"""

import ipaddress
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django_ratelimit.core import get_usage

from signatures import counters, windows
from signatures.breaker import Breaker
from signatures.flood import Flood
from signatures.windows import Passed, Window

MAIL_GAP = timedelta(minutes=2)
MAILS_A_DAY = 5
DAY = timedelta(hours=24)
CONFIRM_WITHIN = timedelta(days=14)
LONGEST_TEXT = 100_000  # characters of a statement in one language
LONGEST_UPDATE = 20_000  # characters of an update in one language
WAIT_FOR_PROOF = timedelta(days=7)  # then whoever was asked stands in the review queue again
LEASE_ON_REVIEW = timedelta(minutes=10)  # for so long nobody else gets what a moderator looks at
REST_AFTER_SKIP = timedelta(hours=8)
KEEP_PENDING = timedelta(days=30)  # since its latest mail, whose link has long expired by then
KEEP_NETWORK = timedelta(days=30)  # where a signature came from, scrambled
KEEP_DIGEST_OF_MAIL = timedelta(days=2)  # the caps look back 24 hours
KEEP_ANSWER_TO_MAIL = timedelta(days=30)  # what the mail server said, for the organiser who looks into it

# After a mail provider refuses an email for the moment, nothing goes there for COOLDOWN. Each new refusal doubles it
COOLDOWN, LONGEST_COOLDOWN = timedelta(seconds=15), timedelta(minutes=8)
COOLDOWN_JITTER = 0.2  # of the cool-down, up or down
SLOW_ANSWER = timedelta(seconds=5)  # an answer that takes this long starts a cool-down too
KEEP_COOLDOWN = timedelta(days=2)  # since it ended
BUDGET_BURST = timedelta(
    seconds=15
)  # MAILS_PER_MINUTE may be spent this far ahead; the outbox is swept every 10 seconds
KEEP_PACKS = timedelta(days=30)  # delivery packs, since they were asked for

LARGEST_IMPORT = 25_000_000  # bytes of a file; deploy/nginx.conf lets a little more in
MOST_IMPORTED = 100_000  # lines of people
MOST_COLUMNS = 50
LONGEST_CELL = 32_767  # characters; no spreadsheet takes more
LARGEST_UNPACKED = 150_000_000  # bytes of what is packed in a workbook
IMPORT_PACE, IMPORT_PACE_MOST = 500, 100_000  # mails an hour; organisers set it
IMPORT_BURST = timedelta(minutes=1)
KEEP_IMPORT = timedelta(days=30)  # its lines, since it last moved
KEEP_IMPORT_FILE = timedelta(days=1)  # which is gone once it is read

# How many requests, in how many seconds, of one network. A theatre signs from one address: only a flood is refused.
SIGN = (600, 60)
RESEND = (60, 60)
CONFIRM = (600, 60)
OWN_PAGE = (120, 60)
CHALLENGE = (600, 60)
SEARCH = (240, 60)
API = (600, 60)
REPORTS = (30, 60)
LOGIN = (20, 60)  # axes counts wrong passwords by account and network

USUAL = (500, 3600)  # signatures of one network, a theatre full; what comes on top is flagged, and not refused
OF_ONE_MAILBOX = (30, 60)  # requests that name it or carry its link, from wherever they come

cache_breaker = Breaker("the cache behind the limits")
flood = Flood(tell=lambda many: counters.count(counters.LIMITED, "sign", many))


class TooMany(Exception):
    """A limit was passed; in `seconds` there is room again."""

    def __init__(self, seconds: int):
        self.seconds = seconds
        super().__init__(f"room again in {seconds} s")


def count_network(request: HttpRequest, group: str, rate: tuple[int, int]) -> None:
    if seconds := seconds_to_wait(request, group, rate):
        raise TooMany(seconds)


def count_mailbox(group: str, digest: bytes) -> None:
    """Counts what is asked and never what is known, so that a stranger learns nothing from the answer."""
    _refuse(_count(*_of_mailbox(group, digest)))


def count_pressed(request: HttpRequest, group: str, rate: tuple[int, int], digest: bytes | None) -> None:
    """A button behind a mailed link: its network, and its mailbox if that is not erased."""
    _refuse(_count(_of(_network_of_today(request), group, rate), *_of_mailbox("link", digest)))


def refuse_flood(request: HttpRequest) -> None:
    """Before a form is read: who is far past the limit is told so without a round trip."""
    window = _of(_network_of_today(request), "sign", SIGN)
    if seconds := flood.seconds_left(window.key):
        raise TooMany(seconds)


def count_signing(request: HttpRequest, digest: bytes | None) -> bool:
    """A form: its network, and its mailbox if that could be read. Whether the network signs more than usual, which is
    no reason to refuse it."""
    network = _network_of_today(request)
    usual = [_of(network, "signatures", USUAL)] if digest else []
    passed = _count(_of(network, "sign", SIGN), *_of_mailbox("sign", digest), *usual)
    if passed and passed.window in usual:
        return True
    if passed and passed.window.group == "sign":
        flood.note(passed.window.key, passed.seconds)
    _refuse(passed)
    return False


def seconds_to_wait(request: HttpRequest, group: str, rate: tuple[int, int]) -> int:
    """0 while the visitor's network is within `rate`, else the seconds until it may come again. Counts this call."""
    many, seconds = rate
    usage = cache_breaker.call(
        lambda: get_usage(
            request,
            group=group,
            key=lambda group, request: _network_of_today(request),
            rate=(many * settings.LIMIT_FACTOR, seconds),
            increment=True,
        ),
        otherwise=None,
    )
    if not usage or not usage["limit"] or not usage["should_limit"]:  # no limit: the counter vanished meanwhile
        return 0
    counters.count(counters.LIMITED, group)
    return max(1, usage["time_left"])


def _of(whom: str, group: str, rate: tuple[int, int]) -> Window:
    many, seconds = rate
    return Window(group, whom, many * settings.LIMIT_FACTOR, seconds)


def _of_mailbox(group: str, digest: bytes | None) -> list[Window]:
    return [_of(digest.hex(), f"{group} of a mailbox", OF_ONE_MAILBOX)] if digest else []


def _count(*counted: Window) -> Passed | None:
    return cache_breaker.call(lambda: windows.count(*counted), otherwise=None)


def _refuse(passed: Passed | None) -> None:
    if passed:
        raise TooMany(passed.seconds)


def _network_of_today(request: HttpRequest) -> str:
    """Who sees the counters does not see the networks, nor which of yesterday's is which of today's. Made once for a
    request, however many limits look at it."""
    if (known := getattr(request, "network_of_today", None)) is None:
        salt = f"network {timezone.now():%Y-%m-%d}"
        key = salted_hmac(salt, client_network(request), secret=settings.DIGEST_KEYS[0], algorithm="sha256")
        known = request.network_of_today = key.hexdigest()  # type: ignore[attr-defined]
    return known


def network_as_address(request: HttpRequest) -> str:
    """The same in the form of an address, for axes, whose column takes nothing else."""
    return str(ipaddress.IPv6Address(bytes.fromhex(_network_of_today(request))[:16]))


def client_network(request: HttpRequest) -> str:
    """An IPv4 address or an IPv6 /64; "unknown" where no proxy of ours wrote anything readable."""
    address = _parsed(_forwarded_for(request)) or _parsed(request.META.get("REMOTE_ADDR", ""))
    if address is None:
        return "unknown"
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def wide_network(request: HttpRequest) -> str:
    """An IPv4 /24 or an IPv6 /64, what one household, office or rented server has; empty where it is not known."""
    network = client_network(request)
    if network == "unknown":
        return ""
    return network if "/" in network else str(ipaddress.ip_network(f"{network}/24", strict=False))


def _forwarded_for(request: HttpRequest) -> str:
    """The entry that the outermost of our own proxies wrote. What stands left of it, the visitor may have written."""
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    proxies = settings.TRUSTED_PROXIES
    return hops[-proxies] if 0 < proxies <= len(hops) else ""


def _parsed(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if address.version == 6 else None
    return mapped or address
