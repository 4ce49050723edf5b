"""A reader finds a name in any script with any keyboard."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signatures.identity.names import BadText, clean_name
from signatures.identity.search_keys import fold_query, search_key, sort_key
from tests.identity.test_names import PEOPLE, TWELVE


def is_found(query, name):
    """Matches as the SQL of the list does: one or two letters must begin a word, more may be anywhere, even across
    spaces."""
    search, key = fold_query(query), search_key(name)
    if search.letters < 3:
        return f" {search.words}" in key
    return search.words in key or search.joined in key


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Thom Example", " thom example |thomexample"),
        ("王小明", " wang xiao ming |wangxiaoming"),
        ("김하늘", " gim ha neul |gimhaneul"),
        ("McDonald DeLuca", " mcdonald deluca |mcdonalddeluca"),
        ("陈Chen", " chen chen |chenchen"),
        ("O'Brien", " obrien |obrien"),
        ("O’Brien", " obrien |obrien"),
        ("Пётр Ильич", " petr ilich |petrilich"),
        ("Йорк", " york |york"),
        ("Nguyễn Thị Minh Ánh", " nguyen thi minh anh |nguyenthiminhanh"),
        ("Ọlátúnjí Adébáyọ̀", " olatunji adebayo |olatunjiadebayo"),
        ("Æsa 12", " aesa 12 |aesa12"),
        ("will.i.am", " will i am |william"),
        ("Jean-Luc", " jean luc |jeanluc"),
        ("प्रिया शर्मा", " priya sharma |priyasharma"),
        ("शंकर चंपा कृष्णन", " shankar champa krishnan |shankarchampakrishnan"),
        ("தமிழ்ச்செல்வி முருகன்", " tamilchchelvi murukan |tamilchchelvimurukan"),
        ("د. ليلى الحداد", " d lila al hdad |dlilaalhdad"),
        ("محمّد الأمين", " mhmd al amin |mhmdalamin"),
        ("علی\u200cرضا", " alirda |alirda"),
        ("高橋\u3000さくら", " gao qiao sakura |gaoqiaosakura"),
        ("ｆｕｌｌ ｗｉｄｔｈ", " full width |fullwidth"),
        ("\U0002a701 𠮷", " u2a701 kichi |u2a701kichi"),
        ("", "  |"),
    ],
)
def test_a_key_is_words_and_the_same_run_together(name, key):
    assert search_key(name) == key


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("yor", "Йорк"),
        ("xiaoming", "王小明"),
        ("xiao ming", "王小明"),
        ("小明", "王小明"),
        ("Wang", "王小明"),
        ("wa", "王小明"),
        ("mi", "王小明"),
        ("haneul", "김하늘"),
        ("하늘", "김하늘"),
        ("obrien", "O'Brien"),
        ("O’BRIEN", "O'Brien"),
        ("o brien", "O'Brien"),
        ("brien", "O'Brien"),
        ("jeanluc", "Jean-Luc d'Aubigné"),
        ("luc d", "Jean-Luc d'Aubigné"),
        ("will.i.am", "will.i.am"),
        ("aubigne", "Jean-Luc d'Aubigné"),
        ("lu", "Jean-Luc d'Aubigné"),
        ("nguyen", "Nguyễn Thị Minh Ánh"),
        ("ÁNH", "Nguyễn Thị Minh Ánh"),
        ("الحداد", "د. ليلى الحداد"),
        ("حداد", "د. ليلى الحداد"),
        ("ليلى", "د. ليلى الحداد"),
        ("amin", "محمّد الأمين"),
        ("sharma", "प्रिया शर्मा"),
        ("शर्मा", "प्रिया शर्मा"),
        ("शर", "प्रिया शर्मा"),
        ("%", "100% Ann"),
    ],
)
def test_a_name_is_found_by(query, name):
    assert is_found(query, name)


@pytest.mark.parametrize(
    ("query", "name"), [("ho", "Thom Example"), ("brian", "O'Brien"), ("明小", "王小明"), ("li", "Ali")]
)
def test_a_name_is_not_found_by(query, name):
    assert not is_found(query, name)


@pytest.mark.parametrize(
    ("query", "words", "joined", "letters"),
    [
        ("  Thom  YOR ", "thom yor", "thomyor", 7),
        ("王", "wang", "wang", 4),
        ("é", "e", "e", 1),
        ("", "", "", 0),
        ("%_\\'\"", "", "", 0),
        ("\0\ud800\udfff\ufffe", "", "", 0),
        ("a\0b", "a b", "ab", 2),
        ("x" * 1_000_000, "x" * 100, "x" * 100, 100),
        ("a" + "\u0301\u0323" * 500_000, "a", "a", 1),
    ],
)
def test_a_query_is_folded_like_a_key(query, words, joined, letters):
    search = fold_query(query)
    assert (search.words, search.joined, search.letters) == (words, joined, letters)


def test_names_of_all_scripts_stand_in_one_order():
    names = ["Žofie", "王小明", "ann", "Zoe", "Ángel", "Йорк", "Zoë B"]
    assert sorted(names, key=sort_key) == ["Ángel", "ann", "王小明", "Йорк", "Zoe", "Zoë B", "Žofie"]


def test_a_sort_key_is_cut_to_a_length_that_an_index_takes():
    assert len(sort_key("王" * 120)) <= 200
    assert sort_key("王" * 120).startswith("wang wang")


@pytest.mark.parametrize("name", TWELVE + PEOPLE)
def test_everyone_finds_themselves_by_their_first_word_and_by_their_whole_name(name):
    assert is_found(name.split()[0], name)
    assert is_found(name, name)


@given(st.text(max_size=120) | st.text(st.characters(), max_size=30))
def test_a_key_is_plain_ascii_whatever_the_text(text):
    search = fold_query(text)
    assert re.fullmatch(r" [a-z0-9 ]*\|[a-z0-9]*", search_key(text))
    assert re.fullmatch(r"[a-z0-9 ]*", sort_key(text))
    assert re.fullmatch(r"([a-z0-9]+( [a-z0-9]+)*)?", search.words)
    assert search.joined == search.words.replace(" ", "")
    assert search.letters == len(search.joined)


WORDS = st.text(st.characters(categories=["Lu", "Ll", "Lo", "Lt"]) | st.sampled_from("'’-.1"), min_size=1, max_size=9)


@given(st.lists(WORDS, min_size=1, max_size=4).map(" ".join))
def test_every_accepted_name_finds_itself_by_its_own_first_word(text):
    try:
        name = clean_name(text)
    except BadText:
        return
    first = name.split()[0]
    assert is_found(first, name) or fold_query(first).letters == 0
