from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signatures.web import tokens
from signatures.web.tokens import BadToken, Purpose
from tests.people import NOON

MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def make(purpose=Purpose.CONFIRM, **changed):
    return tokens.make(purpose, **{"subject_id": 7, "generation": 1, "issued_at": NOON, **changed})


@given(purpose=st.sampled_from(Purpose), subject_id=st.integers(1, 2**62), generation=st.integers(1, 2**31), at=MOMENTS)
def test_a_token_says_what_it_was_made_of(purpose, subject_id, generation, at):
    token = tokens.make(purpose, subject_id=subject_id, generation=generation, issued_at=at)
    ticket = tokens.read(purpose, token)

    assert (ticket.subject_id, ticket.generation, ticket.issued_at) == (
        subject_id, generation, at.replace(microsecond=0),
    )  # fmt: skip


@given(made=st.sampled_from(Purpose), requested=st.sampled_from(Purpose))
def test_row_15_a_token_serves_one_purpose(made, requested):
    if made != requested:
        with pytest.raises(BadToken):
            tokens.read(requested, make(made))


@given(data=st.data())
def test_row_15_a_changed_or_cut_token_is_no_token(data):
    token = make()
    at = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters().filter(lambda char: char != token[at]))
    for forged in (token[:at], token[:at] + other + token[at + 1 :], token + other):
        with pytest.raises(BadToken):
            tokens.read(Purpose.CONFIRM, forged)


@given(st.text(max_size=400))
def test_no_text_at_all_is_read_as_a_token(text):
    with pytest.raises(BadToken):
        tokens.read(Purpose.CONFIRM, text)


def test_every_try_of_a_mail_carries_the_same_link():
    assert make() == make()


def test_a_token_fits_a_mail_and_an_address():
    longest = make(subject_id=10**9, generation=99)

    assert len(longest) < 100
    assert longest.replace(".", "").replace("_", "").replace("-", "").isalnum()


def test_a_rotated_secret_still_reads_older_links(settings):
    token = make()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a newer secret " * 4, [settings.SECRET_KEY]
    assert tokens.read(Purpose.CONFIRM, token).subject_id == 7

    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(BadToken):
        tokens.read(Purpose.CONFIRM, token)


def test_age_is_counted_from_the_mail():
    ticket = tokens.read(Purpose.CONFIRM, make())

    assert ticket.is_older_than(timedelta(days=14), now=NOON + timedelta(days=14)) is False
    assert ticket.is_older_than(timedelta(days=14), now=NOON + timedelta(days=14, seconds=1)) is True
