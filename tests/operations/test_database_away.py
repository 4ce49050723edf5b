"""When the database is away or busy for too long: 503 and when to come back, in the visitor's language, and nothing
that was typed is lost."""

import http.client
import threading
from contextlib import closing, contextmanager
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup
from django.db import connection, transaction
from django.test import Client

from signatures.identity import mailbox
from signatures.mail.models.email import Mail, lock_mailbox
from signatures.signing.models.signature import Signature
from signatures.web import tokens
from signatures.web.tokens import Purpose
from tests.organisers import form_values, logged_in_client, make_organiser
from tests.people import NOON, make_signature, make_statement
from tests.site import Site, database_url
from tests.waiting import wait_for
from tools.dev import ports

pytestmark = pytest.mark.django_db(transaction=True)

FORM = {
    "name": 'Ilse "Il" Varga',
    "email": "ilse@example.org",
    "sector": "music",
    "credit": "a <b> & c",
    "updates": "on",
}


@pytest.fixture
def visitor(settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    return Client(raise_request_exception=False)


@contextmanager
def somebody_holds(do):
    """Runs `do` on a separate connection, in a transaction that stays open inside the block."""
    holds, may_end = threading.Event(), threading.Event()

    def hold():
        try:
            with transaction.atomic():
                do()
                holds.set()
                may_end.wait(timeout=30)
        finally:
            connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        assert holds.wait(timeout=30)
        yield
    finally:
        may_end.set()
        thread.join()


def link(signature):
    token = tokens.make(Purpose.OWN_PAGE, subject_id=signature.id, generation=1, issued_at=NOON)
    return f"/signature/{token}/"


def stored():
    return Signature.objects.count(), Mail.objects.count()


def test_a_form_that_met_a_lock_for_too_long_is_kept_on_the_page(visitor):
    make_statement()
    digests = mailbox.parse(FORM["email"]).digests
    with somebody_holds(lambda: lock_mailbox(digests)):
        answer = visitor.post("/fr/letter/sign/", FORM)

    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "30", "no-store")
    page = BeautifulSoup(answer.content, "html.parser")
    assert (page.html["lang"], page.form["action"], page.form["method"]) == ("fr", "/fr/letter/sign/", "post")
    assert stored() == (0, 0)

    again = visitor.post(page.form["action"], form_values(answer, "form"))
    assert again.status_code == 303
    assert list(Signature.objects.values_list("name", "credit", "updates")) == [(FORM["name"], FORM["credit"], True)]


@pytest.mark.parametrize("setting", ["lock_timeout", "statement_timeout"])
def test_a_button_behind_a_link_can_be_pressed_again(visitor, setting):
    signature = make_signature(make_statement())
    with connection.cursor() as cursor:
        cursor.execute(f"SET {setting} = '50ms'")
    try:
        with somebody_holds(lambda: Signature.objects.select_for_update().get()):
            answer = visitor.post(link(signature), {"act": "correct", "name": "Ilse Holt", "credit": "dancer"})
    finally:
        connection.close()

    assert (answer.status_code, Signature.objects.get().name) == (503, "Ilse Varga")
    assert visitor.post(link(signature), form_values(answer, "form")).status_code == 303
    assert (Signature.objects.get().name, Signature.objects.get().credit) == ("Ilse Holt", "dancer")


def test_what_is_sent_at_the_desk_is_on_no_such_page(visitor):
    """It may hold a password."""
    make_signature(make_statement())
    desk = logged_in_client(make_organiser())
    desk.raise_request_exception = False
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '50ms'")
    try:
        with somebody_holds(lambda: connection.cursor().execute("LOCK TABLE auth_user, django_session")):
            answer = desk.post("/admin/password-again/", {"password": "correct horse battery"})
    finally:
        connection.close()

    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert b"correct horse" not in answer.content


def ask(site, method, path, form=None, **headers):
    with closing(http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)) as client:
        if form:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        client.request(method, path, urlencode(form) if form else None, headers)
        answer = client.getresponse()
        return answer.status, answer.headers, answer.read().decode()


def test_without_a_database_every_page_says_when_to_come_back(tmp_path):
    nowhere = f"postgres://nobody:x@127.0.0.1:{ports.free()}/none"
    with Site(tmp_path, processes=("web",), DATABASE_URL=nowhere) as site:
        site.has_database = False
        answers = {path: ask(site, "GET", path) for path in ("/", "/hi/letter/", "/letter/signatories/?q=ilse")}
        answers["sign"] = ask(site, "POST", "/letter/sign/", FORM)
        answers["api"] = ask(site, "GET", "/api/v1/statements/letter/")

    responses = {path: (status, headers["Retry-After"]) for path, (status, headers, _body) in answers.items()}
    assert responses == dict.fromkeys(answers, (503, "30"))
    assert 'lang="hi"' in answers["/hi/letter/"][2]
    assert "a &lt;b&gt; &amp; c" in answers["sign"][2]
    assert answers["api"][1]["Content-Type"] == "application/problem+json"


BETWEEN = """
    CREATE FUNCTION between_the_two() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {} RETURN NEW; END $$;
    CREATE TRIGGER between_the_two BEFORE INSERT ON signatures_mail EXECUTE FUNCTION between_the_two();
"""
NO_MORE = "DROP TRIGGER between_the_two ON signatures_mail; DROP FUNCTION between_the_two;"


@contextmanager
def between_signature_and_mail(happens):
    """Calls a function after the INSERT of the signature and before that of its email."""
    with connection.cursor() as cursor:
        cursor.execute(BETWEEN.format(happens))
    try:
        yield
    finally:
        connection.close()
        with connection.cursor() as cursor:
            cursor.execute(NO_MORE)


class TestRow2:
    """A signature and its email are stored together or not at all, whatever fails between them."""

    @pytest.fixture(autouse=True)
    def statement(self):
        make_statement()

    @pytest.mark.parametrize(
        ("happens", "status"),
        [
            ("RAISE EXCEPTION 'the disk is on fire';", 500),
            ("PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(5);", 503),
        ],
    )
    def test_row_02_a_failure_between_the_two_leaves_neither(self, visitor, happens, status):
        with between_signature_and_mail(happens):
            assert visitor.post("/letter/sign/", FORM).status_code == status

        assert stored() == (0, 0)
        assert visitor.post("/letter/sign/", FORM).status_code == 303
        assert stored() == (1, 1)

    def test_row_02_a_kill_of_the_web_server_between_the_two_leaves_both_or_neither(self, visitor, tmp_path):
        with Site(tmp_path, processes=("web",), DATABASE_URL=database_url()) as site:
            with between_signature_and_mail("PERFORM pg_sleep(2);"):
                signing = threading.Thread(target=ask_in_vain, args=[site])
                signing.start()
                wait_for(is_between)
                site.web.kill()
                signing.join()
                wait_for(lambda: not is_between())
            assert stored() in [(0, 0), (1, 1)]  # PostgreSQL completes a command that it received completely

        assert visitor.post("/letter/sign/", FORM).status_code == 303
        assert stored() == (1, 1)


def ask_in_vain(site):
    with pytest.raises((OSError, http.client.HTTPException)):
        ask(site, "POST", "/letter/sign/", FORM)


def is_between():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"
        )
        return cursor.fetchone()[0]
