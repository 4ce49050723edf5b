"""Tests the pages that organisers have open all day, on a phone, a tablet and a large screen, in English and in
Arabic: nothing is wider than the screen, and nothing is refused. SHOTS=<folder> stores pictures of them."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from signatures.identity import mailbox
from signatures.mail.models.email import Mail
from signatures.public.count_days import update_daily_counts
from signatures.public.fold_tally import fold
from signatures.review.models.rule import Rule
from signatures.signing.models.share import Share
from signatures.signing.models.signature import Signature
from tests.browser.visitor import PASSWORD
from tests.people import make_invitation, make_signature

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDTHS = 390, 768, 1440
NAMES = [
    "Ilse Varga", "Omar Holt", "ليلى الحداد", "Wren Castellane", "अनिता शर्मा", "Zora Kline", "Mateo Brandt",
    "佐藤 美咲", "Noor Aziz", "Ada Lindqvist", "User1 Free", "User2 Free", "User27 Free",
]  # fmt: skip
CREDITS = ["composer", "novelist, author of The Salt Line", "film editor", "", "painter and printmaker"]
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture
def busy(statement, organiser):
    """Creates a day with signers, a flood, invitations, questions and reminders. Returns the pages to look at."""
    now = timezone.now()
    for number in range(90):
        at = now - timedelta(minutes=number * number * 0.17)
        state = [Signature.State.CONFIRMED] * 5 + [Signature.State.HELD, Signature.State.PENDING]
        signature = make_signature(
            statement, name=NAMES[number % 13], credit=CREDITS[number % 5], state=state[number % 7], now=at,
            language=["en", "fr", "ar"][number % 3], sector=["music", "literature"][number % 2],
            flags=["burst"] if state[number % 7] == Signature.State.HELD else [],
            address=f"signer-{number}@{['gmail.com', 'farm.example', 'studio.example'][number % 3]}",
        )  # fmt: skip
        mail(signature, at, "confirm")
    mail(make_signature(statement, now=now - timedelta(days=2), address="later@gmail.com"), now, "reminder")
    Share.objects.create(signature=Signature.objects.filter(counted=True).earliest("id"), brought=41)
    fold()
    update_daily_counts(now=now)
    rule = Rule.objects.create(act="reject", domain="farm.example", reason="a farm", author=organiser, created_at=now)
    for name, fields in {
        "Ilse Varga": {"sent_at": now, "opened_at": now},
        "Noor Aziz": {"sent_at": now},
        "Ren": {},
    }.items():
        invitation = make_invitation(statement, name, credit="composer", **fields)
        invitation.set_mailbox(mailbox.parse(f"{name.split()[0].lower()}@agency.example"))
        invitation.save()
    return {
        "front": "/admin/",
        "queue": "/admin/review/",
        "case": "/admin/review/",
        "queue-all": "/admin/review/all/?why=burst",
        "rules": "/admin/signatures/rule/",
        "rule": f"/admin/signatures/rule/{rule.id}/change/",
        "trends": "/admin/trends/",
        "invitations": "/admin/signatures/invitation/",
        "export": "/admin/signatures/signature/export/",
        "switches": "/admin/signatures/switch/",
    }


def mail(signature, at, kind):
    Mail.objects.create(
        signature=signature, kind=kind, status="sent", sent_at=at, language=signature.language, generation=1, due_at=at,
        next_attempt_at=at, created_at=at, message_id=f"<{kind}-{signature.id}>", provider=signature.provider,
    )  # fmt: skip


@pytest.mark.parametrize("language", ["en", "ar"])
def test_nothing_sticks_out_and_nothing_is_refused(come, busy, language):
    desk = come(language=language)
    desk.open("/admin/")
    desk.page.fill("[name=username]", "organiser")
    desk.page.fill("[name=password]", PASSWORD)
    with desk.page.expect_navigation():
        desk.page.click("[type=submit]")
    too_wide: list[tuple[str, int]] = []
    for name, address in busy.items():
        desk.open(address)
        if name == "case":
            with desk.page.expect_navigation():
                desk.page.click(".queue-standing form .button")
        assert desk.page.locator("#content h1, #content h2, #content .module").count() > 0, name
        for width in WIDTHS:
            desk.page.set_viewport_size({"width": width, "height": 900})
            if desk.page.evaluate(TOO_WIDE):
                too_wide.append((name, width))
            if folder := os.environ.get("SHOTS"):
                desk.page.screenshot(path=Path(folder) / f"{name}-{language}-{width}.png")

    assert too_wide == []
