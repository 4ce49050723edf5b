"""The list of signatures, for a moderator who makes a thousand decisions."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import translation

from signatures.audit.models import AuditEntry
from signatures.mail.models.email import Mail, Suppression
from signatures.review.models.protected_name import ProtectedName
from signatures.review.moderate import hide
from signatures.signing.models.signature import Signature
from signatures.statements.models.sector import SectorTranslation
from signatures.statements.models.statement import Statement
from signatures.statements.turn_switch import turn_on
from tests.organisers import SIGNATURES, logged_in_client, make_moderator, make_organiser, messages_of, run_admin_action
from tests.people import NOON, make_signature, make_statement

pytestmark = pytest.mark.django_db

State = Signature.State


@pytest.fixture
def desk():
    return logged_in_client(make_moderator())


def names(response):
    return [signature.name for signature in response.context["cl"].result_list]


def row(response, number=0):
    cells = BeautifulSoup(response.content, "html.parser").select("#result_list tbody tr")[number]
    return {cell["class"][0]: " ".join(cell.get_text(" ").split()) for cell in cells.select("[class^=field-]")}


class TestARow:
    def test_says_all_that_a_decision_needs(self, statement, desk):
        make_signature(
            statement,
            credit="composer",
            organisation="Quartet",
            state=State.HELD,
            flags=["burst"],
            visibility="anonymous",
            notable=True,
            hidden_at=NOON,
        )

        assert row(desk.get(SIGNATURES)) == {
            "field-who": "Ilse Varga composer · Quartet",
            "field-sector_label": "Music",
            "field-state": "held",
            "field-marks": "hidden, not named, notable, one of very many from one network",
            "field-statement": "letter",
            "field-language": "English",
            "field-signed": "3 Nov 2026, 12:00",
        }

    def test_says_which_name_a_waiting_one_could_pass_for_in_the_list_and_on_its_page(self, statement, desk):
        protected_name = ProtectedName.objects.create(name="Zelda Quill", written="Zelda Quill")
        signature = make_signature(statement, state=State.HELD, flags=["protected_name"], resembles=protected_name)
        page = reverse("admin:signatures_signature_change", args=[signature.pk])
        why = "resembles a protected name, could pass for Zelda Quill"

        assert row(desk.get(SIGNATURES))["field-marks"] == why
        assert BeautifulSoup(desk.get(page).content, "html.parser").select_one(".standing .why").text == why

        protected_name.delete()
        assert row(desk.get(SIGNATURES))["field-marks"] == "resembles a protected name"
        assert desk.get(page).status_code == 200

    def test_shows_what_its_signer_would_have_instead(self, statement, desk):
        make_signature(statement, proposed_name="Ilse Holt", proposed_credit="conductor", proposed_at=NOON)

        assert row(desk.get(SIGNATURES))["field-who"] == "Ilse Varga proposed: Ilse Holt · conductor"

    def test_of_an_erased_signature_says_so(self, statement, desk):
        erased = {"name": "", "mailbox": None, "mailbox_digest": None, "erased_at": NOON, "state": State.WITHDRAWN}
        make_signature(statement, **erased)

        assert row(desk.get(SIGNATURES))["field-who"] == "(erased)"

    def test_keeps_a_name_apart_from_the_words_around_it(self, statement, desk):
        make_signature(statement, name="<i>ليلى</i>")

        assert b"<bdi>&lt;i&gt;\xd9\x84" in desk.get(SIGNATURES).content

    def test_speaks_the_readers_language(self, statement, desk):
        sector = make_signature(statement).sector
        SectorTranslation.objects.create(sector=sector, language="ar", name="موسيقى")

        response = desk.get(SIGNATURES, headers={"accept-language": "ar"})

        assert row(response)["field-sector_label"] == "موسيقى"
        assert BeautifulSoup(response.content, "html.parser").html["dir"] == "rtl"


class TestWhetherMailReachesIt:
    def answer(self, desk, signature):
        page = desk.get(reverse("admin:signatures_signature_change", args=[signature.pk]))
        return BeautifulSoup(page.content, "html.parser").select_one(".field-mailed .readonly").text

    def test_it_does(self, statement, desk):
        assert self.answer(desk, make_signature(statement)) == "yes"

    def test_it_does_not_after_not_me_or_a_refusal(self, statement, desk):
        signature = make_signature(statement)
        Suppression.objects.create(
            mailbox_digest=signature.mailbox_digest, reason=Suppression.Reason.REFUSED, created_at=NOON
        )

        assert self.answer(desk, signature) == "its server refuses mail for it"

    def test_it_does_not_once_the_mailbox_is_erased(self, statement, desk):
        signature = make_signature(statement)
        Signature.objects.drop_mailboxes()

        assert self.answer(desk, signature) == "no: the mailbox is erased"
        assert messages_of(run_admin_action(desk, "resend_link", signature))[0].startswith(
            "Left unchanged: <bdi>Ilse Varga</bdi>."
        )


class TestQueries:
    """The list needs the same number of queries for one row and for three."""

    @pytest.fixture
    def rows(self, statement):
        def make(count):
            for number in range(count):
                signature = make_signature(
                    make_statement(f"letter-{number}-{count}"),
                    sector=["music", "literature"][number % 2],
                    state=State.HELD,
                )
                Mail.objects.create(
                    signature=signature,
                    kind=Mail.Kind.CONFIRM,
                    language="en",
                    generation=1,
                    due_at=NOON,
                    next_attempt_at=NOON,
                    message_id=f"<{signature.pk}@example.org>",
                    created_at=NOON,
                )
                AuditEntry.objects.create(
                    action="hide", statement=signature.statement, signature=signature, reason="x", created_at=NOON
                )

        return make

    @pytest.mark.parametrize("noun", ["signature", "mail", "auditentry", "version", "sector"])
    def test_of_a_list(self, rows, noun, django_assert_num_queries, django_assert_max_num_queries):
        desk, page = logged_in_client(make_organiser()), reverse(f"admin:signatures_{noun}_changelist")
        rows(1)
        with django_assert_max_num_queries(14) as of_one:
            desk.get(page)
        rows(3)

        with django_assert_num_queries(len(of_one)):
            desk.get(page)

    def test_of_the_page_of_one(self, statement, desk, django_assert_num_queries, django_assert_max_num_queries):
        signature = make_signature(statement)
        page = reverse("admin:signatures_signature_change", args=[signature.pk])
        run_admin_action(desk, "resend_link", signature)
        desk.get(page)  # this also removes the messages from the session
        with django_assert_max_num_queries(13) as queries:
            desk.get(page)
        query_count = len(queries)
        for _ in range(3):
            run_admin_action(desk, "resend_link", signature)
        desk.get(page)

        with django_assert_num_queries(query_count):
            desk.get(page)


class TestSearch:
    @pytest.mark.parametrize(
        ("typed", "name"),
        [
            ("york", "Пётр Йорк"),
            ("ЙОРК", "Пётр Йорк"),
            ("wang xiao", "王小明"),
            ("nguyen thi", "Nguyễn Thị Minh Ánh"),
            ("obrien", "Aoife O’Brien"),
            ("li", "Li Wei"),
        ],
    )
    def test_finds_a_name_in_any_script_and_state(self, statement, desk, typed, name):
        for state in (State.CONFIRMED, State.PENDING, State.REJECTED):
            make_signature(statement, name=name, state=state)
        make_signature(statement, name="Olga Malik")

        assert names(desk.get(SIGNATURES, {"q": typed})) == [name] * 3

    @pytest.mark.parametrize("typed", ["%", "!!", "nobody@"])
    def test_finds_nobody_for_what_is_no_name(self, statement, desk, typed):
        make_signature(statement)

        assert names(desk.get(SIGNATURES, {"q": typed})) == []

    @pytest.mark.parametrize("typed", ["\ud800", "x" * 10_000])
    def test_odd_input_is_no_error(self, statement, desk, typed):
        make_signature(statement)

        assert desk.get(SIGNATURES, {"q": typed.encode("utf-8", "surrogatepass")}).status_code == 200

    def test_a_null_which_no_keyboard_has_is_a_bad_request(self, statement, desk):
        make_signature(statement)

        answer = desk.get(SIGNATURES, {"q": "\x00"})

        assert (answer.status_code, "Ilse Varga" in answer.text) == (400, False)

    def test_a_name_may_hold_an_at_sign(self, statement, desk):
        make_signature(statement, name="AC@DC")

        assert names(desk.get(SIGNATURES, {"q": "ac@dc"})) == ["AC@DC"]

    def test_stays_within_the_filters(self, statement, desk):
        make_signature(statement, name="Ilse Held", state=State.HELD)
        make_signature(statement, name="Ilse Shown")

        assert names(desk.get(SIGNATURES, {"q": "ilse", "state__exact": "held"})) == ["Ilse Held"]


class TestFilters:
    @pytest.fixture
    def people(self, statement):
        other = make_statement("other")
        make_signature(statement, name="Plain")
        make_signature(statement, name="Held", state=State.HELD)
        make_signature(statement, name="Corrected", proposed_name="Better", proposed_at=NOON)
        make_signature(statement, name="Hidden", hidden_at=NOON)
        make_signature(statement, name="Unnamed", visibility="anonymous")
        make_signature(statement, name="Notable", notable=True)
        make_signature(statement, name="Writer", sector="literature")
        make_signature(other, name="Elsewhere")
        make_signature(statement, name="Earlier", now=NOON - timedelta(days=40))

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("review=waiting", ["Corrected", "Held"]),
            ("review=held", ["Held"]),
            ("review=correction", ["Corrected"]),
            ("whom={quill}", ["Like"]),
            ("whom=99999999", []),
            ("whom=x", []),
            ("state__exact=held", ["Held"]),
            ("list=hidden", ["Hidden"]),
            ("list=unlisted", ["Unnamed", "Hidden", "Held"]),
            ("notable__exact=1", ["Notable"]),
            ("sector__id__exact={literature}", ["Writer"]),
            ("statement__id__exact={other}", ["Elsewhere"]),
            ("created_at__year=2026&created_at__month=9&created_at__day=24", ["Earlier"]),
            (
                "list=listed&notable__exact=0&sector__id__exact={music}&created_at__month=9&created_at__year=2026",
                ["Earlier"],
            ),
        ],
    )
    def test_show_the_matching_signatures(self, statement, people, desk, query, expected):
        ids = {sector.slug: sector.pk for sector in statement.sectors.all()}
        ids["other"] = Statement.objects.get(slug="other").pk
        if "whom" in query:
            ProtectedName.objects.protect([ProtectedName(name="Zelda Quill", written="Zelda Quill")])
            ids["quill"] = ProtectedName.objects.get(name="Zelda Quill").pk
            make_signature(statement, name="Like", state=State.HELD, resembles_id=ids["quill"])

        assert names(desk.get(f"{SIGNATURES}?{query.format(**ids)}")) == expected

    def test_the_sidebar_offers_the_names_that_waiting_signatures_could_pass_for(self, statement, desk):
        ProtectedName.objects.protect([ProtectedName(name="Zelda Quill", written="Zelda Quill")])
        protected_name = ProtectedName.objects.get(name="Zelda Quill")
        for state in (State.HELD, State.HELD, State.CONFIRMED):
            make_signature(statement, state=state, resembles=protected_name)

        margin = BeautifulSoup(desk.get(SIGNATURES).content, "html.parser").select(
            "#changelist-filter a[href*='whom=']"
        )

        assert [link.text.strip() for link in margin] == ["Zelda Quill (2)"]

    @pytest.mark.parametrize(
        "query", ["review=x", "list=x", "state__exact=x", "sector__id__exact=x", "created_at__year=x", "o=99"]
    )
    def test_an_odd_value_is_no_error(self, people, desk, query):
        assert desk.get(f"{SIGNATURES}?{query}", follow=True).status_code == 200

    def test_are_offered_in_the_readers_language(self, people, desk):
        with translation.override("ar"):
            SectorTranslation.objects.create(
                sector=Statement.objects.get(slug="letter").sectors.first(), language="ar", name="موسيقى"
            )

        text = desk.get(SIGNATURES, headers={"accept-language": "ar"}).content.decode()

        assert "موسيقى</a>" in text


def test_a_page_holds_a_hundred(statement, desk):
    for number in range(101):
        make_signature(statement, name=f"Signer {number}")

    first, second = desk.get(SIGNATURES), desk.get(f"{SIGNATURES}?p=2")

    assert (len(names(first)), names(second)) == (100, ["Signer 0"])


class TestTheOutbox:
    OUTBOX = reverse("admin:signatures_mail_changelist")

    @pytest.fixture
    def mails(self, statement):
        for number, status in enumerate(["sent", "failed", "queued", "failed", "cancelled"]):
            Mail.objects.create(
                signature=make_signature(statement, name=f"Signer {number}"),
                kind=Mail.Kind.CONFIRM if number else Mail.Kind.APPROVED,
                language="en",
                generation=1,
                status=status,
                due_at=NOON,
                next_attempt_at=NOON,
                last_error="550 no such mailbox" if status == "failed" else "",
                sent_at=NOON if status == "sent" else None,
                message_id=f"<{number}@example.org>",
                created_at=NOON,
            )

    def statuses(self, response):
        return [mail.status for mail in response.context["cl"].result_list]

    def test_shows_failures_first(self, mails, desk):
        assert self.statuses(desk.get(self.OUTBOX)) == ["failed", "failed", "cancelled", "queued", "sent"]

    def test_is_filtered_by_status_and_kind(self, mails, desk):
        assert self.statuses(desk.get(f"{self.OUTBOX}?status__exact=queued")) == ["queued"]
        assert self.statuses(desk.get(f"{self.OUTBOX}?kind__exact=approved")) == ["sent"]

    def test_a_failed_mail_leads_to_its_signature(self, mails, desk):
        link = BeautifulSoup(desk.get(self.OUTBOX).content, "html.parser").select_one(".field-signature_link a")

        assert link.text == "Signer 3"
        assert desk.get(link["href"]).status_code == 200

    def test_nothing_in_it_can_be_changed(self, mails, desk):
        page = reverse("admin:signatures_mail_change", args=[Mail.objects.first().pk])

        assert desk.post(page, {"status": "queued"}).status_code == 403


class TestTheAuditLog:
    LOG = reverse("admin:signatures_auditentry_changelist")

    @pytest.fixture
    def acts(self, statement, desk):
        run_admin_action(desk, "hide", make_signature(statement, name="Ana"), reason="An impostor, says her agent")
        run_admin_action(desk, "mark_notable", make_signature(statement, name="Ben"), reason="Known from the theatre")

    def reasons(self, response):
        return [entry.reason for entry in response.context["cl"].result_list]

    def test_is_searched_by_reason(self, acts, desk):
        assert self.reasons(desk.get(self.LOG, {"q": "impostor"})) == ["An impostor, says her agent"]

    def test_is_filtered_by_act_and_actor(self, acts, desk):
        logged_in_client(organiser := make_organiser())
        entry = AuditEntry.objects.get(action="hide")

        assert self.reasons(desk.get(f"{self.LOG}?action__exact=mark_notable")) == ["Known from the theatre"]
        assert len(self.reasons(desk.get(f"{self.LOG}?actor__id__exact={entry.actor_id}"))) == 2
        assert self.reasons(desk.get(f"{self.LOG}?actor__id__exact={organiser.pk}")) == []

    def test_counts_signatures_where_it_is_about_some(self, statement, desk):
        organiser = make_organiser()
        hide(signature_id=make_signature(statement).id, actor=organiser, reason="x", now=NOON)
        turn_on(name="pause_mail", statement=statement, actor=organiser, reason="x", now=NOON)
        page = desk.get(reverse("admin:signatures_auditentry_changelist"))

        counted = {row(page, at)["field-action"]: row(page, at)["field-signatures"] for at in range(2)}
        assert counted == {"turn a switch on": "", "hide": "1"}

    def test_is_the_history_of_a_signature(self, acts, desk):
        history = reverse("admin:signatures_signature_history", args=[Signature.objects.get(name="Ana").pk])

        assert self.reasons(desk.get(history, follow=True)) == ["An impostor, says her agent"]

    def test_is_never_written_over(self, acts, desk):
        page = reverse("admin:signatures_auditentry_change", args=[AuditEntry.objects.first().pk])

        assert desk.post(page, {"reason": "Other"}).status_code == 403
