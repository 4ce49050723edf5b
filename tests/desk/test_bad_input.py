"""Invalid input from logged-in users gets a response below 500 and changes nothing."""

import pytest
from django.test import Client
from django.urls import reverse

from signatures.audit.models import AuditEntry
from signatures.signing.models.signature import Signature
from tests.organisers import SIGNATURES, logged_in_client, make_owner
from tests.people import make_signature, make_statement

pytestmark = pytest.mark.django_db

HUGE, LONG = "9" * 30, "9" * 5000
ODD = HUGE, LONG, "x", "%00", "_00"
CHOSEN = {"action": "hide", "index": "0", "reason": "known"}
POSTS = [
    *((SIGNATURES, {**CHOSEN, "_selected_action": odd}) for odd in ("abc", HUGE, LONG, "\x00", "-1", "1,2", "²")),
    (SIGNATURES, {**CHOSEN, "_selected_action": "1", "reason": "kno\x00wn"}),
    (SIGNATURES, {**CHOSEN, "_selected_action": "1", "index": "abc"}),
    (SIGNATURES, {**CHOSEN, "_selected_action": "1", "action": "nothing"}),
    *((f"{SIGNATURES}?review=waiting", {**CHOSEN, "_selected_action": "1", "one": odd}) for odd in ("abc", HUGE)),
    *((reverse("admin:review_next"), {"beside": odd}) for odd in ("abc", HUGE, LONG, "²", "\x00")),
    *(("/admin/review/1/", {"press": f"reject {odd}"}) for odd in ("abc", HUGE, LONG, "²", "\x00")),
    ("/admin/review/1/", {"press": "approve", "note": "\x00", "face": "\x00"}),
    ("/admin/review/all/", {"press": "approve", "reason": "x", "seen": LONG}),
    ("/admin/review/all/", {"press": "approve", "reason": "x", "seen": "-5"}),
    *(("/admin/signatures/switch/", {"name": "pause_mail", "turn": "on", "statement": odd}) for odd in ("abc", HUGE)),
    *(("/admin/signatures/invitation/", {"action": "mail", "_selected_action": odd}) for odd in ("abc", HUGE, LONG)),
    ("/admin/signatures/protectedname/", {"action": "delete_selected", "_selected_action": "x"}),
    ("/admin/signatures/protectedname/", {"action": "delete_selected", "_selected_action": HUGE}),
    ("/admin/signatures/invitation/file/", {"statement": HUGE, "file": "x"}),
    ("/admin/signatures/import/add/", {"statement": HUGE, "file": "x"}),
    ("/admin/signatures/signature/export/", {"statement": HUGE, "format": "csv", "whom": "all", "reason": "x"}),
    ("/admin/second-factor/mine/", {"act": "\x00"}),
    ("/admin/password-again/", {"password": "\x00"}),
    ("/admin/password_change/", {"old_password": "\x00"}),
    ("/admin/signatures/update/1/publish/", {"at_0": "\x00", "at_1": HUGE}),
    ("/admin/signatures/signature/1/quotation/", {"quotation": "\x00", "reason": "\x00"}),
    ("/admin/signatures/rule/1/change/", {"_undo": "1", "reason": "\x00"}),
]  # fmt: skip
PAGES = [
    *(f"/admin/signatures/{noun}/{odd}/change/" for noun in ("signature", "import", "rule") for odd in ODD),
    *(f"/admin/signatures/{path}/" for path in (f"signature/{HUGE}/logo", "signature/x/quotation")),
    f"/admin/signatures/update/{HUGE}/mail/",
    *(f"/admin/review/{odd}/" for odd in (HUGE, LONG[:400])),
    f"/admin/review/all/{HUGE}/",
    f"/admin/signatures/deliverypack/{HUGE}/download/",
    *(f"{SIGNATURES}?{query}" for query in (
        "p=-1", "p=abc", f"p={HUGE}", "o=-99", "o=x.y", "e=1", "q=%00", "q=%ed%a0%80", "all=", f"rule={LONG}",
        f"import={HUGE}", "figure=a|b|c|d|e", f"figure=submitted|{HUGE}||language|x", "trend=domain|%ed%a0%80",
        f"statement__id__exact={HUGE}", "created_at__gte=x", "state__exact=%ff", "_to_field=name", "review=%ff",
    )),
    f"/admin/signatures/import/1/change/?after={LONG}",
    f"/admin/trends/?hour={LONG}",
    f"/admin/review/?statement={HUGE}&why=%ff&sector=x&q=%ed%a0%80",
]  # fmt: skip


@pytest.fixture
def desk(settings):
    settings.LIMIT_FACTOR = 10_000
    make_signature(make_statement())
    desk = logged_in_client(make_owner())
    desk.raise_request_exception = False
    return desk


@pytest.mark.parametrize(("address", "sent"), POSTS, ids=lambda value: str(value)[:60])
def test_an_odd_press_is_answered_and_does_nothing(desk: Client, address, sent):
    before = Signature.objects.values().get()
    response = desk.post(address, sent)

    assert response.status_code < 500
    assert Signature.objects.values().get() == before
    assert not AuditEntry.objects.exclude(action="reword").exists()


def test_an_odd_address_is_answered(desk: Client):
    answers = {address: desk.get(address).status_code for address in PAGES}

    assert {address: status for address, status in answers.items() if status >= 500} == {}
