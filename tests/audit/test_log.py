"""The audit log records actions in admin that are not about signatures, and its entries can be searched."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from signatures.audit.models import AuditEntry
from signatures.audit.record import record_audit_entry, record_desk_action, record_sign_in
from signatures.mail.models.email import Suppression
from signatures.review.models.protected_name import ProtectedName
from signatures.review.models.weight import Weight
from signatures.review.moderate import hide
from signatures.statements.models.sector import Sector
from signatures.statements.models.statement import Statement
from tests.organisers import code_of, form_values, logged_in_client, make_authenticator, make_organiser, make_owner
from tests.people import NOON, make_invitation, make_signature, make_statement

pytestmark = pytest.mark.django_db

LOG = reverse("admin:signatures_auditentry_changelist")
SECRET = "horse battery staple clip"


@pytest.fixture
def owner():
    return make_owner()


@pytest.fixture
def desk(owner):
    return logged_in_client(owner)


def save(desk, row, **changed):
    """Opens the page of a row, changes some fields, and saves it."""
    page = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    typed = {**form_values(desk.get(page), "#content-main form"), **changed}
    nobody_chose = {name for name in ("groups", "permissions", "user_permissions") if typed.get(name) == ""}
    response = desk.post(page, {name: value for name, value in typed.items() if name not in nobody_chose})
    assert response.status_code == 302, BeautifulSoup(response.content, "html.parser").select(".errorlist")


def entry(**fields):
    values = AuditEntry.objects.values_list("actor__username", "action", "subject", "before", "after").get(**fields)
    return tuple(values)


class TestComing:
    def test_row_25_whoever_comes_to_the_desk_is_written_down(self, settings):
        settings.SECOND_FACTOR = True
        user = User.objects.create_user("ilse", password=SECRET, is_staff=True)
        phone = make_authenticator(user)
        client = Client()
        client.post(reverse("admin:login"), {"username": "ilse", "password": "wrong"})
        client.post(reverse("admin:login"), {"username": "ilse", "password": SECRET})
        assert not AuditEntry.objects.exists()
        client.post(reverse("admin:second_factor"), {"code": code_of(phone)})
        assert entry() == ("ilse", "sign_in", "user: ilse", "", "")
        assert AuditEntry.objects.get().reason == "by password and code"

    def test_also_where_a_password_is_enough(self, settings):
        settings.SECOND_FACTOR = False
        User.objects.create_user("ilse", password=SECRET, is_staff=True)
        Client().post(reverse("admin:login"), {"username": "ilse", "password": SECRET})
        assert AuditEntry.objects.get().reason == "by password"

    def test_new_recovery_codes_and_a_new_password_of_ones_own(self, desk, owner):
        desk.post(reverse("admin:own_factor"), {"act": "codes"})
        assert entry(subject__startswith="recovery") == ("owner", "change", "recovery codes: owner", "", "")
        owner.set_password("an old one of mine")
        owner.save()
        desk = logged_in_client(owner)
        new = {"old_password": "an old one of mine", "new_password1": SECRET, "new_password2": SECRET}
        assert desk.post(reverse("admin:password_change"), {**new, "old_password": "x"}).status_code == 200
        assert desk.post(reverse("admin:password_change"), new).status_code == 302
        assert entry(subject__startswith="password") == ("owner", "change", "password: owner", "", "")
        assert SECRET not in str(list(AuditEntry.objects.values()))


class TestChanging:
    def test_a_weight(self, desk):
        weight = Weight.objects.get(flag="network")
        save(desk, weight, weight="70")
        subject = f"points of a spam signal: {weight.get_flag_display()}: 70"
        assert entry() == ("owner", "weigh", subject, "Points: 50", "Points: 70")

    def test_saved_as_it_was_is_no_act(self, desk):
        save(desk, Weight.objects.get(flag="network"))
        assert not AuditEntry.objects.exists()

    def test_an_account_its_groups_and_its_end(self, desk):
        page = reverse("admin:auth_user_add")
        desk.post(page, {"username": "zoe", "usable_password": "true", "password1": SECRET, "password2": SECRET})
        zoe = User.objects.get(username="zoe")
        assert entry() == ("owner", "add", "user: zoe", "", "")
        viewers, moderators = (Group.objects.get(name=name) for name in ("Viewer", "Moderator"))
        zoe.groups.add(viewers)
        save(desk, zoe, groups=[moderators.pk], email="zoe@private.example.org", first_name="Zoë")
        assert entry(action="change") == (
            "owner", "change", "user: zoe", "First name: –; Groups: Viewer", "First name: Zoë; Groups: Moderator",
        )  # fmt: skip
        desk.post(reverse("admin:auth_user_password_change", args=[zoe.pk]), {
            "usable_password": "true", "password1": f"{SECRET} 2", "password2": f"{SECRET} 2",
        })  # fmt: skip
        assert AuditEntry.objects.earliest("-id").reason == "Changed password."
        desk.post(reverse("admin:auth_user_delete", args=[zoe.pk]), {"post": "yes"})
        assert entry(action="delete") == ("owner", "delete", "user: zoe", "", "")
        log = str(list(AuditEntry.objects.values()))
        assert "zoe@private" not in log
        assert SECRET not in log

    def test_what_a_group_may(self, desk):
        group = Group.objects.create(name="Readers")
        save(desk, group, name="Those who read")
        assert entry() == ("owner", "change", "group: Those who read", "Name: Readers", "Name: Those who read")

    def test_a_statement_names_its_fields_and_is_linked(self, desk):
        statement = make_statement()
        save(desk, statement, goal="500")
        assert entry(action="change") == ("owner", "change", "", "Goal: –", "Goal: 500")
        assert AuditEntry.objects.get(action="change").statement == statement

    def test_a_draft_can_still_be_deleted(self, desk):
        draft = make_statement("draft", state=Statement.State.DRAFT)
        save(desk, draft, goal="500")
        desk.post(reverse("admin:signatures_statement_delete", args=[draft.pk]), {"post": "yes"})
        assert not Statement.objects.exists()
        assert entry(action="delete") == ("owner", "delete", "statement: draft", "", "")

    def test_a_rule_that_is_written(self, desk):
        desk.post(reverse("admin:signatures_rule_add"), {
            "act": "hold", "pattern": "Free *", "reason": "a farm", "signed_from_0": "", "signed_from_1": "",
        })  # fmt: skip
        stored = AuditEntry.objects.get()
        assert (stored.action, stored.rule.pattern, stored.subject) == ("add", "Free *", "")

    def test_what_is_ticked_and_deleted_in_a_list(self, desk):
        for name in ("Dance", "Opera"):
            ProtectedName.objects.create(name=name, written=name, source="organiser")
        page = reverse("admin:signatures_protectedname_changelist")
        ticked = list(ProtectedName.objects.filter(name__in=["Dance", "Opera"]).values_list("pk", flat=True))
        wish = {"action": "delete_selected", "_selected_action": ticked, "post": "yes", "index": "0"}
        desk.post(page, wish)
        subjects = set(AuditEntry.objects.filter(action="delete").values_list("subject", flat=True))
        assert subjects == {"protected name: Dance", "protected name: Opera"}

    def test_nothing_that_a_signer_may_want_erased(self, desk):
        signature = make_signature(make_statement(), name="Ilse Varga", notable=True)
        own = ProtectedName.objects.create(
            name="Ilse Varga", written="Ilse Varga", source="notable", signature=signature
        )
        gone = Suppression.objects.suppress(signature, Suppression.Reason.NOT_ME, now=NOON)
        gone = gone or Suppression.objects.get()
        for row in (own, gone):
            noun = row._meta.model_name
            desk.post(reverse(f"admin:signatures_{noun}_delete", args=[row.pk]), {"post": "yes"})
        subjects = list(AuditEntry.objects.filter(action="delete").values_list("subject", flat=True))
        assert len(subjects) == 2
        assert "Ilse" not in str(subjects)
        assert bytes(gone.mailbox_digest).hex()[:12] not in str(subjects)

    def test_values_of_any_length_are_cut_and_not_refused(self, desk):
        sector = Sector.objects.create(slug="x", name="A" * 60, position=1)
        record_desk_action(
            AuditEntry.Action.CHANGE, actor=make_organiser(), subject="s" * 900, reason="r" * 900, before="b" * 900,
            after="a" * 900, now=NOON,
        )  # fmt: skip
        stored = AuditEntry.objects.get()
        assert [len(text) for text in (stored.subject, stored.reason, stored.before, stored.after)] == [
            200,
            300,
            400,
            400,
        ]
        save(desk, sector, position="2")
        assert entry(action="change", actor__username="owner")[3:] == ("Position: 1", "Position: 2")


class TestShowing:
    """The log shows the object of an action and its details."""

    @pytest.fixture
    def invitation(self, owner):
        invitation = make_invitation(make_statement())
        details = {"mailboxes": True, "invitations": 7, "sector": ""}
        record_audit_entry(
            AuditEntry.Action.REVOKE, statement=None, actor=owner, reason="", now=NOON, about=invitation,
            details=details,
        )  # fmt: skip
        return invitation

    def test_the_list_links_the_object_and_tells_the_details(self, desk, invitation):
        row = BeautifulSoup(desk.get(LOG).content, "html.parser").select_one("#result_list tbody tr")

        about = row.select_one(".field-about a")
        page = reverse("admin:signatures_invitation_change", args=[invitation.id])
        assert (about.text, about["href"]) == (f"invitation {invitation.id}", page)
        assert row.select_one(".field-change").text == "invitations: 7 · With mailboxes"

    def test_so_does_its_own_page(self, desk, invitation):
        page = reverse("admin:signatures_auditentry_change", args=[AuditEntry.objects.get().id])
        soup = BeautifulSoup(desk.get(page).content, "html.parser")

        assert soup.select_one(".field-object_link .readonly").text == f"invitation {invitation.id}"
        assert soup.select_one(".field-details_in_words .readonly").text == "invitations: 7 · With mailboxes"

    def test_also_once_the_object_is_deleted(self, desk, invitation):
        invitation.delete()

        assert f"invitation {AuditEntry.objects.get().object_id}" in desk.get(LOG).content.decode()

    def test_what_a_row_was_deleted_is_told_without_a_link(self, desk):
        Sector.objects.all().delete()
        sector = Sector.objects.create(slug="x", name="Dance")
        desk.post(reverse("admin:signatures_sector_delete", args=[sector.pk]), {"post": "yes"})

        stored = AuditEntry.objects.get()
        assert (stored.object_type, stored.object_id) == ("sector", sector.pk)
        page = desk.get(reverse("admin:signatures_auditentry_change", args=[stored.id]))
        assert not BeautifulSoup(page.content, "html.parser").select(".field-object_link a")


class TestFinding:
    @pytest.fixture(autouse=True)
    def log(self, owner):
        ilse = User.objects.create(username="ilse", first_name="Ilse", last_name="Holt")
        signature = make_signature(make_statement("letter"), name="王小明")
        hide(signature_id=signature.id, actor=ilse, reason="a slip of hers", now=NOON)
        record_sign_in(actor=owner, by_code=True, now=NOON + timedelta(days=1))

    @pytest.mark.parametrize(
        ("query", "actions"),
        [("ilse", ["hide"]), ("Holt", ["hide"]), ("hide", ["hide"]), ("log in", ["sign_in"]), ("wang", ["hide"]),
         ("王小明", ["hide"]), ("letter", ["hide"]), ("slip", ["hide"]), ("2026-11-03", ["hide"]),
         ("2026-11-04", ["sign_in"]), ("owner", ["sign_in"]), ("ilse slip 2026-11-03", ["hide"]),
         ("ilse 2026-11-04", []), ("", ["sign_in", "hide"]), ("2026-13-45", []), ("nobody", []), ("%", []), ("\\", [])],
    )  # fmt: skip
    def test_by_whom_what_about_whom_why_and_when(self, desk, query, actions):
        page = desk.get(LOG, {"q": query})
        assert page.status_code == 200
        assert [line.action for line in page.context["cl"].result_list] == actions

    def test_each_line_says_what_it_is_about(self, desk):
        soup = BeautifulSoup(desk.get(LOG).content, "html.parser")
        assert [cell.text for cell in soup.select(".field-about")] == ["user: owner", "王小明"]

    @pytest.mark.parametrize("query", ["invitation", "invitations", "NUMBER", "invitation NUMBER"])
    def test_by_the_kind_of_object_its_number_and_the_details(self, desk, owner, query):
        invitation = make_invitation(Statement.objects.get())
        record_audit_entry(
            AuditEntry.Action.INVITE, statement=None, actor=owner, reason="", now=NOON, about=invitation,
            details={"invitations": 7},
        )  # fmt: skip
        page = desk.get(LOG, {"q": query.replace("NUMBER", str(invitation.id))})
        assert [line.action for line in page.context["cl"].result_list] == ["invite"]

    @pytest.mark.parametrize("count", [1, 3])
    def test_it_takes_the_same_number_of_queries_for_one_as_for_three(self, desk, count, django_assert_num_queries):
        for number in range(count):
            record_desk_action(
                "change", actor=User.objects.get(username="ilse"), subject=f"x {number}", now=timezone.now()
            )
        desk.get(LOG)
        with django_assert_num_queries(QUERIES):
            desk.get(LOG, {"q": "ilse x"})


QUERIES = 9
