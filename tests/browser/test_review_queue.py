"""Tests the review queue: a hundred signatures by keyboard, and one without scripts by the same buttons."""

from importlib import import_module
from statistics import median, quantiles

import pytest
from django.apps import apps
from django.utils import timezone

from signatures.audit.models import AuditEntry
from signatures.review.models.canned_reply import Phrase
from signatures.signing.models.signature import Signature
from tests.browser.visitor import PASSWORD
from tests.people import make_signature

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

State = Signature.State
KEYS = ["a", "a", "a", "r1", "a", "n2", "s", "a", "p1", "r3"]  # ten decisions, in their order


@pytest.fixture
def held(statement):
    if not Phrase.objects.exists():  # the last test removed them from the database
        import_module("signatures.migrations.0004_starter_data").load_canned_replies(apps, None)

    def make(count):
        return [
            make_signature(statement, state=State.HELD, flags=["burst"], name=f"Ann Number{number}", now=timezone.now())
            for number in range(count)
        ]

    return make


def test_a_hundred_are_decided_by_keyboard(come, organiser, held):
    held(100)
    desk, took, keystrokes = at_the_queue(come), [], []
    desk.page.on("response", lambda answer: is_decision(answer) and took.append(timing_of(answer)))
    for number in range(100):
        keys = KEYS[number % 10]
        wait_to_be_asked(desk, number)
        for key in keys:
            desk.page.keyboard.press(key)
        keystrokes.append(len(keys))
        if number < 99:
            wait_for_name(desk, name(number + 1))
    desk.page.wait_for_selector(".case-none")
    wait_for_log(desk, 100)
    desk.shoot("queue-done")

    print(  # noqa: T201
        f"100 decided: {sum(keystrokes) / 100:.2f} keystrokes a decision, {max(keystrokes)} at most; server time"
        f" median {median(took):.0f} ms, 95 of 100 within {quantiles(took, n=20)[18]:.0f} ms"
    )
    assert max(keystrokes) <= 2
    assert states() == {State.CONFIRMED: 60, State.REJECTED: 20, State.HELD: 20}
    assert Signature.objects.filter(notable=True).count() == 10
    assert AuditEntry.objects.filter(action="ask_for_proof").count() == 10


def states():
    values = Signature.objects.values_list("state", flat=True)
    return {state: list(values).count(state) for state in set(values)}


def name(number):
    return f"Ann Number{number}"


def is_decision(answer):
    return answer.request.method == "POST" and answer.request.url.partition("?")[0].rstrip("/").split("/")[-1].isdigit()


def timing_of(answer):
    timing = answer.request.timing
    return timing["responseStart"] - timing["requestStart"]


def wait_to_be_asked(desk, number):
    """Waits as long as a person needs to see the next signature. The script accepts no key before that."""
    assert desk.page.inner_text(".case h1") == name(number)
    desk.page.wait_for_timeout(260)


def wait_for_name(desk, name):
    desk.page.wait_for_function("name => document.querySelector('.case h1').textContent === name", arg=name)


def wait_for_log(desk, count):
    desk.page.wait_for_function("many => Number(document.querySelector('[role=log]').dataset.many) === many", arg=count)


def at_the_queue(come, **how):
    desk = come(**how)
    desk.open("/admin/review/")
    desk.page.fill("[name=username]", "organiser")
    desk.page.fill("[name=password]", PASSWORD)
    click(desk, "[type=submit]")
    desk.shoot("queue-start")
    click(desk, ".queue-standing button")
    return desk


def click(desk, selector):
    with desk.page.expect_navigation():
        desk.page.click(selector)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_keys_are_shown_and_a_note_is_written_by_key(come, organiser, held, language):
    _first, second = held(2)
    desk = at_the_queue(come, language=language)
    desk.shoot("queue-case")
    assert desk.page.locator(".presses > * kbd:first-child").all_inner_texts()[:2] == ["a", "n"]

    desk.page.keyboard.press("r")
    desk.shoot("queue-reject")
    desk.page.keyboard.press("Escape")
    desk.page.wait_for_timeout(260)
    desk.page.keyboard.press("m")
    desk.page.keyboard.type("a note, ras")
    desk.page.keyboard.press("Escape")
    desk.page.keyboard.press("a")

    wait_for_name(desk, second.name)
    wait_for_log(desk, 1)
    assert AuditEntry.objects.latest("id").reason == "a note, ras"


def test_a_key_held_down_or_pressed_twice_decides_once(come, organiser, held):
    held(3)
    desk = at_the_queue(come)
    desk.page.wait_for_timeout(260)

    desk.page.keyboard.press("a")
    desk.page.keyboard.press("a")

    wait_for_log(desk, 1)
    assert states() == {State.CONFIRMED: 1, State.HELD: 2}


def test_it_works_without_scripts(come, organiser, held):
    _first, second = held(2)
    desk = at_the_queue(come, javascript=False)

    desk.page.click("summary:has-text('Reject')")
    click(desk, "button[value^='reject']")
    assert desk.page.inner_text(".case h1") == second.name
    click(desk, "button[value='approve']")

    assert desk.page.inner_text(".queue-many") == "Nothing is waiting here."
    assert states() == {State.REJECTED: 1, State.CONFIRMED: 1}


def test_what_could_not_be_decided_is_told(come, organiser, held):
    first, _second = held(2)
    desk = at_the_queue(come)
    desk.page.wait_for_timeout(260)
    desk.page.route(f"**/review/{first.id}/**", lambda route: route.abort())

    desk.page.keyboard.press("a")

    desk.page.wait_for_selector("[role=alert]:not([hidden])")
    assert first.name in desk.page.inner_text("[role=alert]")
    assert states() == {State.HELD: 2}
