"""How long links work, and how many requests one network may send: (number, seconds). A whole theatre may sign from one
address; only a flood is refused."""

from datetime import timedelta

CONFIRMATION_VALID_FOR = timedelta(days=14)
PROOF_REQUEST_VALID_FOR = timedelta(days=7)  # then whoever was asked stands in the review queue again
SIGN_RATE = (600, 60)
RESEND_RATE = (60, 60)
CONFIRM_RATE = (600, 60)
OWN_PAGE_RATE = (120, 60)
CHALLENGE_RATE = (600, 60)
USUAL_SIGNING_RATE = (
    500,
    3600,
)  # signatures of one network, a theatre full; what comes on top is flagged, and not refused
