"""Tests that an open page keeps its count current."""

import time

import pytest
from django.utils import timezone
from playwright.sync_api import Request

from signatures.statements.models.statement import Statement
from tests.browser.visitor import Visitor
from tests.people import make_signature
from tests.waiting import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HALF_A_MINUTE, FIVE_MINUTES = 45_000, 400_000  # milliseconds at most


class Reader:
    """Describes a visitor who leaves the page open. `requests` has the requests to the site since then."""

    def __init__(self, visitor: Visitor, statement: Statement, signed: int):
        self.page, self.statement = visitor.page, statement
        self.requests: list[str] = []
        self.sign(signed)
        self.page.on("request", self._note)
        self.page.clock.install(time=0)
        self.page.clock.pause_at(1)  # or a busy machine would count its own minutes
        visitor.open(f"/{statement.slug}/")

    def sign(self, people: int) -> None:
        """Signs, and returns when every process of the site, which caches an answer for a second, counts all
        signatures."""
        for _ in range(people):
            make_signature(self.statement, now=timezone.now())
        time.sleep(2)

    def rest(self) -> None:
        """Waits. A page asks every half minute. Twice within stale-while-revalidate, the browser would answer it
        from its cache, and send one more request by itself."""
        time.sleep(3)

    def wait(self, milliseconds: int) -> None:
        """Waits until the page has asked once more. Nothing else moves its clock."""
        with self.page.expect_response("**/count.json") as answer:
            self.page.clock.fast_forward(milliseconds)
        answer.value.finished()

    def sees(self) -> str:
        return self.page.inner_text(".count-main b")

    def hears(self) -> str:
        return " ".join((self.page.text_content(".count-main + [role=status]") or "").split())

    def _note(self, request: Request) -> None:
        if "count.json" in request.url:
            self.requests.append(request.url)


def test_it_follows_the_count_and_tells_it_aloud_once_in_five_minutes(come, statement):
    reader = Reader(come(), statement, signed=3)
    assert (reader.sees(), reader.hears(), reader.requests) == ("3", "", [])

    reader.sign(1)
    reader.wait(HALF_A_MINUTE)
    wait_for(lambda: reader.sees() == "4")
    assert reader.hears() == ""

    reader.sign(1)
    reader.wait(FIVE_MINUTES)
    wait_for(lambda: reader.sees() == "5")
    assert reader.hears() == "5 people have signed"


def test_it_tells_nobody_the_number_that_they_know(come, statement):
    reader = Reader(come(), statement, signed=3)
    reader.wait(FIVE_MINUTES)
    reader.sign(1)
    reader.wait(HALF_A_MINUTE)
    wait_for(lambda: reader.hears() == "4 people have signed")  # and it had not shown 3, or this would come much later


def test_in_arabic_it_waits_where_the_words_around_it_would_be_wrong(come, statement):
    reader = Reader(come("ar"), statement, signed=3)
    reader.sign(1)
    reader.wait(HALF_A_MINUTE)
    wait_for(lambda: reader.sees() == "٤")

    reader.sign(10)
    reader.wait(HALF_A_MINUTE)
    request_count = len(reader.requests)
    reader.rest()
    reader.wait(HALF_A_MINUTE)  # it has read the answer before that
    assert (reader.sees(), len(reader.requests)) == ("٤", request_count + 1)
