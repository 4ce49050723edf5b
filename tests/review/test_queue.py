"""The review queue: what a moderator sees, what each button does, and that no one else gets the same signature."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from signatures.audit.models import AuditEntry
from signatures.mail import messages
from signatures.mail.models.email import Mail
from signatures.review.limits import REVIEW_LEASE, SKIP_PERIOD
from signatures.review.models.canned_reply import Phrase
from signatures.review.models.lease import Lease, Skip
from signatures.review.models.protected_name import ProtectedName
from signatures.review.moderate import approve, reject, restore
from signatures.review.queue import LeasedByColleague, decide, lease_next, request_proof, skip_signature
from signatures.signing.limits import PROOF_REQUEST_VALID_FOR
from signatures.signing.models.flag import Flag
from signatures.signing.models.signature import Signature
from tests.organisers import logged_in_client, make_staff, messages_of
from tests.people import NOON, make_signature, make_statement
from tests.threads import at_once

pytestmark = pytest.mark.django_db

State = Signature.State
START, NEXT = reverse("admin:review"), reverse("admin:review_next")


def held(statement, **fields):
    return make_signature(statement, **{"state": State.HELD, "flags": ["burst"], **fields})


def case(signature):
    return reverse("admin:review_case", args=[signature.id])


def post_decision(desk, signature, choice_text, **fields):
    return desk.post(case(signature), {"press": choice_text, **fields})


def begin(desk, query=""):
    """Presses "Begin" and follows the redirect."""
    return desk.post(NEXT + query, follow=True)


def protect(name):
    ProtectedName.objects.protect([ProtectedName(name=name, written=name)])
    return ProtectedName.objects.get(written=name)


def phrase(use):
    return Phrase.objects.filter(use=use).earliest("position")


def texts(response, selector):
    return [
        " ".join(element.text.split()) for element in BeautifulSoup(response.content, "html.parser").select(selector)
    ]


class TestWhoGetsWhich:
    def test_the_oldest_comes_first(self, statement, moderator):
        first, second = held(statement), held(statement)

        assert take(moderator) == first
        assert take(moderator, excluded_ids=[first.id]) == second

    def test_what_does_not_wait_is_not_in_it(self, statement, moderator):
        for state in (State.PENDING, State.CONFIRMED, State.REJECTED, State.WITHDRAWN):
            make_signature(statement, state=state)

        assert take(moderator) is None

    def test_a_waiting_correction_is_in_it(self, statement, moderator):
        signature = make_signature(statement, proposed_name="Ilse Holt", proposed_at=NOON)

        assert take(moderator) == signature

    def test_a_colleague_gets_another(self, statement, moderator):
        first, second = held(statement), held(statement)
        colleague = make_staff("colleague", "Moderator")

        assert (take(moderator), take(colleague)) == (first, second)
        assert take(make_staff("third", "Moderator")) is None

    def test_a_moderator_who_asks_again_gets_the_same(self, statement, moderator):
        held(statement), held(statement)

        assert take(moderator) == take(moderator)

    def test_a_lease_ends(self, statement, moderator):
        signature, colleague = held(statement), make_staff("colleague", "Moderator")
        take(moderator)

        assert take(colleague, now=NOON + REVIEW_LEASE - timedelta(seconds=1)) is None
        assert take(colleague, now=NOON + REVIEW_LEASE) == signature

    def test_what_was_skipped_goes_to_a_colleague_and_comes_back_later(self, statement, moderator):
        signature, colleague = held(statement), make_staff("colleague", "Moderator")
        take(moderator)
        decide(signature_id=signature.id, moderator=moderator, now=NOON, decision=skip_signature)

        assert take(moderator) is None
        assert take(moderator, now=NOON + SKIP_PERIOD) == signature
        Lease.objects.all().delete()
        assert take(colleague) == signature

    def test_two_moderators_never_meet(self, transactional_db):
        """Both lease and decide as fast as they can, in two threads."""
        statement = make_statement()
        for _ in range(60):
            held(statement)
        people = [make_staff("ana", "Moderator"), make_staff("ben", "Moderator")]

        def work(number):
            decided = []
            while signature := take(people[number], now=timezone.now()):
                done = decide(
                    signature_id=signature.id, moderator=people[number], now=timezone.now(), decision=approve,
                    reason="looked at",
                )  # fmt: skip
                decided.append((signature.id, done))
            return decided

        ana, ben = at_once(2, work)

        print(f"two moderators at once: {len(ana)} and {len(ben)} decided")  # noqa: T201
        assert {row_id for row_id, _ in ana} & {row_id for row_id, _ in ben} == set()
        assert all(done for _, done in ana + ben)
        assert len(ana) + len(ben) == AuditEntry.objects.count() == 60

    def test_many_who_begin_at_the_same_moment_all_get_another(self, transactional_db):
        statement = make_statement()
        for _ in range(8):
            held(statement)
        people = [make_staff(f"moderator {number}", "Moderator") for number in range(8)]

        got = at_once(8, lambda number: take(people[number], now=timezone.now()).id)

        assert len(set(got)) == 8

    def test_what_a_colleague_looks_at_is_not_decided(self, statement, moderator):
        signature, colleague = held(statement), make_staff("colleague", "Moderator")
        take(moderator)

        with pytest.raises(LeasedByColleague):
            decide(signature_id=signature.id, moderator=colleague, now=NOON, decision=approve, reason="known")
        assert Signature.objects.get().state == State.HELD


def take(moderator, *, now=NOON, excluded_ids=()):
    return lease_next(moderator=moderator, signatures=Signature.objects.all(), now=now, excluded_ids=excluded_ids)


class TestEachButton:
    @pytest.mark.parametrize(
        ("pressed", "after", "action"),
        [
            ("approve", {"state": State.CONFIRMED, "notable": False}, "approve"),
            ("notable agent", {"state": State.CONFIRMED, "notable": True}, "mark_notable"),
            ("reject {}", {"state": State.REJECTED}, "reject"),
            ("ask {}", {"state": State.HELD}, "ask_for_proof"),
        ],
    )
    def test_it_is_done_and_written_down(self, statement, moderator, desk, pressed, after, action):
        signature, following = held(statement), held(statement)
        begin(desk)

        response = post_decision(
            desk, signature, pressed.format(phrase(pressed.split()[0]).id if "{" in pressed else "")
        )

        assert (response.status_code, response["Location"]) == (303, case(following))
        signature.refresh_from_db()
        assert {field: getattr(signature, field) for field in after} == after
        entry = AuditEntry.objects.latest("id")
        assert (entry.actor, entry.action, entry.signature) == (moderator, action, signature)

    @pytest.mark.parametrize(
        ("pressed", "name", "action"),
        [
            ("approve", "Ilse Holt", "accept_correction"),
            ("notable video_call", "Ilse Holt", "mark_notable"),
            ("reject {}", "Ilse Varga", "refuse_correction"),
        ],
    )
    def test_it_decides_on_a_correction(self, statement, desk, pressed, name, action):
        signature = make_signature(statement, proposed_name="Ilse Holt", proposed_at=NOON)
        begin(desk)

        post_decision(desk, signature, pressed.format(phrase("reject").id))

        signature.refresh_from_db()
        assert (signature.name, signature.proposed_at) == (name, None)
        assert AuditEntry.objects.latest("id").action == action

    def test_a_note_is_the_reason(self, statement, desk):
        signature = held(statement)
        begin(desk)

        post_decision(desk, signature, "approve", note="she rang me")

        assert AuditEntry.objects.get().reason == "she rang me"

    @pytest.mark.parametrize(
        "pressed", ["", "erase", "reject", "reject x", "reject 999999999999999999999", "ask ٣", "notable", "notable me"]
    )
    def test_an_unknown_button_decides_nothing(self, statement, desk, pressed):
        signature = held(statement)
        begin(desk)

        response = post_decision(desk, signature, pressed)

        assert messages_of(response) == ["Nothing was decided: choose one of the buttons."]
        assert (Signature.objects.get().state, AuditEntry.objects.count()) == (State.HELD, 0)

    def test_an_answer_of_the_other_kind_is_none(self, statement, desk):
        signature = held(statement)
        begin(desk)

        post_decision(desk, signature, f"reject {phrase('ask').id}")

        assert Signature.objects.get().state == State.HELD

    def test_what_was_decided_meanwhile_is_told(self, statement, moderator, desk):
        signature = held(statement)
        begin(desk)
        reject(signature_id=signature.id, actor=moderator, reason="from the list", now=NOON)

        response = post_decision(desk, signature, "approve", part="1")

        assert (response.status_code, texts(response, "[data-refused]")) == (409, ["Ilse Varga is already decided."])
        assert Signature.objects.get().state == State.REJECTED

    def test_the_last_leads_back_to_the_queue(self, statement, desk):
        signature = held(statement)
        begin(desk)

        response = post_decision(desk, signature, "approve")

        assert response["Location"] == START
        assert messages_of(response) == ["Approved: <bdi>Ilse Varga</bdi>"]

    def test_the_filter_goes_along(self, statement, desk):
        other = make_statement("other")
        held(statement), held(other), held(other)
        query = f"?statement={other.id}"

        response = begin(desk, query)

        assert response.redirect_chain[0][0].endswith(query)
        shown = BeautifulSoup(response.content, "html.parser").select_one(".presses")["action"]
        assert desk.post(shown, {"press": "approve"})["Location"].endswith(query)
        assert list(Signature.objects.filter(state=State.HELD).values_list("statement__slug", flat=True)) == [
            "other",
            "letter",
        ]


class TestAskingForProof:
    def test_the_question_goes_out_in_the_signers_language(self, statement, moderator):
        signature = held(statement, language="fr")
        question = phrase("ask")

        request_proof(signature_id=signature.id, actor=moderator, reason="x", phrase=question, now=NOON)

        message = messages.build_message(Mail.objects.get())
        with translation.override("fr"):
            assert question.label in message.body
        assert question.text not in message.body
        assert message.reply_to == [statement.contact]

    def test_a_signature_that_was_asked_waits_outside_the_queue_for_a_week(self, statement, moderator):
        signature = held(statement)
        request_proof(signature_id=signature.id, actor=moderator, reason="x", phrase=phrase("ask"), now=NOON)

        assert take(moderator) is None
        assert take(moderator, now=NOON + PROOF_REQUEST_VALID_FOR) == signature

    def test_a_rejection_ends_the_question_and_the_wait_does_not_come_back_with_the_name(self, statement, moderator):
        signature = held(statement)
        request_proof(signature_id=signature.id, actor=moderator, reason="x", phrase=phrase("ask"), now=NOON)
        reject(signature_id=signature.id, actor=moderator, reason="x", now=NOON)
        signature.refresh_from_db()
        assert signature.asked_at is None

        restore(signature_id=signature.id, actor=moderator, reason="x", now=NOON)
        assert take(moderator) == signature

    def test_a_signature_that_does_not_wait_is_asked_nothing(self, statement, moderator):
        signature = make_signature(statement)

        is_asked = request_proof(signature_id=signature.id, actor=moderator, reason="x", phrase=phrase("ask"), now=NOON)

        assert (is_asked, Mail.objects.count()) == (False, 0)


class TestTheCase:
    def test_what_speaks_for_and_against_a_name_stands_beside_it(self, statement, desk):
        ProtectedName.objects.protect([ProtectedName(name="Ilse Varga", written="Ilse Varga", field="music")])
        make_signature(statement, name="Ílse Varga", credit="a singer", address="a@varga.example.org")
        held(statement, flags=[Flag.PROTECTED_NAME], credit="composer", address="b@varga.example.org")

        shown = " ".join(texts(begin(desk), ".case"))

        assert "resembles a protected name" in shown
        assert "Ilse Varga an organiser · music" in shown
        assert "varga.example.org 1 other signed from there" in shown
        assert "Ílse Varga a singer confirmed · letter" in shown

    def test_others_who_could_pass_for_the_same_are_one_link_away(self, statement, desk):
        quill, reed = protect("Zelda Quill"), protect("Nova Reed")
        for name, protected_name in [
            ("Zelda Quil", quill),
            ("Zelda Quill", quill),
            ("ZELDA QUILL", quill),
            ("Nova Reed", reed),
        ]:
            held(statement, name=name, resembles=protected_name)

        [link] = BeautifulSoup(begin(desk).content, "html.parser").select(f"a[href^='{START}?whom=']")

        assert " ".join(link.text.split()) == "2 other waiting signatures could, too"
        assert texts(desk.get(link["href"]), ".queue-many strong") == ["3"]

    def test_the_mailbox_itself_is_not_there(self, statement, desk):
        held(statement, address="Secret.Name@varga.example.org")

        page = begin(desk).content.decode()

        assert "varga.example.org" in page
        assert "secret.name" not in page.lower()

    def test_the_first_from_a_domain_is_told(self, statement, desk):
        held(statement)
        other = make_signature(statement, address="x@elsewhere.example.org")
        other.delete()

        assert "no one has signed from there before" in " ".join(texts(begin(desk), ".case-evidence"))

    def test_a_name_cannot_speak_html(self, statement, desk):
        held(statement, name="<b>x</b>", credit='"><script>', organisation="<i>")

        page = begin(desk)

        assert texts(page, ".case h1") == ["<b>x</b>"]
        assert BeautifulSoup(page.content, "html.parser").select(".case b, .case i, .case script") == []

    def test_only_its_holder_sees_it(self, statement, desk):
        signature = held(statement)

        assert desk.get(case(signature))["Location"] == START
        begin(desk)
        assert desk.get(case(signature)).status_code == 200
        assert logged_in_client(make_staff("colleague", "Moderator")).get(case(signature))["Location"] == START

    def test_looking_changes_nothing(self, statement, desk):
        signature = held(statement)

        for page in (START, case(signature)):
            desk.get(page)

        assert Lease.objects.count() == 0
        assert desk.get(NEXT).status_code == 405

    def test_as_many_queries_with_many_as_with_one(self, statement, desk):
        held(statement)
        with CaptureQueriesContext(connection) as alone:
            begin(desk)
        Lease.objects.all().delete()
        for number in range(12):
            held(statement, address=f"{number}@example.org")
        with CaptureQueriesContext(connection) as among_many:
            begin(desk)

        assert len(among_many) == len(alone) + 1  # how many more namesakes there are

    def test_it_speaks_the_moderators_language(self, statement, desk):
        held(statement)
        begin(desk)

        page = desk.get(case(Signature.objects.get()), headers={"Accept-Language": "fr"})

        assert phrase("reject").translations.get(language="fr").text in page.content.decode()


class TestTheStart:
    def test_how_many_wait_and_since_when(self, statement, desk):
        held(statement, now=timezone.now() - timedelta(hours=3))
        held(statement, now=timezone.now() - timedelta(hours=1))

        assert texts(desk.get(START), ".queue-many") == ["2 waiting, the oldest for 3 hours"]

    def test_the_front_page_says_so_too(self, statement, desk):
        held(statement, now=timezone.now() - timedelta(hours=3))

        assert "Waiting for review: 1, the oldest for 3 hours" in texts(desk.get(reverse("admin:index")), ".waiting li")

    @pytest.mark.parametrize(
        ("query", "count"),
        [
            ("", 4),
            ("?why=burst", 1),
            ("?why=correction", 1),
            ("?why=none", 1),
            ("?q=zoe", 1),
            ("?statement=x&why=y", 4),
        ],
    )
    def test_a_part_of_it_can_be_chosen(self, statement, desk, query, count):
        held(statement)
        held(statement, flags=["honeypot"], name="Zoë Ann", address="zoe@example.org")
        held(statement, flags=[])
        make_signature(statement, proposed_name="Ilse Holt", proposed_at=NOON)

        assert texts(desk.get(START + query), ".queue-many strong") == [str(count)]

    def test_why_they_wait_is_counted_and_each_reason_leads_to_its_part(self, statement, desk):
        for flags in (["burst"], ["burst", "honeypot"], ["rule:7"], []):
            held(statement, flags=flags, name="Zoë Ann")
        make_signature(statement, name="Zoë Ann", proposed_name="Ilse Holt", proposed_at=NOON)
        held(statement, name="Somebody Else")

        page = desk.get(f"{START}?q=zoe")

        assert texts(page, ".queue-reasons li") == [
            "one of very many from one network 2", "filled in a field that people do not see 1", "a correction 1",
            "no flag 1",
        ]  # fmt: skip
        [first, *_others] = BeautifulSoup(page.content, "html.parser").select(".queue-reasons a")
        filtered = desk.get(START + first["href"])
        assert (texts(filtered, ".queue-many strong"), texts(filtered, ".queue-reasons li")) == (["2"], [])

    def test_those_who_could_pass_for_one_person_can_be_chosen(self, statement, desk):
        quill, reed = protect("Zelda Quill"), protect("Nova Reed")
        for name, protected_name in [
            ("Zelda Quil", quill),
            ("Zelda Quill", quill),
            ("Nova Reed", reed),
            ("Ilse Holt", None),
        ]:
            held(statement, name=name, resembles=protected_name)

        page = desk.get(f"{START}?whom={reed.id}")

        assert texts(page, "select[name=whom] option") == ["any name", "Zelda Quill (2)", "Nova Reed (1)"]
        assert texts(page, "select[name=whom] option[selected]") == ["Nova Reed (1)"]
        assert texts(page, ".queue-many strong") == ["1"]

    @pytest.mark.parametrize("query", ["?whom={}", "?whom=99999999", "?whom=x", "?q=…"])
    def test_a_filter_that_matches_nothing_chooses_nothing(self, statement, desk, query):
        held(statement)

        page = desk.get(START + query.format(protect("Nova Reed").id))

        assert texts(page, ".queue-many") == ["Nothing is waiting here."]

    def test_a_skipped_signature_comes_back_on_request(self, statement, moderator, desk):
        signature = held(statement)
        begin(desk)
        assert post_decision(desk, signature, "skip")["Location"] == START

        response = desk.post(reverse("admin:review_again"))

        assert (response["Location"], Skip.objects.count()) == (case(signature), 0)


def test_a_decision_among_thousands_reads_no_table_whole(statement, desk):
    """Checks the plans of the queries of one decision, which loads the next signature with its evidence. They decide
    whether the time grows with the number of signatures."""
    make_signatures(statement, 3_000)
    for number in range(3):
        held(statement, name=f"Ann Number{number}", flags=[Flag.PROTECTED_NAME])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE signatures_signature")
    address = BeautifulSoup(begin(desk).content, "html.parser").select_one(".presses")["action"]
    with CaptureQueriesContext(connection) as queries:
        assert desk.post(address, {"press": "approve", "part": "1"}).status_code == 200

    selects = [query["sql"] for query in queries if query["sql"].startswith("SELECT")]
    assert [sql for sql in selects if "Seq Scan on signatures_signature" in plan(sql)] == []


def plan(sql):
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(line for (line,) in cursor.fetchall())


def make_signatures(statement, count):
    model = make_signature(statement, name="Somebody Else")
    rows = [
        Signature(
            **{field: getattr(model, field) for field in ("statement_id", "sector_id", "version_id", "language")},
            name=f"Person {number}", search_key=f" person {number} |person{number}", state=State.CONFIRMED,
            created_at=NOON, confirmed_at=NOON, domain=model.domain,
        )
        for number in range(count)
    ]  # fmt: skip
    Signature.objects.bulk_create(rows, batch_size=2000)
