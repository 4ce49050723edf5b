"""Every admin page opens for users with the permission and is refused to others."""

import itertools
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.contrib import admin
from django.contrib.auth.models import Group, Permission, User
from django.urls import reverse

from signatures.audit.models import AuditEntry
from signatures.identity import mailbox
from signatures.mail.models.email import Mail, Suppression
from signatures.signing.models.signature import Signature
from signatures.statements.models.version import Version
from tests.organisers import (
    SIGNATURES,
    code_of,
    create_one_of_each,
    logged_in_client,
    make_authenticator,
    make_moderator,
    make_organiser,
    make_owner,
    make_staff,
    run_admin_action,
)
from tests.people import NOON, make_signature, make_statement

pytestmark = pytest.mark.django_db

INDEX = reverse("admin:index")
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


def address(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.fixture
def house():
    return create_one_of_each()


def pages_of(model):
    row = model._default_manager.first()
    return [address(model, "changelist"), address(model, "change", row.pk), address(model, "history", row.pk)]


class TestEveryPageOpens:
    @pytest.mark.parametrize("language", ["en", "fr", "ar"])
    def test_for_an_owner(self, house, language):
        desk = logged_in_client(make_owner())

        for page in itertools.chain(*map(pages_of, MODELS)):
            response = desk.get(page, headers={"accept-language": language}, follow=True)
            assert response.status_code == 200, page
            assert BeautifulSoup(response.content, "html.parser").html["lang"] == language

    @pytest.mark.parametrize("make", [make_moderator, lambda: User.objects.get(username="organiser")])
    def test_for_staff_it_opens_or_is_refused(self, house, make):
        user = make()
        desk = logged_in_client(user)

        for model in MODELS:
            may_see = user.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}")
            for page in pages_of(model):
                assert desk.get(page, follow=True).status_code == (200 if may_see else 403), page

    def test_a_row_that_is_not_there_is_no_error(self, house):
        desk = logged_in_client(make_owner())

        for model, pk in itertools.product(MODELS, ["0", "x", "99999999999999999999", "1_5F"]):
            assert desk.get(address(model, "change", pk)).status_code in (302, 404), (model, pk)

    def test_the_front_page_and_the_password_page(self, house):
        desk = logged_in_client(make_moderator())

        assert desk.get(INDEX).status_code == 200
        assert desk.get(reverse("admin:password_change")).status_code == 200
        assert desk.get(reverse("admin:app_list", args=["signatures"])).status_code == 200


class TestWhoIsKeptOut:
    def test_strangers_are_asked_to_log_in(self, house):
        for page in itertools.chain(*map(pages_of, MODELS)):
            response = logged_in_client().get(page)
            assert (response.status_code, response["Location"]) == (302, f"{reverse('admin:login')}?next={page}")

    def test_staff_without_a_group_see_nothing(self, house):
        desk = logged_in_client(make_staff("new"))

        for page in itertools.chain(*map(pages_of, MODELS)):
            assert desk.get(page, follow=True).status_code == 403, page

    def test_nor_can_they_act(self, house):
        signature = Signature.objects.get(state=Signature.State.CONFIRMED)

        response = run_admin_action(logged_in_client(make_staff("new")), "hide", signature)

        assert response.status_code == 403
        assert Signature.objects.get(id=signature.id).hidden_at is None

    def test_a_signed_in_person_who_is_not_staff_neither(self, house):
        user = User.objects.create(username="reader")
        user.groups.set(Group.objects.all())

        assert logged_in_client(user).get(SIGNATURES).status_code == 302

    def test_guessing_passwords_is_slowed(self, monkeypatch, settings):
        settings.LIMIT_FACTOR = 1
        monkeypatch.setattr("signatures.desk.site.seconds_to_wait", lambda *args: 17)

        response = logged_in_client().post(reverse("admin:login"), {"username": "owner", "password": "guess"})

        assert (response.status_code, response["Retry-After"]) == (429, "17")


class TestNothingIsDeleted:
    @pytest.mark.parametrize("model", [Signature, Mail, AuditEntry, Version])
    def test_not_even_by_an_owner(self, house, model):
        desk, row, count = (
            logged_in_client(make_owner()),
            model._default_manager.first(),
            model._default_manager.count(),
        )
        delete_selected = {"action": "delete_selected", "index": "0", "_selected_action": [row.pk], "post": "yes"}

        assert desk.get(address(model, "delete", row.pk)).status_code == 403
        assert desk.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403
        assert desk.get(address(model, "add")).status_code == 403
        desk.post(address(model, "changelist"), {**delete_selected, "reason": "tidy"})
        assert model._default_manager.count() == count

    def test_a_moderator_who_wrote_in_the_audit_log_stays(self, house):
        organiser = User.objects.get(username="organiser")

        logged_in_client(make_owner()).post(address(User, "delete", organiser.pk), {"post": "yes"})

        assert User.objects.filter(pk=organiser.pk).exists()

    def test_a_statement_with_signatures_stays(self, house):
        for user in (make_owner(), User.objects.get(username="organiser")):
            desk = logged_in_client(user)
            page = desk.get(address(type(house), "change", house.pk)).content.decode()
            assert "deletelink" not in page
            assert desk.post(address(type(house), "delete", house.pk), {"post": "yes"}).status_code == 403

    def test_a_sector_in_which_people_signed_stays(self, house):
        sector = Signature.objects.first().sector

        assert (
            logged_in_client(make_owner()).post(address(type(sector), "delete", sector.pk), {"post": "yes"}).status_code
            == 403
        )

    def test_an_organiser_deletes_a_draft_that_nobody_signed(self):
        draft = make_statement(state="draft")

        logged_in_client(make_organiser()).post(address(type(draft), "delete", draft.pk), {"post": "yes"})

        assert not type(draft).objects.exists()

    def test_an_organiser_lets_mail_go_again_to_a_suppressed_mailbox(self, house):
        suppression = Suppression.objects.get()
        desk = logged_in_client(User.objects.get(username="organiser"))

        assert (
            bytes(suppression.mailbox_digest).hex()[:12]
            in desk.get(address(Suppression, "changelist")).content.decode()
        )
        desk.post(address(Suppression, "delete", suppression.pk), {"post": "yes"})

        assert not Suppression.objects.exists()


class TestTheFrontPage:
    def waiting(self, user):
        soup = BeautifulSoup(logged_in_client(user).get(INDEX).content, "html.parser")
        return [(" ".join(link.text.split()), link["href"]) for link in soup.select(".waiting a")]

    def test_it_says_what_waits_and_leads_there(self, house):
        assert self.waiting(make_moderator()) == [
            ("Waiting for review: 1", reverse("admin:review")),
            ("Failed emails: 1", f"{address(Mail, 'changelist')}?status__exact=failed"),
        ]

    def test_to_nobody_who_may_not_look(self, house):
        assert self.waiting(make_staff("new")) == []

    def test_its_links_lead_to_as_many_rows(self, house):
        user = make_moderator()
        user.user_permissions.add(Permission.objects.get(codename="view_signature"))
        user.groups.get().permissions.remove(Permission.objects.get(codename="moderate_signature"))
        for words, link in self.waiting(user):
            count = logged_in_client(user).get(link).context["cl"].result_count
            assert words.endswith(f": {count}")


def test_an_owner_adds_a_moderator_who_then_sets_a_password_of_their_own(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    owner = logged_in_client(make_owner())
    owner.post(
        address(User, "add"),
        {
            "username": "ada",
            "usable_password": "true",
            "password1": "a long first word",
            "password2": "a long first word",
        },
    )
    ada = User.objects.get(username="ada")
    group = Group.objects.get(name="Moderator")
    page = address(User, "change", ada.pk)
    form = BeautifulSoup(owner.get(page).content, "html.parser")
    kept = {field["name"]: field.get("value", "") for field in form.select("#user_form input[type=text]")}
    owner.post(page, {**kept, "is_active": "on", "is_staff": "on", "groups": [group.pk]})

    desk, authenticator = logged_in_client(), make_authenticator(ada)
    second_step = desk.post(
        f"{reverse('admin:login')}?next={SIGNATURES}", {"username": "ada", "password": "a long first word"}
    )
    logged_in = desk.post(second_step["Location"], {"code": code_of(authenticator)})
    changed = desk.post(
        reverse("admin:password_change"),
        {"old_password": "a long first word", "new_password1": "her own words", "new_password2": "her own words"},
    )

    assert logged_in["Location"] == SIGNATURES
    assert changed.status_code == 302
    assert desk.get(SIGNATURES).status_code == 200
    assert User.objects.get(username="ada").check_password("her own words")


class TestMailboxes:
    ADDRESS = "ilse.varga@example.org"

    @pytest.fixture
    def signature(self, house):
        signature = make_signature(house, address=self.ADDRESS, name="Ilse at the window")
        Mail.objects.create(
            signature=signature,
            kind=Mail.Kind.CONFIRM,
            language="en",
            generation=1,
            mailbox_digest=signature.mailbox_digest,
            due_at=NOON,
            next_attempt_at=NOON + timedelta(minutes=1),
            message_id="<1@example.org>",
            created_at=NOON,
        )
        return signature

    def pages(self, signature):
        return [
            SIGNATURES,
            f"{SIGNATURES}?q=ilse",
            address(Signature, "change", signature.pk),
            address(Mail, "changelist"),
            address(Mail, "change", signature.mails.get().pk),
        ]

    def test_a_moderator_sees_none_anywhere(self, signature):
        desk = logged_in_client(make_moderator())
        digest = bytes(signature.mailbox_digest).hex()

        for page in self.pages(signature):
            text = desk.get(page).content.decode()
            assert "ilse.varga" not in text, page
            assert digest[:12] not in text, page

    def test_a_moderator_cannot_search_for_one(self, signature):
        response = logged_in_client(make_moderator()).get(SIGNATURES, {"q": self.ADDRESS})

        assert list(response.context["cl"].result_list) == []
        assert [str(message) for message in response.context["messages"]] == ["You cannot search by mailbox here."]

    @pytest.mark.parametrize("column", ["mailbox_digest", "digest_key", "mailbox", "mails__mailbox_digest"])
    def test_nor_probe_through_the_address_bar(self, signature, column):
        response = logged_in_client(make_moderator()).get(SIGNATURES, {f"{column}__isnull": "0"})

        assert response.status_code == 400

    def test_an_organiser_sees_it_on_the_pages_of_one(self, signature):
        desk = logged_in_client(User.objects.get(username="organiser"))
        shown = [self.ADDRESS in desk.get(page).content.decode() for page in self.pages(signature)]

        assert shown == [False, False, True, False, True]

    @pytest.mark.parametrize("typed", [ADDRESS, " Ilse.Varga@EXAMPLE.org "])
    def test_an_organiser_finds_exactly_one(self, signature, typed):
        make_signature(signature.statement, address="ilse.varga@example.com", name="Ilse at the window")

        response = logged_in_client(User.objects.get(username="organiser")).get(SIGNATURES, {"q": typed})

        assert list(response.context["cl"].result_list) == [signature]

    def test_under_a_key_that_has_since_been_replaced_too(self, signature, settings):
        settings.DIGEST_KEYS = ["a-newer-key-of-the-digests-0123456789-abc", *settings.DIGEST_KEYS]

        response = logged_in_client(User.objects.get(username="organiser")).get(SIGNATURES, {"q": self.ADDRESS})

        assert list(response.context["cl"].result_list) == [signature]

    def test_a_lost_key_is_told_and_no_error(self, signature, settings):
        settings.FIELD_KEYS = ["another-key-of-the-fields-0123456789-abcd"]

        page = logged_in_client(User.objects.get(username="organiser")).get(address(Signature, "change", signature.pk))

        assert "cannot be read" in page.content.decode()

    def test_an_organiser_finds_a_suppression_by_its_mailbox(self, house):
        desk = logged_in_client(User.objects.get(username="organiser"))

        for typed, count in (("gone@example.org", 1), ("else@example.org", 0), ("gone", 0)):
            assert desk.get(address(Suppression, "changelist"), {"q": typed}).context["cl"].result_count == count
        assert mailbox.parse("gone@example.org").digests[0] == bytes(Suppression.objects.get().mailbox_digest)


class TestTheAddressBar:
    """The query string may use only what the page offers; anything else gets a plain response."""

    @pytest.mark.parametrize(
        "query",
        [
            "mailbox_digest__startswith=a", "mailbox__isnull=0", "mails__mailbox_digest__isnull=0",
            "search_key__startswith=x", "statement__signatures__mailbox_digest__startswith=a",
            "audit__actor__password__startswith=a", "sector__signatures__mailbox__isnull=0", "updates=1",
        ],
    )  # fmt: skip
    def test_no_column_that_is_not_shown_is_probed(self, house, query):
        assert logged_in_client(make_moderator()).get(f"{SIGNATURES}?{query}").status_code == 400

    @pytest.mark.parametrize("list_of", ["signature", "mail", "auditentry", "version", "protectedname", "statement"])
    @pytest.mark.parametrize(
        "query", ["q=%00", "id=%00", "created_at__year=99999999999999999999", "o=%00", "keys=1", "e=%00"]
    )
    def test_whatever_is_typed_there_is_answered(self, house, list_of, query):
        desk = logged_in_client(make_moderator())
        answer = desk.get(f"{reverse(f'admin:signatures_{list_of}_changelist')}?{query}")

        assert answer.status_code in (200, 302, 400)

    def test_what_the_desk_refuses_is_written_down(self, house, caplog):
        moderator = make_moderator()
        logged_in_client(moderator).get(reverse("admin:auth_user_changelist"))

        messages = [record.getMessage() for record in caplog.records if record.name == "signatures.web.errors"]
        assert messages == [f"account {moderator.pk} was refused admin:auth_user_changelist"]
