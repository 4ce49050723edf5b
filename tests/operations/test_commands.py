from contextlib import closing, contextmanager
from datetime import timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.models.signals import post_migrate, pre_migrate
from django.utils import timezone

from signatures.mail.models.email import Mail
from signatures.public.fold_tally import fold
from signatures.public.models.tally import Tally, TallyEntry, count
from signatures.signing.models.share import Share
from tests.people import make_signature, make_statement, sign
from tests.smtp import mail_server
from tools.dev import ports

pytestmark = pytest.mark.django_db

EARLIER = timezone.now() - timedelta(minutes=5)  # the command reads the clock

Status = Mail.Status


@pytest.fixture
def statement():
    return make_statement()


def run(command: str) -> str:
    out = StringIO()
    call_command(command, stdout=out)
    return out.getvalue()


def statuses() -> list[str]:
    return list(Mail.objects.order_by("id").values_list("status", flat=True))


def test_recount_agrees_where_nothing_drifted(statement):
    make_signature(statement)
    fold()
    make_signature(statement, visibility="anonymous")

    assert run("recount") == "counts agree\n"
    assert TallyEntry.objects.count() == 1


def test_recount_repairs_a_drift_names_it_and_fails(statement):
    make_signature(statement)
    make_signature(statement, sector="literature", kind="organisation", visibility="anonymous")
    fold()
    Tally.objects.filter(sector__slug="music").update(counted=4, listed=3)
    Tally.objects.filter(sector__slug="literature").delete()

    out = StringIO()
    with pytest.raises(SystemExit) as stop:
        call_command("recount", stdout=out)

    assert stop.value.code == 1
    assert sorted(out.getvalue().splitlines()) == [
        "repaired letter, literature, organisation: counted +1, listed +0",
        "repaired letter, music, person: counted -3, listed -2",
    ]
    assert (count(statement.id).all, count(statement.id).listed) == (2, 1)
    assert run("recount") == "counts agree\n"


def test_recount_repairs_what_links_are_said_to_have_brought(statement):
    Share.objects.create(signature=make_signature(statement), brought=3)

    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("recount", stdout=out)

    assert out.getvalue() == "repaired the referral counts of 1 links, wrong by 3 in total\n"
    assert run("recount") == "counts agree\n"


def test_row_07_the_outbox_is_drained_without_a_broker(statement, settings):
    for number in range(3):
        sign(statement, f"signer-{number}@example.org", now=EARLIER)
    with mail_server(settings) as sink:
        output = run("drain_outbox")

    assert output == "sent 3, failed 0, put off 0, cancelled 0\n"
    assert statuses() == [Status.SENT] * 3
    assert sorted(sink.recipients) == [f"signer-{number}@example.org" for number in range(3)]


def test_draining_an_empty_outbox_sends_nothing(db):
    assert run("drain_outbox") == "sent 0, failed 0, put off 0, cancelled 0\n"


def test_draining_goes_on_past_a_refused_mail(statement, settings):
    for name in ("gone", "here"):
        sign(statement, f"{name}@example.org", now=EARLIER)
    with mail_server(settings, at_rcpt=lambda address: "550 no such user" if "gone" in address else None):
        output = run("drain_outbox")

    assert output == "sent 1, failed 1, put off 0, cancelled 0\n"
    assert statuses() == [Status.FAILED, Status.SENT]


def test_draining_ends_where_the_mail_server_is_away(statement, settings):
    sign(statement, now=EARLIER)
    settings.EMAIL_HOST, settings.EMAIL_PORT = ports.HOST, ports.free()
    settings.EMAIL_BACKEND = "signatures.mail.smtp_backend.EmailBackend"

    assert run("drain_outbox") == "sent 0, failed 0, put off 1, cancelled 0\n"
    assert statuses() == [Status.QUEUED]


def test_draining_says_what_still_waits_for_the_budget(statement, settings):
    settings.MAILS_PER_MINUTE = 8
    for number in range(3):
        sign(statement, f"signer-{number}@example.org", now=EARLIER)
    with mail_server(settings):
        output = run("drain_outbox").splitlines()

    assert output[0] == "sent 2, failed 0, put off 0, cancelled 0"
    assert output[1].startswith("1 wait for their provider, or for the budget")


def test_migrating_has_no_time_limit_but_does_not_wait_for_locks():
    query = "SELECT current_setting('statement_timeout'), current_setting('lock_timeout')"
    limits = {}

    def note(signal, **_):
        with connection.cursor() as cursor:
            cursor.execute(query)
            limits[signal] = cursor.fetchone()

    with connected(pre_migrate, note), connected(post_migrate, note):
        call_command("migrate", verbosity=0)

    assert limits == {pre_migrate: ("0", "2s"), post_migrate: ("5s", "2s")}


def test_every_connection_begins_with_its_settings():
    names = ", ".join(f"current_setting('{name}')" for name in settings.DATABASE_SESSION_SETTINGS)
    with closing(connection.copy()) as fresh, fresh.cursor() as cursor:
        cursor.execute(f"SELECT {names}")
        assert cursor.fetchone() == tuple(settings.DATABASE_SESSION_SETTINGS.values())


def test_names_resemble_each_other_from_our_threshold_on_once_the_extension_is_loaded():
    with closing(connection.copy()) as fresh, fresh.cursor() as cursor:
        cursor.execute("SELECT 'a' <% 'a', current_setting('pg_trgm.word_similarity_threshold')")
        assert cursor.fetchone() == (True, "0.35")


@contextmanager
def connected(signal, receiver):
    signal.connect(receiver, sender=apps.get_app_config("signatures"))
    try:
        yield
    finally:
        signal.disconnect(receiver, sender=apps.get_app_config("signatures"))
