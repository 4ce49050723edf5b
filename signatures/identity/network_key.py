"""Where a signature comes from, as a short keyed hash: enough to see that many come from one network, and nothing that
tells a reader of the database which."""

import hashlib
import hmac

from django.conf import settings

KEY_LENGTH = 24  # hexadecimal digits


def network_key(network: str) -> str:
    """Empty where nothing is known of the network."""
    if not network:
        return ""
    said = hmac.new(settings.DIGEST_KEYS[0].encode(), b"network of a signature " + network.encode(), hashlib.sha256)
    return said.hexdigest()[:KEY_LENGTH]
