"""Imports: which lines are checked, who gets an email, how fast, and what data remains."""

from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext

from signatures.audit.models import AuditEntry
from signatures.identity import mailbox
from signatures.mail.models.email import Mail, Suppression
from signatures.mail.send import send_emails
from signatures.privacy.erase import erase, not_me
from signatures.privacy.retention import apply_retention
from signatures.privacy.subject_access import find_person
from signatures.signing.confirm import confirm
from signatures.signing.models.signature import Signature
from signatures.signing.remind import queue_reminders
from signatures.statements.models.sector import SectorTranslation
from signatures.statements.models.statement import Statement
from signatures.statements.models.switch import Switch
from signatures.statements.turn_switch import turn_off, turn_on
from signatures.transfers.imports import read_file
from signatures.transfers.imports.manage import choose_columns, pause_import, set_import_rate, start_import, stop_import
from signatures.transfers.imports.problems import problem_page, problem_rows
from signatures.transfers.models.imports import Import, ImportLine
from signatures.web.tokens import LinkToken
from tests.importing import make_checked_import, make_import, reload, run_import_worker
from tests.organisers import make_organiser
from tests.people import NOON, make_signature, make_statement, sign

pytestmark = pytest.mark.django_db

State, Status = Signature.State, Import.Status
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
HEAD = "Name,E-mail,Field of work,Known as\n"
ILSE = "Ilse Varga,ilse@example.org,Music,composer\n"
ZORA = "Zora Kline,zora@example.org,literature,poet\n"


@pytest.fixture
def statement():
    return make_statement()


@pytest.fixture
def organiser():
    return make_organiser()


def sent(statement, organiser, text, *, pace=100_000, now=NOON, **defaults) -> Import:
    import_ = make_checked_import(statement, organiser, text, now=now, **defaults)
    assert start_import(import_id=import_.id, pace=pace, actor=organiser, now=now)
    for step in range(50):
        run_import_worker(now + step * timedelta(minutes=1), times=1)
    return reload(import_)


def problems(import_: Import) -> dict[int, list[str]]:
    rows = problem_page(import_, after=0, limit=100).rows
    return {row.line: [f"{about}: {words}" for about, words in row.messages] for row in rows}


def counted(import_: Import) -> dict[str, int]:
    names = ("lines", "ready", "bad", "duplicates", "known", "silent", "brought")
    return {name: value for name in names if (value := getattr(import_, name))}


class TestReading:
    def test_the_columns_are_guessed_by_their_names(self, statement, organiser):
        import_ = make_import(statement, organiser, HEAD + ILSE)
        run_import_worker()

        import_ = reload(import_)
        assert (import_.status, import_.lines, import_.columns) == (
            Status.READ,
            1,
            ["name", "email", "sector", "credit"],
        )

    def test_a_bad_file_leaves_nothing_and_says_why(self, statement, organiser):
        rows = [f"Person {n},p{n}@example.org,music,\n" for n in range(2500)]
        import_ = make_import(
            statement, organiser, HEAD.encode() + "".join(rows).encode() + "Zoë,z@example.org".encode("latin-1")
        )
        kept = import_.file
        run_import_worker()

        import_ = reload(import_)
        assert (import_.status, import_.problem, import_.lines) == (Status.REFUSED, "encoding", 0)
        assert (ImportLine.objects.count(), Signature.objects.count()) == (0, 0)
        assert not default_storage.exists(kept)

    def test_the_file_is_gone_once_it_is_read(self, statement, organiser):
        import_ = make_import(statement, organiser, HEAD + ILSE)
        kept = import_.file
        assert default_storage.exists(kept)
        run_import_worker()

        assert not default_storage.exists(kept)

    def test_no_mailbox_and_no_name_is_stored_in_clear(self, statement, organiser):
        import_ = make_import(statement, organiser, HEAD + ILSE)
        with default_storage.open(import_.file) as file:
            stored = file.read()
        run_import_worker()
        with connection.cursor() as cursor:
            cursor.execute("SELECT t::text FROM signatures_importline AS t")
            dump = "".join(row[0] for row in cursor.fetchall())

        assert len(dump) > 100
        for secret in (b"ilse@example.org", b"Ilse Varga"):
            assert secret not in stored
            assert secret.decode() not in dump
            assert secret.hex() not in dump

    def test_a_worker_killed_in_the_middle_of_it_goes_on(self, statement, organiser, monkeypatch):
        rows = "".join(f"Person {n},p{n}@example.org,music,\n" for n in range(2500))
        import_ = make_import(statement, organiser, HEAD + rows)
        killed_after(monkeypatch, read_file, "_store_lines", 2)
        with pytest.raises(Killed):
            run_import_worker()
        monkeypatch.undo()

        assert reload(import_).lines == 1999
        run_import_worker()
        assert reload(import_).lines == 1999  # held by the one that was killed
        run_import_worker(NOON + HOUR)

        assert (reload(import_).status, reload(import_).lines) == (Status.READ, 2500)
        assert list(import_.rows.people().values_list("line", flat=True)) == list(range(2, 2502))

    def test_a_file_that_kills_every_worker_is_given_up(self, statement, organiser, monkeypatch):
        import_ = make_import(statement, organiser, HEAD + ILSE)
        killed_after(monkeypatch, read_file, "_store_lines", 0)
        for hour in range(3):
            with pytest.raises(Killed):
                run_import_worker(NOON + hour * HOUR)
        run_import_worker(NOON + 3 * HOUR)

        assert (reload(import_).status, reload(import_).problem) == (Status.REFUSED, "unreadable")

    def test_what_no_worker_read_in_a_day_is_forgotten(self, statement, organiser):
        import_ = make_import(statement, organiser, HEAD + ILSE)

        apply_retention(now=NOON + DAY)

        assert (reload(import_).status, reload(import_).problem, reload(import_).file) == (Status.REFUSED, "lost", "")
        assert not default_storage.exists(import_.file)


class Killed(BaseException):
    pass


def killed_after(monkeypatch, module, name, count):
    """Raises Killed when the function was called `count` times."""
    calls, original = [], getattr(module, name)

    def count_calls(*args):
        if len(calls) == count:
            raise Killed
        calls.append(args)
        return original(*args)

    monkeypatch.setattr(module, name, count_calls)


class TestChecking:
    def test_every_line_meets_the_rules_of_the_form(self, statement, organiser):
        import_ = make_checked_import(
            statement,
            organiser,
            HEAD
            + ILSE
            + ",nobody@example.org,music,\n"
            + "Zora Kline,zora at example.org,music,\n"
            + "Zora Kline,zora@example.org,cooking,\n"
            + "=1+1,=cmd@example.org,=A1,+A2\n"
            + f"{'Z' * 3000},z@example.org,music,\n"
            + "Zora Kline,zora@example.org,music,poet,more\n",
        )

        assert import_.status == Status.CHECKED
        assert counted(import_) == {"lines": 7, "ready": 1, "bad": 6}
        assert problems(import_) == {
            3: ["Name: Write your name."],
            4: ["E-mail: Write the whole e-mail address, like name@example.org."],
            5: ["Field of work: Choose a field of work from the list."],
            6: [
                "Name: Begin with a letter or a number, not with =, +, - or @.",
                "Field of work: Choose a field of work from the list.",
                "Known as: Begin with a letter or a number, not with =, +, - or @.",
            ],
            7: ["Name: Ensure this value has at most 2000 characters (it has 2001)."],
            8: ["Line: This line has more cells than there are column names."],
        }
        assert (Signature.objects.count(), Mail.objects.count()) == (0, 0)

    def test_a_field_of_work_is_known_by_its_name_in_any_language(self, statement, organiser):
        SectorTranslation.objects.create(sector=statement.sectors.get(slug="music"), language="ar", name="الموسيقى")
        rows = ["MUSIC", "music", "الموسيقى", "Literature"]
        text = HEAD + "".join(f"Person {n},p{n}@example.org,{name},\n" for n, name in enumerate(rows))

        assert counted(make_checked_import(statement, organiser, text)) == {"lines": 4, "ready": 4}

    def test_what_a_line_does_not_say_is_said_for_all(self, statement, organiser):
        text = "first name;last name;mail;list;lang\nIlse;Varga;ilse@example.org;;\n"
        text += "Zora;;zora@example.org;public;fr_CA\n"
        columns = ["given_name", "family_name", "email", "visibility", "language"]
        defaults = {"sector": statement.sectors.get(slug="music"), "visibility": "anonymous", "language": "id"}
        sent(statement, organiser, text, columns=columns, **defaults)

        rows = Signature.objects.order_by("id").values_list("name", "sector__slug", "visibility", "language")
        assert list(rows) == [("Ilse Varga", "music", "anonymous", "id"), ("Zora", "music", "public", "fr")]

    def test_a_language_that_the_site_has_not_is_a_problem(self, statement, organiser):
        text = "name,email,sector,language\nIlse Varga,ilse@example.org,music,Klingon\n"

        assert list(problems(make_checked_import(statement, organiser, text))) == [2]

    def test_it_tells_who_is_here_twice_or_already_or_wants_no_mail(self, statement, organiser):
        for at, state in enumerate(State.values):
            make_signature(statement, state=state, address=f"s{at}@example.org")
        make_signature(make_statement("other"), address="zora@example.org")
        gone = make_signature(statement, address="gone@example.org")
        not_me(signature_id=gone.id, now=NOON)
        text = HEAD + ILSE + ZORA + ILSE.replace("ilse", "ILSE")
        text += "".join(f"Person,s{at}@example.org,music,\n" for at in range(len(State.values)))
        text += "Gone,gone@example.org,music,\n"

        assert counted(make_checked_import(statement, organiser, text)) == {
            "lines": 9, "ready": 2, "duplicates": 1, "known": 5, "silent": 1,
        }  # fmt: skip

    def test_columns_can_be_chosen_again(self, statement, organiser):
        import_ = make_checked_import(
            statement, organiser, HEAD + ILSE + ZORA, columns=["credit", "email", "sector", "name"]
        )
        columns = ["name", "email", "sector", "credit"]
        again_so = {"columns": columns, "sector": None, "language": "en", "visibility": "public"}

        assert choose_columns(import_id=import_.id, **again_so, now=NOON)
        run_import_worker()

        assert counted(reload(import_)) == {"lines": 2, "ready": 2}

    def test_a_worker_killed_in_the_middle_of_it_goes_on(self, statement, organiser, monkeypatch):
        from signatures.transfers.imports import check_lines

        monkeypatch.setattr(check_lines, "BATCH", 10)
        rows = "".join(f"Person {'x' * (n % 2)},p{n}@example.org,{'music' if n % 5 else ''},\n" for n in range(50))
        import_ = make_import(statement, organiser, HEAD + rows)
        run_import_worker()
        defaults = {"sector": None, "language": "en", "visibility": "public"}
        choose_columns(import_id=import_.id, columns=reload(import_).columns, **defaults, now=NOON)
        with monkeypatch.context() as patch:
            killed_after(patch, check_lines, "_save", 2)
            with pytest.raises(Killed):
                run_import_worker()
        assert reload(import_).checked_count == 20
        run_import_worker(NOON + HOUR)

        assert counted(reload(import_)) == {"lines": 50, "ready": 40, "bad": 10}

    def test_a_batch_asks_the_database_as_often_whatever_its_size(self, statement, organiser):
        query_counts = []
        for size in (1, 3, 30):
            rows = "".join(f"Person,{size}-{n}@example.org,music,\n" for n in range(size))
            import_ = make_import(statement, organiser, HEAD + rows)
            run_import_worker()
            defaults = {"sector": None, "language": "en", "visibility": "public"}
            choose_columns(import_id=import_.id, columns=reload(import_).columns, **defaults, now=NOON)
            with CaptureQueriesContext(connection) as queries:
                run_import_worker(times=1)
            query_counts.append(len(queries))
            assert reload(import_).ready == size

        assert len(set(query_counts)) == 1

    def test_problems_leave_as_a_table_that_computes_nothing(self, statement, organiser):
        import_ = make_checked_import(statement, organiser, HEAD + "=1+1,x,music,\n" + ILSE)

        headings, batches = problem_rows(import_)

        assert headings == ["Line", "Problem", "Name", "E-mail", "Field of work", "Known as"]
        [[row]] = list(batches)
        assert (row[0], row[2:]) == ("2", ["=1+1", "x", "music", ""])
        assert row[1].startswith("Name: Begin with a letter")


class TestSending:
    def test_each_gets_one_mail_and_waits_for_their_own_press(self, statement, organiser):
        import_ = sent(statement, organiser, HEAD + ILSE + ZORA)

        assert (import_.status, counted(import_)) == (Status.DONE, {"lines": 2, "brought": 2})
        rows = Signature.objects.order_by("id").values_list("name", "credit", "state", "counted", "listed", "updates")
        assert list(rows) == [
            ("Ilse Varga", "composer", State.PENDING, False, False, False),
            ("Zora Kline", "poet", State.PENDING, False, False, False),
        ]
        assert set(Mail.objects.values_list("kind", "priority", "status")) == {
            ("confirm", Mail.Priority.LAST, "queued")
        }

    def test_the_mail_says_where_they_come_from(self, statement, organiser):
        sent(statement, organiser, HEAD + ILSE)
        send_emails(clock=lambda: NOON + HOUR)

        [message] = outbox.outbox
        assert message.to == ["ilse@example.org"]
        text = "A working group told us that you signed this elsewhere (on paper at the book fair), under the name Ilse"
        assert text in message.body
        assert "Somebody entered" not in message.body
        assert "List-Unsubscribe" in message.extra_headers
        assert "/not-me/" in message.body

    def test_who_confirms_counts(self, statement, organiser):
        sent(statement, organiser, HEAD + ILSE)
        signature = Signature.objects.get()

        confirm(ticket=LinkToken(signature.id, 1, NOON), generation=1, now=NOON + HOUR)

        signature.refresh_from_db()
        assert (signature.counted, signature.listed) == (True, True)

    def test_the_same_file_again_adds_nothing(self, statement, organiser):
        sent(statement, organiser, HEAD + ILSE + ZORA)
        second = sent(statement, organiser, HEAD + ILSE + ZORA, now=NOON + DAY)

        assert (second.status, counted(second)) == (Status.DONE, {"lines": 2, "known": 2})
        assert (Signature.objects.count(), Mail.objects.count()) == (2, 2)

    def test_nobody_who_is_here_in_any_state_is_touched_or_written_to(self, statement, organiser):
        """They may have signed between the check and the sending."""
        text = HEAD + "".join(f"Another Name,s{at}@example.org,music,\n" for at in range(len(State.values)))
        import_ = make_checked_import(statement, organiser, text)
        for at, state in enumerate(State.values):
            make_signature(statement, state=state, address=f"s{at}@example.org")
        before = list(Signature.objects.order_by("id").values())
        start_import(import_id=import_.id, pace=100_000, actor=organiser, now=NOON)
        for minute in range(5):
            run_import_worker(NOON + minute * timedelta(minutes=1))

        assert list(Signature.objects.order_by("id").values()) == before
        assert counted(reload(import_)) == {"lines": 5, "known": 5}
        assert Mail.objects.count() == 0

    def test_who_has_said_not_me_meanwhile_hears_nothing(self, statement, organiser):
        import_ = make_checked_import(statement, organiser, HEAD + ILSE)
        gone = make_signature(make_statement("other"), address="ilse@example.org")
        not_me(signature_id=gone.id, now=NOON)
        start_import(import_id=import_.id, pace=100_000, actor=organiser, now=NOON)
        run_import_worker()

        assert (counted(reload(import_)), Mail.objects.count()) == ({"lines": 1, "silent": 1}, 0)
        assert ImportLine.objects.filter(mailbox_digest__isnull=False).count() == 0

    def test_a_bounced_mailbox_hears_nothing(self, statement, organiser):
        gone = make_signature(make_statement("other"), address="ilse@example.org")
        Suppression.objects.suppress(gone, Suppression.Reason.BOUNCED, now=NOON)

        assert counted(sent(statement, organiser, HEAD + ILSE)) == {"lines": 1, "silent": 1}
        assert Mail.objects.count() == 0

    def test_ten_statements_do_not_bury_a_mailbox(self, organiser):
        for number in range(10):
            sent(make_statement(f"letter-{number}"), organiser, HEAD + ILSE)

        assert Mail.objects.filter(due_at__lt=NOON + DAY).count() == 5

    def test_who_waits_for_their_link_goes_before(self, statement, organiser):
        sent(statement, organiser, HEAD + ILSE)
        sign(statement, "zora@example.org", now=NOON + HOUR)

        addresses = [mail.signature.address for mail in Mail.objects.due(NOON + HOUR)]
        assert addresses == ["zora@example.org", "ilse@example.org"]

    def test_who_signs_by_themselves_is_no_longer_an_imported_one(self, statement, organiser):
        sent(statement, organiser, HEAD + ILSE)

        signature = sign(statement, "ilse@example.org", name="Ilse V.", now=NOON + HOUR)

        assert (signature.name, signature.imported, signature.generation) == ("Ilse V.", None, 2)

    def test_nobody_is_reminded_of_what_they_did_not_ask_for(self, organiser):
        sent(make_statement(sends_reminders=True), organiser, HEAD + ILSE)
        Mail.objects.update(status="sent", sent_at=NOON)

        assert queue_reminders(now=NOON + 2 * DAY) == 0

    def test_a_list_of_one_union_is_no_farm(self, statement, organiser):
        rows = "".join(
            f"Ann Number{'abcdefghijklmnopqrstuvwxyz'[n]},p{n}@union.example.org,music,member of the writers’ union\n"
            for n in range(25)
        )
        sent(statement, organiser, HEAD + rows)
        now = NOON + timedelta(minutes=50)
        for signature in Signature.objects.all():
            confirm(ticket=LinkToken(signature.id, 1, NOON), generation=1, now=now)

        assert Signature.objects.filter(state=State.CONFIRMED, flags=[]).count() == 25

    def test_a_famous_name_waits_for_a_moderator_as_anybodys_does(self, organiser):
        sent(make_statement(review_everything=True), organiser, HEAD + ILSE)
        signature = Signature.objects.get()

        confirm(ticket=LinkToken(signature.id, 1, NOON), generation=1, now=NOON + HOUR)

        assert Signature.objects.get().state == State.HELD

    def test_a_worker_killed_in_the_middle_of_it_sends_nobody_a_second_mail(self, statement, organiser, monkeypatch):
        from signatures.transfers.imports import apply

        rows = "".join(f"Person,p{n}@example.org,music,\n" for n in range(30))
        import_ = make_checked_import(statement, organiser, HEAD + rows)
        start_import(import_id=import_.id, pace=100_000, actor=organiser, now=NOON - HOUR)
        with monkeypatch.context() as patch:
            killed_after(patch, apply, "_queue_line", 17)
            Import.objects.update(paced_at=NOON - HOUR)
            with pytest.raises(Killed):
                run_import_worker()
        assert Mail.objects.count() == 17
        for minute in range(5):
            run_import_worker(NOON + HOUR + minute * timedelta(minutes=1))

        assert (Mail.objects.count(), counted(reload(import_))) == (30, {"lines": 30, "brought": 30})
        assert reload(import_).status == Status.DONE


class TestPace:
    ROWS = HEAD + "".join(f"Person,p{n}@example.org,music,\n" for n in range(40))

    def started(self, statement, organiser, pace):
        import_ = make_checked_import(statement, organiser, self.ROWS)
        start_import(import_id=import_.id, pace=pace, actor=organiser, now=NOON)
        return import_

    def after(self, import_, minutes):
        for second in range(0, minutes * 60 + 1, 5):
            run_import_worker(NOON + timedelta(seconds=second), times=1)
        return reload(import_).brought

    @pytest.mark.parametrize(("pace", "minutes", "brought"), [(60, 10, 11), (600, 2, 21), (6, 20, 3), (1, 59, 1)])
    def test_so_many_an_hour_and_no_more(self, statement, organiser, pace, minutes, brought):
        assert self.after(self.started(statement, organiser, pace), minutes) == brought

    def test_what_a_pause_left_unused_does_not_come_in_one_gush(self, statement, organiser):
        import_ = self.started(statement, organiser, 600)
        run_import_worker()
        pause_import(import_id=import_.id, actor=organiser, now=NOON)
        run_import_worker(NOON + HOUR)
        assert reload(import_).brought == 1
        start_import(import_id=import_.id, pace=600, actor=organiser, now=NOON + DAY)
        run_import_worker(NOON + DAY, times=1)

        assert reload(import_).brought == 11  # a minute's worth

    def test_it_waits_while_nobody_could_do_what_it_asks(self, statement, organiser):
        import_ = self.started(statement, organiser, 100_000)
        for name in (Switch.Name.PAUSE_SIGNING, Switch.Name.PAUSE_MAIL, Switch.Name.READ_ONLY):
            turn_on(name=name, statement=statement, actor=organiser, reason="a flood", now=NOON)
            run_import_worker()
            assert reload(import_).brought == 0, name
            turn_off(name=name, statement=statement, actor=organiser, reason="over", now=NOON)
        Statement.objects.update(state=Statement.State.CLOSED)
        run_import_worker()
        assert reload(import_).brought == 0
        Statement.objects.update(state=Statement.State.OPEN)
        run_import_worker()

        assert reload(import_).brought == 1

    def test_it_can_be_changed_on_the_way(self, statement, organiser):
        import_ = self.started(statement, organiser, 1)
        run_import_worker()
        assert set_import_rate(import_id=import_.id, pace=60, actor=organiser, now=NOON)
        for minute in range(1, 6):
            run_import_worker(NOON + timedelta(minutes=minute))

        assert reload(import_).brought == 6
        assert AuditEntry.objects.filter(action="pace_import").values_list("before", "after").get() == ("1", "60")


class TestStopping:
    def test_what_is_left_is_forgotten_and_who_has_a_mail_may_confirm(self, statement, organiser):
        import_ = make_checked_import(statement, organiser, HEAD + ILSE + ZORA)
        start_import(import_id=import_.id, pace=1, actor=organiser, now=NOON)
        run_import_worker()
        assert stop_import(import_id=import_.id, actor=organiser, now=NOON)
        run_import_worker(NOON + DAY)
        apply_retention(now=NOON + HOUR)

        assert (ImportLine.objects.count(), Signature.objects.count(), reload(import_).status) == (0, 1, Status.STOPPED)
        assert Signature.objects.get().state == State.PENDING

    @pytest.mark.parametrize("status", [Status.DONE, Status.STOPPED, Status.REFUSED])
    def test_what_is_over_stays_so(self, statement, organiser, status):
        import_ = make_checked_import(statement, organiser, HEAD + ILSE)
        Import.objects.update(status=status)
        by = {"import_id": import_.id, "actor": organiser, "now": NOON}

        assert not stop_import(**by)
        assert not pause_import(**by)
        assert not start_import(**by, pace=5)
        assert not set_import_rate(**by, pace=5)

    def test_every_act_is_on_record(self, statement, organiser):
        import_ = make_checked_import(statement, organiser, HEAD + ILSE + ZORA)
        by = {"import_id": import_.id, "actor": organiser, "now": NOON}
        start_import(**by, pace=10)
        pause_import(**by)
        start_import(**by, pace=20)
        stop_import(**by)

        rows = AuditEntry.objects.order_by("id").values_list("action", "reason", "after", "actor__username")
        assert set(AuditEntry.objects.values_list("object_type", "object_id")) == {("import", import_.id)}
        reason = "on paper at the book fair (people.csv)"
        assert list(rows) == [
            ("import", reason, "", "organiser"),
            ("send_import", reason, "10", "organiser"),
            ("pause_import", reason, "", "organiser"),
            ("send_import", reason, "20", "organiser"),
            ("stop_import", reason, "", "organiser"),
        ]


class TestForgetting:
    def test_a_line_is_empty_once_its_mail_is_in_the_outbox(self, statement, organiser):
        sent(statement, organiser, HEAD + ILSE + "Bad,x,music,\n" + ILSE)

        rows = ImportLine.objects.people().order_by("line").values_list("state", "sealed", "mailbox_digest")
        assert [(state, sealed is None, digest is None) for state, sealed, digest in rows] == [
            ("brought", True, True), ("bad", False, True), ("double", True, True),
        ]  # fmt: skip

    def test_thirty_days_after_it_moved_nothing_of_a_file_is_left_but_its_numbers(self, statement, organiser):
        done = sent(statement, organiser, HEAD + ILSE + "Bad,x,music,\n")
        waiting = make_checked_import(statement, organiser, HEAD + ZORA)
        apply_retention(now=NOON + 29 * DAY)
        assert ImportLine.objects.count() == 5
        apply_retention(now=NOON + 30 * DAY + HOUR)

        assert ImportLine.objects.count() == 0
        assert (reload(done).status, reload(done).brought, reload(waiting).status) == (Status.DONE, 1, Status.STOPPED)

    def test_who_erases_themselves_is_not_brought_back_by_a_file_that_waits(self, statement, organiser):
        import_ = make_checked_import(statement, organiser, HEAD + ILSE + ZORA)
        signature = sign(statement, "ilse@example.org")
        erase(signature_id=signature.id, now=NOON)
        assert counted(reload(import_)) == {"lines": 2, "ready": 1, "silent": 1}
        start_import(import_id=import_.id, pace=100_000, actor=organiser, now=NOON)
        for minute in range(3):
            run_import_worker(NOON + minute * timedelta(minutes=1))

        assert list(Signature.objects.filter(erased_at=None).values_list("name", flat=True)) == ["Zora Kline"]

    def test_files_that_belong_to_nobody_go(self, statement, organiser):
        import_ = make_import(statement, organiser, HEAD + ILSE)
        Import.objects.all().delete()
        apply_retention(now=NOON)
        assert default_storage.exists(import_.file)
        modified = default_storage.get_modified_time(import_.file)

        apply_retention(now=modified + DAY)

        assert not default_storage.exists(import_.file)

    def test_subject_access_includes_the_waiting_line(self, statement, organiser):
        make_checked_import(statement, organiser, HEAD + ILSE + ZORA)

        [line] = find_person(person_mailbox=mailbox.parse("ilse@example.org"))["imports"]

        assert (line["statement"], line["from"], line["line"]) == ("letter", "on paper at the book fair", 2)
        assert line["cells"] == ["Ilse Varga", "ilse@example.org", "Music", "composer"]
