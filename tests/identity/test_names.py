"""Real names are accepted as typed; text that could mislead a reader is refused with a reason."""

import contextlib
import unicodedata

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from signatures.identity.names import MESSAGES, BadText, clean_credit, clean_name

TWELVE = [
    "O'Brien",
    "Nguyễn Thị Minh Ánh",
    "王小明",
    "د. ليلى الحداد",
    "प्रिया शर्मा",
    "Suharti",
    "Ọlátúnjí Adébáyọ̀",
    "will.i.am",
    "Æsa 12",
    "김하늘",
    "Пётр Ильич",
    "ภัทร ชัยวัฒน์",
]

# These names are invented. A stricter rule would refuse each of them.
PEOPLE = [
    "Mary-Jane O’Hara",
    "'t Veld",
    "Jean-Luc d'Aubigné",
    "Dr. phil. h.c. Ute Müller-Lüdenscheid",
    "Łukasz Żółkiewski",
    "Guðrún Ævarsdóttir",
    "İpek Çağlayan",
    "\u02bbAlohilani Ka\u02bbaihue",
    "Marşa Ştefănescu",
    "Καλλιόπη Παπαδάκη",
    "Мар'яна Ковальчук",
    "შორენა ბერიძე",
    "Անահիտ Գրիգորյան",
    "שרה בן־דוד",
    "שָׂרָה לֵוִי",
    "محمّد الأمينيّ",
    "علی\u200cرضا موسوی",
    "گوڵاڵە ئەحمەد",
    "ܡܪܝܡ ܕܢܚܐ",
    "अनुष्का क्\u200dषत्रिय",
    "র\u200d্যাচেল দাশ",
    "ਗੁਰਪ੍ਰੀਤ ਕੌਰ",
    "પ્રિયંકા પટેલ",
    "தமிழ்ச்செல்வி முருகன்",
    "శ్రీనివాస్ రావు",
    "ಹೋಂಗಿರಣ ಗೌಡ",
    "രാജന്\u200d നായര്\u200d",
    "ශ්\u200dරීමාලි පෙරේරා",
    "ສົມພອນ ວົງສາ",
    "ဖြိုးမျှော် လျှို့",
    "མཚོ་རྒྱལ་བསྒྲུབས",
    "សុភា ស្រីមុំ",
    "አበበ ተስፋዬ",
    "ᏣᎳᎩ ᎠᏂ",
    "ᐊᓈᓇ ᐃᓄᒃ",
    "ⵜⵉⵏⵀⵉⵏⴰⵏ",
    "ߞߊ߲ߡߌ ߕߙߊߥߟߋ",
    "𞤀𞤥𞤢𞤣𞤵 𞤄𞤢𞤸",
    "ᠮᠣᠩᠭᠣᠯ",
    "高橋\u3000さくら",
    "サクラ・タカハシー",
    "佐々木 〆",
    "葛\U000e0100城 誠",
    "𠮷田 \U00031350",
    "ｆｕｌｌ ｗｉｄｔｈ",
    "X Æ A-12",
    "M@rk M$ney",
    "K!ra n3on",
    "AC/DB",
    "C++ Choir",
    "Söhne & Töchter GmbH & Co. KG",
    "“Bird” Okafor (they/them)",
    "Ann ❤\ufe0f",
    "7 Seconds",
    "x" * 120,
    "\u1ea5" * 120,
]


@pytest.mark.parametrize("name", TWELVE + PEOPLE)
def test_row_28_a_name_stands_as_it_was_typed(name):
    assert clean_name(name) == name


def test_white_space_around_a_name_goes_and_inside_it_stays():
    assert clean_name(" \u00a0\tThom  Example\u3000\r\n") == "Thom  Example"


def test_a_name_is_composed():
    assert clean_name("Zoe\u0308") == "Zoë"
    assert clean_name("A\u0301" * 120) == "Á" * 120


HOSTILE = [
    ("", "required"),
    (" \t\r\n\u3000", "required"),
    ("x" * 121, "too_long"),
    ("x" * 1_000_000, "too_long"),
    ("a" + "\u0301\u0323" * 500_000, "too_long"),
    ("12", "no_letter"),
    ("...", "no_letter"),
    ("😀", "no_letter"),
    ("Ann\nEvil", "line_break"),
    ("Ann\r\nBcc: x", "line_break"),
    ("Ann\tSmith", "line_break"),
    ("Ann\u2028Smith", "line_break"),
    ("Ann\u2029", "line_break"),
    ("Ann\x85Smith", "line_break"),
    ("Ann\x00", "control"),
    ("Ann\x1f", "control"),
    ("\x1b[31mAnn", "control"),
    ("Ann\x7f", "control"),
    ("Ann\x9b", "control"),
    ("Ann\ud800", "broken"),
    ("\udcffAnn", "broken"),
    ("Ann\ufffd", "broken"),
    ("Ann\ufffc", "broken"),
    ("Ann\ue000", "unknown"),
    ("Ann\U000f0000", "unknown"),
    ("Ann\ufdd0", "unknown"),
    ("Ann\uffff", "unknown"),
    ("Ann\U0002fffe", "unknown"),
    ("Ann\u0378", "unknown"),
    ("Ann\u202eymmeT", "direction"),
    ("Ann\u202a", "direction"),
    ("\u2066Ann\u2069", "direction"),
    ("Ann\u2067", "direction"),
    ("An\u200bn", "invisible"),
    ("An\u200cn", "invisible"),
    ("An\u200dn", "invisible"),
    ("प्रि\u200cया", "invisible"),
    ("क्\u200d\u200dष", "invisible"),
    ("علی\u200dرضا", "invisible"),
    ("علی\u200c", "invisible"),
    ("\u200cعلی", "invisible"),
    ("Ann\u200e", "invisible"),
    ("Ann\u200f", "invisible"),
    ("Ann\u061c", "invisible"),
    ("An\u00adn", "invisible"),
    ("An\u2060n", "invisible"),
    ("An\u2063n", "invisible"),
    ("\ufeffAnn", "invisible"),
    ("An\u034fn", "invisible"),
    ("\u115f\u1160", "invisible"),
    ("\u3164", "invisible"),
    ("Ann\uffa0", "invisible"),
    ("Ann\u2800", "invisible"),
    ("Ann\u180e", "invisible"),
    ("Ann\u17b4", "invisible"),
    ("Ann\ufe0f", "invisible"),
    ("Ann\U000e0100", "invisible"),
    ("Ann\U000e0041", "invisible"),
    ("👩\u200d🎤 Ann", "invisible"),
    ("Z\u0301\u0302\u0303\u0304oe", "marks"),
    ("a\u0301\u0323\u0301\u0323", "marks"),
    ("ấ\u0323\u0324", "marks"),
    ("ก" + "\u0e34" * 4, "marks"),
    ("ကြ" + "\u102d" * 7, "marks"),
    ("क" + "\u094d\u200d" * 4, "marks"),
    ("Ann \u0301", "marks"),
    ("\u0301Ann", "marks"),
    ("=1+1 Ann", "leading"),
    ("+Ann", "leading"),
    ("-Ann", "leading"),
    ("@ann", "leading"),
    ("＝Ann", "leading"),
    ("＋Ann", "leading"),
    ("－Ann", "leading"),
    ("＠ann", "leading"),
    ("﹢Ann", "leading"),
    ("  =Ann", "leading"),
    ("http://spam.example", "web_address"),
    ("Ann gopher://x", "web_address"),
    ("Ann ：//x", "web_address"),
    ("Buy at WWW.spam.example", "web_address"),
    ("ｗｗｗ．spam.example", "web_address"),
    ("Ann https:spam.example", "web_address"),
    ("mailto:ann", "web_address"),
    ("ann@example.org", "email_address"),
    ("Ann <ann@example.org>", "email_address"),
    ("ann＠example．org", "email_address"),
    ("ann@例え。jp", "email_address"),
]


@pytest.mark.parametrize(("text", "code"), HOSTILE, ids=[f"{c}-{i}" for i, (_t, c) in enumerate(HOSTILE)])
def test_row_28_what_could_fool_a_reader_is_refused_for_its_reason(text, code):
    with pytest.raises(BadText) as refused:
        clean_name(text)
    assert refused.value.code == code


def test_every_reason_is_met_by_a_test():
    assert {code for _text, code in HOSTILE} == set(MESSAGES)


def test_a_reason_is_a_sentence_with_the_limit_in_it():
    with override("en"):
        assert str(BadText("too_long", limit=120).message) == "Shorten this to 120 characters or fewer."
        assert str(BadText("web_address").message) == "Leave out the web address."


@pytest.mark.parametrize("credit", ["", "composer", "1997–2024", "author of “Rain”, 3 volumes", "गायिका"])
def test_a_credit_may_be_empty_and_needs_no_letter(credit):
    assert clean_credit(f" {credit} ") == credit


@pytest.mark.parametrize(
    ("credit", "code"),
    [
        ("x" * 161, "too_long"),
        ("see www.example.org", "web_address"),
        ("ann@example.org", "email_address"),
        ("=HYPERLINK()", "leading"),
        ("poet\u202e", "direction"),
    ],
)
def test_a_credit_is_as_clean_as_a_name(credit, code):
    with pytest.raises(BadText) as refused:
        clean_credit(credit)
    assert refused.value.code == code


TROUBLE = "Aé王ليक्ิ်ြာ =+-@.:/wW12\u0301\u0323\u200b\u200c\u200d\u202e\u2066\ufeff\u3000\u00ad\0\n\ud800"
ANY_TEXT = st.text(max_size=150) | st.text(TROUBLE, max_size=20) | st.text(st.characters(), max_size=30)


def cleaned(clean, text):
    with contextlib.suppress(BadText):
        return clean(text)
    return None


@given(ANY_TEXT)
def test_cleaning_twice_is_cleaning_once(text):
    for clean in (clean_name, clean_credit):
        cleaned_name = cleaned(clean, text)
        assert cleaned_name is None or clean(cleaned_name) == cleaned_name


@given(ANY_TEXT)
def test_row_28_nothing_refused_ever_comes_out(text):
    name = cleaned(clean_name, text)
    if name is None:
        return
    assert unicodedata.is_normalized("NFC", name)
    assert name == name.strip()
    assert 1 <= len(name) <= 120
    assert [c for c in name if unicodedata.category(c) in ("Cc", "Cs", "Co", "Zl", "Zp")] == []
    assert [c for c in name if unicodedata.category(c) == "Cf" and c not in "\u200c\u200d"] == []
    assert name[0] not in "=+-@＝＋－＠"
    assert "://" not in name
    assert "www." not in name.lower()
    name.encode()


@given(st.sampled_from("aZéقक王ก"), st.lists(st.sampled_from("\u0301\u0308\u0323\u0331\u0651"), max_size=8))
def test_no_more_than_three_marks_stand_on_a_letter(letter, marks):
    stacked = unicodedata.normalize("NFD", letter + "".join(marks))
    assert (cleaned(clean_name, letter + "".join(marks)) is not None) == (len(stacked) <= 4)
