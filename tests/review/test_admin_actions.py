"""A moderator decides, from the list or from the page of one signature, always with a reason in the audit log."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from signatures.audit.models import AuditEntry
from signatures.mail.models.email import Mail
from signatures.privacy.erase import erase
from signatures.review.admin import actions
from signatures.signing.models.signature import Signature
from signatures.signing.set_visibility import set_visibility
from tests.organisers import SIGNATURES, logged_in_client, make_moderator, make_staff, messages_of, run_admin_action
from tests.people import NOON, make_signature

pytestmark = pytest.mark.django_db

State = Signature.State


def page_of(signature):
    return reverse("admin:signatures_signature_change", args=[signature.id])


def buttons(response):
    soup = BeautifulSoup(response.content, "html.parser")
    return [button["value"] for button in soup.select(".decide button[name=action]")]


def propose(signature, name="Ilse Varga-Holt"):
    Signature.objects.filter(id=signature.id).update(proposed_name=name, proposed_at=NOON)


class TestEachAct:
    @pytest.mark.parametrize(
        ("act", "before", "after"),
        [
            ("approve", {"state": State.HELD}, {"state": State.CONFIRMED, "listed": True}),
            ("reject", {"state": State.HELD}, {"state": State.REJECTED, "counted": False}),
            ("hide", {}, {"state": State.CONFIRMED, "listed": False}),
            ("show", {"hidden_at": NOON}, {"hidden_at": None, "listed": True}),
            ("mark_notable", {}, {"notable": True}),
            ("unmark_notable", {"notable": True}, {"notable": False}),
            ("resend_link", {"state": State.PENDING}, {"state": State.PENDING}),
            (
                "accept_correction",
                {"proposed_name": "Ilse Holt", "proposed_at": NOON, "notable": True},
                {"name": "Ilse Holt", "notable": False, "proposed_at": None},
            ),
            (
                "refuse_correction",
                {"proposed_name": "Ilse Holt", "proposed_at": NOON, "notable": True},
                {"name": "Ilse Varga", "notable": True, "proposed_at": None},
            ),
        ],
    )
    def test_row_25_it_is_done_and_written_down(self, statement, moderator, desk, act, before, after):
        signature = make_signature(statement, **before)

        run_admin_action(desk, act, signature, reason="her agent wrote")

        now_is = Signature.objects.get()
        assert {field: getattr(now_is, field) for field in after} == after
        entry = AuditEntry.objects.get()
        assert (entry.actor, entry.reason, entry.signature) == (moderator, "her agent wrote", signature)
        assert entry.action == {"resend_link": "resend"}.get(act, act)

    def test_the_list_offers_all_of_them_and_no_deletion(self, statement, desk):
        make_signature(statement)
        soup = BeautifulSoup(desk.get(SIGNATURES).content, "html.parser")

        offered = [option["value"] for option in soup.select("select[name=action] option") if option["value"]]

        assert offered == [act.name for act in actions.MODERATION_ACTIONS]

    def test_an_approved_signer_is_told_by_mail(self, statement, desk):
        run_admin_action(desk, "approve", make_signature(statement, state=State.HELD))

        assert Mail.objects.get().kind == Mail.Kind.APPROVED

    def test_a_rejected_signature_does_not_wait_for_a_decision_on_a_correction(self, statement, desk):
        signature = make_signature(statement)
        propose(signature)

        run_admin_action(desk, "reject", signature)

        assert list(Signature.objects.awaiting_review()) == []


class TestTheReason:
    @pytest.mark.parametrize("reason", ["", "   ", "x" * 301])
    def test_without_a_good_one_nothing_happens(self, statement, desk, reason):
        signature = make_signature(statement)

        response = run_admin_action(desk, "hide", signature, reason=reason)

        assert response.status_code == 422
        assert "Nothing was changed yet" in response.content.decode()
        assert (Signature.objects.get().hidden_at, AuditEntry.objects.count()) == (None, 0)

    def test_the_page_that_asks_for_it_keeps_the_choice(self, statement, desk):
        first, second, third = (make_signature(statement, name=name) for name in ("Ana", "Ben", "Cem"))
        response = run_admin_action(desk, "hide", first, second, reason="")
        form = BeautifulSoup(response.content, "html.parser").select_one("form.decide")
        posted = {field["name"]: field.get("value", "") for field in form.select("input[name]")}
        posted["_selected_action"] = [field["value"] for field in form.select("[name=_selected_action]")]
        posted |= {"reason": "a double", "action": form.select_one("button[name=action]")["value"]}

        desk.post(SIGNATURES, posted)

        assert set(Signature.objects.filter(hidden_at__isnull=False)) == {first, second}
        assert Signature.objects.get(id=third.id).listed is True

    def test_it_names_the_chosen_signatures(self, statement, desk):
        signatures = [make_signature(statement, name=f"Signer {number:02}") for number in range(23)]

        text = run_admin_action(desk, "hide", *signatures, reason="").content.decode()

        assert "Signer 22" in text
        assert "Signer 02" not in text
        assert "and 3 more" in text


class TestWhatIsSaid:
    def test_of_one_its_name(self, statement, desk):
        response = run_admin_action(desk, "hide", make_signature(statement))

        assert messages_of(response) == ["Hidden from the list: <bdi>Ilse Varga</bdi>"]

    def test_of_many_how_many_and_why_some_were_left(self, statement, desk):
        held = [make_signature(statement, state=State.HELD) for _ in range(2)]

        response = run_admin_action(desk, "approve", *held, make_signature(statement, name="Ben"))

        assert messages_of(response) == [
            "Approved: 2 signatures",
            "Left unchanged: <bdi>Ben</bdi>. Only a held signature can be approved.",
        ]

    @pytest.mark.parametrize(
        "act",
        [
            act.name
            for act in actions.MODERATION_ACTIONS
            if act.name not in ("resend_link", "restore", "second_notable")
        ],
    )
    def test_a_second_press_changes_nothing_and_says_so(self, statement, desk, act):
        before = {
            "approve": {"state": State.HELD},
            "show": {"hidden_at": NOON},
            "unmark_notable": {"notable": True},
        }
        signature = make_signature(statement, **before.get(act, {}))
        if act.endswith("correction"):
            propose(signature)
        run_admin_action(desk, act, signature)

        response = run_admin_action(desk, act, signature)

        assert messages_of(response)[-1].startswith("Left unchanged: <bdi>")
        assert AuditEntry.objects.count() == 1

    def test_row_28_a_name_cannot_speak_html(self, statement, desk):
        response = run_admin_action(desk, "hide", make_signature(statement, name="<b>Ilse</b>"))

        assert messages_of(response) == ["Hidden from the list: <bdi>&lt;b&gt;Ilse&lt;/b&gt;</bdi>"]

    def test_too_many_at_once_are_refused_in_whole(self, statement, desk, monkeypatch):
        monkeypatch.setattr(actions, "MAX_SELECTED", 2)
        three = [make_signature(statement) for _ in range(3)]

        response = run_admin_action(desk, "hide", *three)

        assert "choose at most 2 signatures" in messages_of(response)[0]
        assert AuditEntry.objects.count() == 0

    def test_a_whole_filtered_list_can_be_chosen(self, statement, desk):
        held = [make_signature(statement, state=State.HELD) for _ in range(3)]
        other = make_signature(statement)

        run_admin_action(desk, "reject", held[0], url=f"{SIGNATURES}?review=held", select_across="1")

        assert set(Signature.objects.filter(state=State.REJECTED)) == set(held)
        assert Signature.objects.get(id=other.id).state == State.CONFIRMED


class TestThePageOfOne:
    def test_it_offers_what_can_be_done(self, statement, desk):
        held = make_signature(statement, state=State.HELD)
        erased = make_signature(statement)
        erase(signature_id=erased.id, now=NOON)

        assert buttons(desk.get(page_of(held))) == ["approve", "reject", "hide", "resend_link"]
        assert buttons(desk.get(page_of(erased))) == []

    def test_its_buttons_do_what_they_say(self, statement, desk):
        signature = make_signature(statement)
        form = BeautifulSoup(desk.get(page_of(signature)).content, "html.parser").select_one("form.decide")
        posted = {field["name"]: field.get("value", "") for field in form.select("input[name]")}

        response = desk.post(form["action"], {**posted, "reason": "a double", "action": "hide"})

        assert messages_of(response) == ["Hidden from the list: <bdi>Ilse Varga</bdi>"]
        assert Signature.objects.get().hidden_at is not None

    def test_enter_in_the_reason_decides_nothing(self, statement, desk):
        """A browser presses the first button of a form, unless that one is disabled."""
        soup = BeautifulSoup(desk.get(page_of(make_signature(statement))).content, "html.parser")

        assert soup.select_one("form.decide").find("button").has_attr("disabled")

    def test_a_correction_stands_beside_what_is_shown_now(self, statement, desk):
        signature = make_signature(statement)
        propose(signature)

        table = BeautifulSoup(desk.get(page_of(signature)).content, "html.parser").select_one("table.correction")

        assert [cell.text for cell in table.select("tbody tr")[0].select("td")] == ["Ilse Varga", "Ilse Varga-Holt"]

    def test_after_a_decision_comes_the_next_that_waits(self, statement, desk):
        first, second, third = (make_signature(statement, name=n, state=State.HELD) for n in ("Ana", "Ben", "Cem"))
        waiting_list = f"{SIGNATURES}?review=waiting"

        response = run_admin_action(desk, "approve", second, url=waiting_list, one=second.id)
        assert response["Location"] == f"{page_of(first)}?_changelist_filters=review%3Dwaiting"

        response = run_admin_action(desk, "approve", first, url=waiting_list, one=first.id)
        assert response["Location"].startswith(page_of(third))

        response = run_admin_action(desk, "approve", third, url=waiting_list, one=third.id)
        assert response["Location"] == waiting_list

    @pytest.mark.parametrize("one", ["x", "", "0", "99999999999999999999"])
    def test_a_forged_place_in_the_queue_is_no_error(self, statement, desk, one):
        signature = make_signature(statement, state=State.HELD)

        response = run_admin_action(desk, "approve", signature, url=f"{SIGNATURES}?review=waiting", one=one)

        assert response.status_code == 302

    def test_a_colleague_who_was_quicker_is_no_error(self, statement, desk):
        signature = make_signature(statement, state=State.HELD)
        run_admin_action(desk, "approve", signature)

        response = run_admin_action(desk, "approve", signature, url=f"{SIGNATURES}?review=waiting", one=signature.id)

        assert messages_of(response)[-1].startswith("Left unchanged: <bdi>Ilse Varga</bdi>")

    def test_it_shows_what_was_done_and_mailed(self, statement, desk):
        signature = make_signature(statement, state=State.HELD)
        run_admin_action(desk, "approve", signature, reason="known from the theatre")

        text = desk.get(page_of(signature)).content.decode()

        assert "known from the theatre" in text
        assert str(Mail.Kind.APPROVED.label) in text

    def test_nothing_there_can_be_typed_over(self, statement, desk):
        signature = make_signature(statement)
        fields = {"name": "Somebody Else", "state": "rejected", "notable": "on"}

        assert desk.post(page_of(signature), fields).status_code == 403
        soup = BeautifulSoup(desk.get(page_of(signature)).content, "html.parser")
        assert soup.select("#signature_form input:not([type=hidden]), #signature_form textarea") == []
        assert Signature.objects.get().name == "Ilse Varga"


def test_a_signer_cannot_show_again_what_a_moderator_hid(statement, desk):
    signature = make_signature(statement)
    run_admin_action(desk, "hide", signature)

    for visibility in (Signature.Visibility.ANONYMOUS, Signature.Visibility.PUBLIC):
        set_visibility(signature_id=signature.id, visibility=visibility)

    assert list(Signature.objects.listed()) == []
    assert Signature.objects.get(id=signature.id).counted is True


def test_acts_need_the_permission_to_moderate(statement):
    viewer = make_staff("viewer")
    viewer.user_permissions.set(make_moderator().groups.get().permissions.filter(codename="view_signature"))
    signature = make_signature(statement)
    desk = logged_in_client(viewer)

    run_admin_action(desk, "hide", signature)

    assert Signature.objects.get().hidden_at is None
    assert buttons(desk.get(page_of(signature))) == []
