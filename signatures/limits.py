"""Every limit as a named constant, and the counters behind those per network.

Limits per network are comfort: with the cache away they let everybody through. The caps per mailbox are safety: they
are counted in PostgreSQL (`Mail.objects.next_turn`), and no setting moves them.
"""

import ipaddress
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest
from django_ratelimit.core import get_usage

from signatures.breaker import Breaker

MAIL_GAP = timedelta(minutes=2)
MAILS_A_DAY = 5
DAY = timedelta(hours=24)
CONFIRM_WITHIN = timedelta(days=14)
LONGEST_TEXT = 100_000  # characters of a statement in one language
KEEP_PENDING = timedelta(days=30)  # since its latest mail, whose link has long expired by then
KEEP_DIGEST_OF_MAIL = timedelta(days=2)  # the caps look back 24 hours
KEEP_ANSWER_TO_MAIL = timedelta(days=30)  # what the mail server said, for the organiser who looks into it

# (how many, in how many seconds), by network. A theatre signs from one address: only a flood is refused.
SIGN = (600, 60)
RESEND = (60, 60)
CONFIRM = (600, 60)
OWN_PAGE = (120, 60)
SEARCH = (240, 60)
LOGIN = (20, 60)

cache_breaker = Breaker("the cache behind the limits")


def seconds_to_wait(request: HttpRequest, group: str, rate: tuple[int, int]) -> int:
    """0 while the visitor's network is within `rate`, else the seconds until it may come again. Counts this call."""
    many, seconds = rate
    usage = cache_breaker.call(
        lambda: get_usage(
            request,
            group=group,
            key=lambda group, request: client_network(request),
            rate=(many * settings.LIMIT_FACTOR, seconds),
            increment=True,
        ),
        otherwise=None,
    )
    return max(1, usage["time_left"]) if usage and usage["should_limit"] else 0


def client_network(request: HttpRequest) -> str:
    """An IPv4 address or an IPv6 /64; "unknown" where no proxy of ours wrote anything readable."""
    address = _parsed(_forwarded_for(request)) or _parsed(request.META.get("REMOTE_ADDR", ""))
    if address is None:
        return "unknown"
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


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
