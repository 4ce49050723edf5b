"""Tests the order, pages, search and number of queries of the public list."""

from copy import copy
from datetime import timedelta
from itertools import chain, islice, product

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from signatures.identity.search_keys import fold_query
from signatures.public import statement_page
from signatures.public.cursor import BadCursor, Cursor, NameCursor, after, parse_cursor
from signatures.public.search import matching
from signatures.signing.correct import correct
from signatures.signing.models.signature import Signature
from tests.people import NOON, make_signature, make_statement, sign

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def statement(settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    return make_statement()


def names(address):
    soup = BeautifulSoup(Client().get(address).content, "html.parser")
    return [name.get_text() for name in soup.select(".signatory .name")]


def page(address):
    return BeautifulSoup(Client().get(address).content, "html.parser").main.get_text(" ", strip=True)


def test_notables_stand_first_then_the_newest(statement):
    for minutes, name, notable in [(1, "Old", False), (2, "Known", True), (3, "New", False), (0, "Famous", True)]:
        make_signature(statement, name=name, notable=notable, confirmed_at=NOON + timedelta(minutes=minutes))

    assert names("/letter/signatories/") == ["Known", "Famous", "New", "Old"]


@pytest.mark.parametrize(
    "hidden",
    [
        {"state": "pending"}, {"state": "held"}, {"state": "rejected"}, {"state": "withdrawn"},
        {"visibility": "anonymous"}, {"hidden_at": NOON},
    ],
)  # fmt: skip
def test_unlisted_signatures_are_nowhere(statement, hidden):
    make_signature(statement, name="Ilse Varga")
    make_signature(statement, name="Wren Holt", **hidden)

    for address in ("/letter/", "/letter/signatories/", "/letter/signatories/music/", "/letter/signatories/?q=wren"):
        html = Client().get(address).content.decode()
        assert "Wren" not in html.replace('value="wren"', "")
    assert names("/letter/signatories/") == ["Ilse Varga"]


def test_a_sector_shows_its_own(statement):
    make_signature(statement, name="Ilse Varga", sector="music")
    make_signature(statement, name="Wren Holt", sector="literature")

    assert names("/letter/signatories/literature/") == ["Wren Holt"]


def test_organisations_can_be_looked_at_apart(statement):
    make_signature(statement, name="Ilse Varga")
    make_signature(statement, name="Choir of Lund", kind="organisation")

    assert names("/letter/signatories/?kind=organisation") == ["Choir of Lund"]


def test_it_says_how_many_are_counted_without_a_name(statement):
    make_signature(statement)
    for _ in range(3):
        make_signature(statement, visibility="anonymous")

    assert "3 are counted without a name" in page("/letter/signatories/")


def test_pages_follow_each_other_without_gap_or_double(statement, monkeypatch):
    monkeypatch.setattr("signatures.public.views.signatories.PAGE_SIZE", 4)
    for number in range(11):
        make_signature(
            statement, name=f"Name {number}a", notable=number == 5, confirmed_at=NOON + timedelta(minutes=number // 2)
        )
    seen, address = [], "/letter/signatories/"
    while address:
        soup = BeautifulSoup(Client().get(address).content, "html.parser")
        seen.append([name.get_text() for name in soup.select(".signatory .name")])
        link = soup.select_one("a[rel=next]")
        address = link["href"] if link else None

    assert [len(page_names) for page_names in seen] == [4, 4, 3]
    assert list(chain(*seen)) == [row.name for row in Signature.objects.listed().notables_first()]


def test_a_page_has_one_address_that_shows_no_id_and_no_time(statement):
    signature = make_signature(statement)

    assert str(Cursor.of(signature)) == str(Cursor.of(signature))
    assert str(signature.id) not in str(Cursor.of(signature)) or signature.id < 100
    assert len(str(Cursor.of(signature))) == 44


class TestFromAToZ:
    PEOPLE = ("Zoë Ångström", "ann Example", "Étienne Roy", "Ольга Ким", "王小明", "Ann Aster", "ليلى الحداد")
    ORDERED = ["Ann Aster", "ann Example", "Étienne Roy", "ليلى الحداد", "Ольга Ким", "王小明", "Zoë Ångström"]

    @pytest.fixture(autouse=True)
    def people(self, statement):
        for name in self.PEOPLE:
            make_signature(statement, name=name, notable=name == "Zoë Ångström")

    def test_names_stand_in_the_order_of_their_sound_whatever_their_script(self):
        assert names("/letter/signatories/?order=name") == self.ORDERED

    def test_in_a_sector_and_in_a_search_too(self, statement):
        make_signature(statement, name="Ann Zorn", sector="literature")

        assert names("/letter/signatories/literature/?order=name") == ["Ann Zorn"]
        assert names("/letter/signatories/?order=name&q=ann") == ["Ann Aster", "ann Example", "Ann Zorn"]

    def test_pages_follow_each_other_without_gap_or_double(self, statement, monkeypatch):
        monkeypatch.setattr("signatures.public.views.signatories.PAGE_SIZE", 2)
        make_signature(statement, name="Ann Aster")
        seen, address = [], "/letter/signatories/?order=name"
        while address:
            soup = BeautifulSoup(Client().get(address).content, "html.parser")
            seen.append([name.get_text() for name in soup.select(".signatory .name")])
            link = soup.select_one("a[rel=next]")
            address = link["href"] if link else None

        assert [len(page_names) for page_names in seen] == [2, 2, 2, 2]
        assert list(chain(*seen)) == ["Ann Aster", *self.ORDERED]

    def test_each_view_leads_to_the_other_order_and_keeps_what_is_looked_for(self):
        def orders(address):
            soup = BeautifulSoup(Client().get(address).content, "html.parser")
            return [link["href"] for link in soup.select(".orders a")], soup

        links, page = orders("/fr/letter/signatories/music/?q=ann&order=name")
        assert links == ["/fr/letter/signatories/music/?q=ann", "/fr/letter/signatories/music/?q=ann&order=name"]
        assert page.select_one(".orders [aria-current]")["href"] == links[1]
        assert page.select_one("form.search [name=order]")["value"] == "name"
        assert page.select_one(".sectors a")["href"] == "/fr/letter/signatories/?order=name"
        assert orders("/letter/signatories/")[0] == ["/letter/signatories/", "/letter/signatories/?order=name"]

    def test_a_place_in_one_order_goes_on_in_that(self, statement):
        """The cursor decides the order, whatever `order` says. Nothing is shown twice, and nothing is an error."""
        by_name = NameCursor.of(Signature.objects.get(name="Ольга Ким"))

        assert names(f"/letter/signatories/?after={by_name}") == self.ORDERED[5:]
        newest = Cursor.of(Signature.objects.get(name="Zoë Ångström"))
        rest = [row.name for row in Signature.objects.listed().notables_first()[1:]]
        assert names(f"/letter/signatories/?order=name&after={newest}") == rest

    @pytest.mark.parametrize("order", ["", "z", "name%00", "name&order=newest", "x" * 5000])
    def test_an_odd_order_is_the_usual_one(self, order):
        assert names(f"/letter/signatories/?order={order}")[0] == "Zoë Ångström"

    def test_a_corrected_name_moves(self, statement):
        signature = Signature.objects.get(name="Ann Aster")
        correct(signature_id=signature.id, name="Zuzu Aster", credit="", now=NOON)

        assert names("/letter/signatories/?order=name")[-1] == "Zuzu Aster"

    def test_a_name_changed_by_signing_again_is_sorted_by_the_new_name(self, statement):
        sign(statement, "again@example.org", name="Ann Zorn")
        sign(statement, "again@example.org", name="Beth Zorn", now=NOON + timedelta(minutes=5))

        assert Signature.objects.get(name="Beth Zorn").sort_key == "beth zorn"


class TestOrganisations:
    def test_they_have_a_page_of_their_own_from_a_to_z(self, statement):
        for name in ("Zeal Press", "Choir of Lund", "Ärzte für Musik"):
            make_signature(statement, name=name, kind="organisation", credit="since 1880")
        make_signature(statement, name="Ilse Varga")

        assert names("/letter/organisations/") == ["Ärzte für Musik", "Choir of Lund", "Zeal Press"]
        assert "3 organisations" in page("/letter/organisations/")
        assert names("/letter/organisations/?q=choir") == ["Choir of Lund"]

    def test_its_pages_have_plain_addresses(self, statement, monkeypatch):
        monkeypatch.setattr("signatures.public.views.signatories.PAGE_SIZE", 1)
        for name in ("Zeal Press", "Choir of Lund"):
            make_signature(statement, name=name, kind="organisation")
        soup = BeautifulSoup(Client().get("/letter/organisations/").content, "html.parser")
        following = soup.select_one("a[rel=next]")["href"]

        assert following.startswith("/letter/organisations/?after=~")
        assert names(following) == ["Zeal Press"]

    @pytest.mark.parametrize("query", ["kind=person", "order=newest", "after=x", "after=~x", "q=%00", "kind="])
    def test_nothing_odd_changes_it(self, statement, query):
        make_signature(statement, name="Choir of Lund", kind="organisation")
        make_signature(statement, name="Ilse Varga")

        assert Client().get(f"/letter/organisations/?{query}").status_code == 200
        assert "Ilse Varga" not in names(f"/letter/organisations/?{query}")

    def test_a_cursor_of_the_other_order_starts_from_the_beginning(self, statement):
        signature = make_signature(statement, name="Choir of Lund", kind="organisation")

        assert names(f"/letter/organisations/?after={Cursor.of(signature)}") == ["Choir of Lund"]

    def test_the_list_leads_there(self, statement):
        make_signature(statement, name="Choir of Lund", kind="organisation")
        soup = BeautifulSoup(Client().get("/letter/signatories/").content, "html.parser")

        assert soup.select_one(".sectors-kind a")["href"] == "/letter/organisations/"

    def test_of_no_statement_it_is_a_404(self):
        assert Client().get("/nobody/organisations/").status_code == 404


@given(key=st.text("abcdefghijklmnopqrstuvwxyz0123456789 ", max_size=200), row=st.integers(1, 2**63))
def test_a_place_between_a_and_z_comes_back_as_it_was(key, row):
    cursor = NameCursor(key, row)

    assert parse_cursor(str(cursor)) == cursor
    assert len(str(cursor)) <= 400
    for other in (str(cursor)[1:], "~" + str(Cursor(True, NOON, row)), str(cursor) + "A"):
        with pytest.raises(BadCursor):
            parse_cursor(other)


@hypothesis_settings(deadline=None)
@given(notable=st.booleans(), microseconds=st.integers(0, 4 * 10**15), row=st.integers(1, 2**63))
def test_a_cursor_comes_back_as_it_was(notable, microseconds, row):
    cursor = Cursor(notable, NOON + timedelta(microseconds=microseconds), row)

    assert Cursor.parse(str(cursor)) == cursor


@given(st.text(max_size=60))
def test_no_text_at_all_is_read_as_a_cursor(text):
    with pytest.raises(BadCursor):
        Cursor.parse(text)


@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_row_29_pages_are_the_sorted_list_cut_up(statement, data):
    Signature.objects.all().delete()
    for _ in range(data.draw(st.integers(0, 9))):
        make_signature(
            statement,
            notable=data.draw(st.booleans()),
            confirmed_at=NOON + timedelta(seconds=data.draw(st.integers(0, 2))),
        )
    whole = list(Signature.objects.listed().notables_first())
    step, got, rest = data.draw(st.integers(1, 4)), [], Signature.objects.listed().notables_first()
    while rows := list(rest[:step]):
        got += rows
        rest = after(Signature.objects.listed().notables_first(), Cursor.of(rows[-1]))

    assert got == whole


class TestSearch:
    PEOPLE = (
        "Йорк",
        "王小明",
        "Zoë Ångström",
        "Nguyễn Thị Minh Ánh",
        "O'Brien",
        "د. ليلى الحداد",
        "प्रिया शर्मा",
        "will.i.am",
    )

    @pytest.fixture(autouse=True)
    def people(self, statement):
        for name in self.PEOPLE:
            make_signature(statement, name=name)

    @pytest.mark.parametrize(
        ("typed", "name"),
        [
            ("york", "Йорк"), ("ЙОРК", "Йорк"), ("xiaoming", "王小明"), ("wang xiao", "王小明"), ("小明", "王小明"),
            ("zoe", "Zoë Ångström"), ("angstrom", "Zoë Ångström"), ("nguyen", "Nguyễn Thị Minh Ánh"),
            ("minh anh", "Nguyễn Thị Minh Ánh"), ("obrien", "O'Brien"), ("o'brien", "O'Brien"),
            ("ليلى", "د. ليلى الحداد"), ("sharma", "प्रिया शर्मा"), ("william", "will.i.am"), ("Z", "Zoë Ångström"),
            ("th", "Nguyễn Thị Minh Ánh"),
        ],
    )  # fmt: skip
    def test_a_name_is_found_from_any_keyboard(self, typed, name):
        assert name in names(f"/letter/signatories/?q={typed}")

    def test_one_or_two_letters_begin_a_word(self):
        assert names("/letter/signatories/?q=ng") == ["Nguyễn Thị Minh Ánh"]
        assert "Zoë Ångström" in names("/letter/signatories/?q=ang")

    def test_where_nothing_matches_the_nearest_are_shown_as_such(self):
        assert names("/letter/signatories/?q=yorke") == ["Йорк"]
        assert "the nearest" in page("/letter/signatories/?q=yorke").lower()
        assert "the nearest" not in page("/letter/signatories/?q=york").lower()

    def test_nothing_alike_is_said_kindly(self):
        assert names("/letter/signatories/?q=qqqqqqxxxx") == []
        assert "qqqqqqxxxx" in page("/letter/signatories/?q=qqqqqqxxxx")

    def test_punctuation_alone_finds_nobody(self):
        assert names("/letter/signatories/?q=%25") == names("/letter/signatories/?q=_") == []


def test_row_29_a_search_among_many_reads_an_index_and_never_the_whole_table(statement):
    fill_with_invented_names(statement)
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('names_by_trigram')")  # as autovacuum does
        cursor.execute("ANALYZE signatures_signature")
        for typed in ("york", "yo", "y", "王小明"):
            query = matching(Signature.objects.listed().of(statement), fold_query(typed)).notables_first()[:60]
            sql, params = query.query.sql_with_params()
            cursor.execute(f"EXPLAIN {sql}", params)
            plan = "\n".join(row[0] for row in cursor.fetchall())
            assert "Seq Scan on signatures_signature" not in plan
            assert "names_by_trigram" in plan


def fill_with_invented_names(statement):
    model = make_signature(statement, name="Thom York")
    rows = []
    syllables = product(["ka", "lo", "mi", "ren", "su", "ta", "vel", "wo", "bra", "din"], repeat=4)
    for number, parts in enumerate(islice(syllables, 0, None, 4)):  # 2,500 rows, so that an index is faster
        row = copy(model)
        row.pk, row._state.adding, row.mailbox_digest = None, True, number.to_bytes(32)
        row.rename("{}{} {}{}".format(*parts).title())
        rows.append(row)
    Signature.objects.bulk_create(rows, batch_size=2000)


ADDRESSES = {
    "/": 5, "/letter/": 4, "/fr/letter/": 4, "/letter/signatories/": 4, "/letter/signatories/music/": 4,
    "/letter/signatories/?q=ilse": 4, "/letter/signatories/?q=i": 4, "/letter/signatories/?q=ilza": 5,
    "/letter/signatories/?kind=organisation": 4, "/letter/signatories/?order=name": 4, "/letter/organisations/": 4,
    "/letter/notable/": 4, "/letter/count.json": 2, "/letter/check-your-inbox/": 2,
}  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_takes_the_same_few_queries_with_one_row_and_with_many(statement, address, django_assert_num_queries):
    statement.is_featured = True
    statement.save()
    make_signature(statement, name="Ilse Varga", notable=True)
    for count in (0, 3, 2 * statement_page.PAGE_SIZE):
        for number in range(count):
            make_signature(statement, name="Ilse Holt", kind=("person", "organisation")[number % 2])
        with django_assert_num_queries(ADDRESSES[address]):
            Client().get(address)
