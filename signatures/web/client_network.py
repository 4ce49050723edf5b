"""Determines the network of a request from what the site's own proxies saw, and hashes it for the counters."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac


def network_of_today(request: HttpRequest) -> str:
    """Returns a keyed hash whose key changes daily: the counters do not show networks, and nobody can match today's
    with yesterday's. Computed once per request."""
    if (network := getattr(request, "network_of_today", None)) is None:
        salt = f"network {timezone.now():%Y-%m-%d}"
        key = salted_hmac(salt, client_network(request), secret=settings.DIGEST_KEYS[0], algorithm="sha256")
        network = request.network_of_today = key.hexdigest()  # type: ignore[attr-defined]
    return network


def network_as_address(request: HttpRequest) -> str:
    """Returns the same hash in the form of an IP address, because the column of axes takes nothing else."""
    return str(ipaddress.IPv6Address(bytes.fromhex(network_of_today(request))[:16]))


def client_network(request: HttpRequest) -> str:
    """Returns an IPv4 address or an IPv6 /64; "unknown" if the proxies gave no readable address."""
    address = _parsed(_forwarded_for(request)) or _parsed(request.META.get("REMOTE_ADDR", ""))
    if address is None:
        return "unknown"
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def wide_network(request: HttpRequest) -> str:
    """Returns an IPv4 /24 or an IPv6 /64, as one household, office or rented server has; empty if it is unknown."""
    network = client_network(request)
    if network == "unknown":
        return ""
    return network if "/" in network else str(ipaddress.ip_network(f"{network}/24", strict=False))


def _forwarded_for(request: HttpRequest) -> str:
    """Returns the entry of the outermost trusted proxy. Entries to the left of it may be forged by the visitor."""
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
