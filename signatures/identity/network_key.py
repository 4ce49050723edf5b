"""Computes a short keyed hash of a signature's network. It shows that many signatures come from one network, but the
database does not show which network that is."""

import hashlib
import hmac

from django.conf import settings

KEY_LENGTH = 24  # hexadecimal digits


def network_key(network: str) -> str:
    """Returns an empty string if the network is unknown."""
    if not network:
        return ""
    digest = hmac.new(settings.DIGEST_KEYS[0].encode(), b"network of a signature " + network.encode(), hashlib.sha256)
    return digest.hexdigest()[:KEY_LENGTH]
