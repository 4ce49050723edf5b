"""Starts the real site and the Chromium of this machine."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from email.message import EmailMessage
from itertools import count

import pytest
from django.conf import global_settings
from django.contrib.auth.models import Group, User
from django.db import connection
from django.utils import timezone
from playwright.sync_api import Browser, sync_playwright
from pytest_django import Settings

from signatures.demo.source_files import read_source
from signatures.statements.edit_text import edit_text
from signatures.statements.models.sector import Sector
from signatures.statements.models.statement import Statement
from tests.browser.visitor import PASSWORD, Visitor
from tests.dumps import leaks_in_dump
from tests.people import make_statement
from tests.site import Site, database_url, folder
from tests.smtp import Sink, serving
from tests.waiting import wait_for
from tools.dev import ports

Come = Callable[..., Visitor]

SLUGS = count(1)


@pytest.fixture(scope="package")
def sink() -> Sink:
    return Sink()


@pytest.fixture(scope="package")
def site(django_db_setup: None, sink: Sink) -> Iterator[Site]:
    with ExitStack() as started:
        place, mail = started.enter_context(folder()), started.enter_context(serving(sink, ports.free()))
        yield started.enter_context(
            Site(place, DATABASE_URL=database_url(), EMAIL_URL=mail, LIMIT_FACTOR="100", SECOND_FACTOR="false")
        )


@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator[Browser]:
    """Returns the browser. Playwright's event loop runs in this thread, so Django gives it its own database
    connection."""
    arguments = ["--no-sandbox", "--disable-background-networking"]
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        yield browser
        browser.close()
        connection.close()


@pytest.fixture
def come(site: Site, browser: Browser) -> Iterator[Come]:
    """Opens a visitor's browser. At the end, no browser may have reported an error."""
    visitors: list[Visitor] = []
    with ExitStack() as opened:

        def come(language: str = "en", *, javascript: bool = True, width: int = 1280) -> Visitor:
            context = browser.new_context(
                java_script_enabled=javascript, locale=language, viewport={"width": width, "height": 844}
            )
            context.set_default_timeout(20_000)
            opened.callback(context.close)
            visitors.append(Visitor(context, site.url, language))
            return visitors[-1]

        yield come
        assert [complaint for visitor in visitors for complaint in visitor.complaints] == []


@pytest.fixture
def statement(goes_before_the_site: None) -> Statement:
    """Returns a statement in all five languages, with its own URL."""
    statement = make_statement(f"letter-{next(SLUGS)}", now=timezone.now())
    for wording in read_source("makers-letter")["wording"]:
        if wording["language"] != "en":
            text, language, title = wording["text"], wording["language"], wording["title"]
            edit_text(statement=statement, language=language, title=title, text=text, now=timezone.now())
    names = {sector["slug"]: sector["names"] for sector in read_source("sectors")["sector"]}
    for sector in Sector.objects.all():
        for language in ("fr", "id", "hi", "ar"):
            sector.translations.create(language=language, name=names[sector.slug][language])
    return statement


@pytest.fixture
def goes_before_the_site(transactional_db: None) -> Iterator[None]:
    """Lets the site lose a deadlock: tables are emptied after a test, while the site still runs."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; SET lock_timeout = 0")
        cursor.execute(
            "SELECT set_config('deadlock_timeout', '1min', false) WHERE current_setting('is_superuser') = 'on'"
        )
    yield
    assert leaks_in_dump(database_url()) == []


@pytest.fixture
def read_mail(sink: Sink) -> Callable[..., EmailMessage]:
    """Returns the email that came `nth` to an address, as soon as it has arrived."""

    def read(address: str, nth: int = 1) -> EmailMessage:
        wait_for(lambda: sink.recipients.count(address) >= nth)
        return [mail for mail, to in zip(sink.messages, sink.recipients, strict=False) if to == address][nth - 1]

    return read


@pytest.fixture
def organiser(transactional_db: None, settings: Settings) -> User:
    """Returns an organiser with a password that the site's own processes can check."""
    settings.PASSWORD_HASHERS = global_settings.PASSWORD_HASHERS
    user = User.objects.create_user("organiser", password=PASSWORD, is_staff=True)
    user.groups.add(Group.objects.get(name="Organiser"))
    return user
