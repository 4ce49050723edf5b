"""The demonstration data: what it contains, and that it would pass the checks of the site."""

import re
import tomllib
import unicodedata
from datetime import UTC, datetime, timedelta
from io import StringIO
from random import Random

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils.translation import override

from signatures.audit.models import AuditEntry
from signatures.demo.fake_people import FakePeople, NameOrigin
from signatures.demo.fake_signatures import domain_of
from signatures.demo.load import load
from signatures.identity import website
from signatures.identity.likeness import ComparableName
from signatures.identity.names import QUOTATION_LENGTH, clean_credit, clean_name
from signatures.mail.models.email import Mail
from signatures.public.fold_tally import recount
from signatures.public.models.tally import Tally, TallyEntry, count
from signatures.public.published_updates import published_updates
from signatures.signing.models.signature import Signature
from signatures.statements.models.statement import Statement
from signatures.statements.models.update import Update
from tests.people import make_statement

NOW = datetime(2026, 11, 22, 15, 30, tzinfo=UTC)
SIGNATURE_COUNT = 300

State, Kind, Visibility = Signature.State, Signature.Kind, Signature.Visibility

pytestmark = pytest.mark.django_db


@pytest.fixture
def sentence() -> Statement:
    """Returns the statement of one sentence, with 300 signatories. The letter has 7."""
    load(signatures=SIGNATURE_COUNT, seed=1, now=NOW)
    return Statement.objects.get(slug="makers-letter")


@pytest.fixture
def letter(sentence: Statement) -> Statement:
    return Statement.objects.get(slug="cutting-room-letter")


def demo(*arguments: str) -> str:
    out = StringIO()
    call_command("demo", *arguments, stdout=out)
    return out.getvalue()


def script(name: str) -> str:
    return unicodedata.name(name[0]).split()[0]


def test_exactly_as_many_have_signed_as_was_asked_for(sentence, letter):
    assert (count(sentence.id).all, count(letter.id).all) == (300, 7)


def test_the_counts_are_true_and_folded(sentence):
    assert recount() == []
    assert TallyEntry.objects.count() == 0
    assert sum(Tally.objects.values_list("counted", flat=True)) == 307


def test_the_sentence_is_open_at_the_front_in_five_languages(sentence):
    assert sentence.is_featured
    assert sentence.is_open(NOW)
    assert not sentence.is_open(NOW - timedelta(days=20))
    wordings = {translation.language: translation for translation in sentence.translations.select_related("version")}
    assert set(wordings) == {"en", "fr", "id", "hi", "ar"}
    assert all(
        translation.version.is_short and translation.title and translation.addressee
        for translation in wordings.values()
    )
    assert len({translation.version.text for translation in wordings.values()}) == 5


def test_sectors_are_named_in_each_language(sentence):
    labels = {}
    for language in ("en", "fr", "id", "hi", "ar"):
        with override(language):
            labels[language] = [part.label for part in count(sentence.id, language).sectors()]
    assert labels["en"] == ["Music", "Literature", "Film", "Television", "Theatre", "Visual arts"]
    assert labels["ar"] == ["الموسيقى", "الأدب", "السينما", "التلفزيون", "المسرح", "الفنون البصرية"]
    assert [len(set(names)) for names in labels.values()] == [6] * 5


def test_the_letter_is_long_and_set_as_a_letter(letter):
    for translation in letter.translations.select_related("version"):
        assert not translation.version.is_short
        assert len(translation.version.text.split()) > 600
        for tag in ("<h2>", "<blockquote>", "<ol>", "<ul>"):
            assert tag in translation.version.html
    assert letter.translations.count() == 3


def test_signatories_come_from_many_scripts(sentence):
    names = Signature.objects.of(sentence).values_list("name", flat=True)
    assert {script(name) for name in names} >= {"LATIN", "ARABIC", "DEVANAGARI", "CJK", "CYRILLIC", "HANGUL", "THAI"}


def test_all_that_is_shown_would_pass_the_form(sentence):
    for signature in Signature.objects.all():
        assert clean_name(signature.name) == signature.name
        assert clean_credit(signature.credit) == signature.credit
        assert clean_credit(signature.organisation) == signature.organisation


def test_every_part_of_a_name_would_pass_the_form():
    """Names are random, but the list of possible parts is fixed."""
    for origin in FakePeople(Random(1)).origins:
        for kind in (origin.given, origin.family, origin.middle):
            for part in [*kind["female"], *kind["male"]]:
                assert clean_name(part) == part


def test_nobody_bears_a_protected_name():
    """Checks the number of people that a default demonstration has. Later names could match one by chance."""
    protected = tomllib.loads((settings.BASE_DIR / "signatures/data/protected_names.toml").read_text(encoding="utf-8"))
    forms = {ComparableName(form).raw for names in protected.values() for name in names for form in name.split("=")}
    people = FakePeople(Random(1))
    assert {
        name for name in (people.next().name for _one in range(14_500)) if ComparableName(name).raw in forms
    } == set()


def test_everybody_signed_the_text_in_their_language(sentence, letter):
    for statement in (sentence, letter):
        languages = set(statement.translations.values_list("language", flat=True))
        for signature in Signature.objects.of(statement).select_related("version"):
            assert signature.version.statement_id == statement.id
            assert signature.version.language == (signature.language if signature.language in languages else "en")


def test_nobody_signed_before_it_opened_or_after_now(sentence):
    for signature in Signature.objects.of(sentence).counted():
        assert sentence.opens_at <= signature.created_at <= signature.confirmed_at <= NOW
    first_day = Signature.objects.counted().of(sentence).filter(created_at__lt=sentence.opens_at + timedelta(days=1))
    assert SIGNATURE_COUNT / 3 < first_day.count() < SIGNATURE_COUNT * 2 / 3


def test_notables_say_that_they_are_invented(sentence):
    notables = Signature.objects.filter(notable=True)
    assert {signature.statement for signature in notables} == {sentence}
    assert len(notables) == 12
    words = ("invented", "inventée", "rekaan", "कल्पित", "متخيَّلة", "虚构", "지어낸")
    assert [signature.credit for signature in notables if not any(word in signature.credit for word in words)] == []


def test_some_notables_say_something_in_words_that_would_pass_the_form(sentence):
    quotations = list(Signature.objects.exclude(quotation="").values_list("notable", "quotation"))
    assert [notable for notable, _ in quotations] == [True, True, True]
    assert [clean_credit(words, max_length=QUOTATION_LENGTH) for _, words in quotations] == [
        words for _, words in quotations
    ]


def test_there_is_news_in_each_language_and_the_letter_has_a_colour_of_its_own(sentence, letter):
    (update,) = published_updates(sentence, now=NOW, limit=9)
    assert update.date == NOW - timedelta(days=4)
    titles = {translation.language: translation.title for translation in sentence.news.get().translations.all()}
    assert set(titles) == {"en", "fr", "id", "hi", "ar"}
    assert (sentence.accent, letter.accent) == ("", "#24557a")


def test_some_are_organisations_some_unnamed_and_some_are_not_done(sentence):
    total = count(sentence.id)
    assert 0 < total.organisations < 15
    assert 0 < total.without_name_count < 20
    states = set(Signature.objects.of(sentence).values_list("state", flat=True))
    assert states == {State.PENDING, State.CONFIRMED, State.HELD, State.REJECTED, State.WITHDRAWN}


def test_organisers_find_a_queue(letter):
    assert letter.switches.get().name == "review_everything"
    assert Signature.objects.of(letter).filter(state=State.HELD).count() == 1
    assert Signature.objects.of(letter).awaiting_review().count() >= 1


def test_a_mailbox_is_each_ones_own_and_nobodys(sentence):
    addresses = [signature.address for signature in Signature.objects.all()]
    assert len(set(addresses)) == len(addresses)
    domains = {address.rpartition("@")[2] for address in addresses}
    assert {domain for domain in domains if not domain.endswith(".example")} == {
        "makers-letter.example.org",
        "cutting-room-letter.example.org",
    }


def test_an_organisation_has_a_website_and_a_mandate(sentence):
    organisations = Signature.objects.filter(kind=Signature.Kind.ORGANISATION)
    assert {organisation.has_mandate for organisation in organisations} == {True}
    assert [organisation.website for organisation in organisations] == [
        website.parse(organisation.website).url for organisation in organisations
    ]
    assert Mail.objects.count() == 0
    assert AuditEntry.objects.count() == 0


def test_each_has_a_domain_of_its_own_that_looks_like_its_name(sentence):
    domains = list(Signature.objects.of(sentence).exclude(website="").values_list("website_domain", flat=True))
    assert len(set(domains)) == len(domains)
    assert [domain for domain in domains if not re.fullmatch(r"[a-z]+(-[a-z]+)*\.example", domain)] == []


@pytest.mark.parametrize(
    ("name", "domain"),
    [
        ("The Holt Choir", "holtchoir.example"),
        ("Éditions Quiñónez", "editionsquinonez.example"),
        ("The Mac Cárthaigh Puppets", "mac-carthaigh-puppets.example"),
        ("Marsh & Daughters", "marshdaughters.example"),
        ("卢氏书局", "lushishuju.example"),
    ],
)
def test_a_domain_is_what_an_organisation_would_choose(name, domain):
    assert domain_of(name) == domain
    assert website.parse(f"https://{domain}/").domain == domain


def test_the_same_seed_makes_the_same_people(sentence):
    names = set(Signature.objects.values_list("name", flat=True))
    Signature.objects.all().delete()
    Tally.objects.all().delete()
    Update.objects.all().delete()
    Statement.objects.all().delete()
    load(signatures=SIGNATURE_COUNT, seed=1, now=NOW)
    assert set(Signature.objects.values_list("name", flat=True)) == names


def test_the_command_says_what_it_made():
    lines = demo("--signatures", "40").splitlines()
    assert lines[:2] == [
        "/makers-letter/  Makers’ Letter: 40 signatures, 1 held, in 5 languages",
        "/cutting-room-letter/  Letter from the Cutting Room: 1 signatures, 1 held, in 3 languages",
    ]
    assert lines[2].startswith("All signatories are invented. Loaded in ")


def test_a_site_that_has_a_statement_is_left_alone():
    make_statement()
    assert demo() == "There are statements already: nothing was changed.\n"
    assert [statement.slug for statement in Statement.objects.all()] == ["letter"]


def test_a_site_without_anybody_can_be_shown_too():
    demo("--signatures", "0")
    assert count(Statement.objects.get(slug="makers-letter").id).all == 0


def test_without_faker_it_says_what_is_missing(monkeypatch):
    monkeypatch.setattr("signatures.management.commands.demo.find_spec", lambda name: None)
    with pytest.raises(CommandError, match="needs Faker, one of the development requirements"):
        demo("--signatures", "40")
    assert not Statement.objects.exists()


def test_a_locale_that_faker_lacks_is_an_error_and_no_american():
    with pytest.raises(ModuleNotFoundError):
        NameOrigin({"code": "ar_EG", "share": 1, "forms": ["{given} {family}"]})
