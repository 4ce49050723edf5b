"""All spellings of a mailbox are the same mailbox; its address is encrypted, and only digests are compared."""

import contextlib
import tomllib

import pytest
from cryptography.fernet import InvalidToken
from django.test import override_settings
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from signatures.identity import mailbox
from signatures.identity.mailbox import BadMailbox, Mailbox, decrypt_address, encrypt_address, key_id, parse

OLD, NEW = "old-key-" + "o" * 32, "new-key-" + "n" * 32


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("ann@example.org", "ann@example.org"),
        (" Ann@Example.ORG\n", "ann@example.org"),
        ("\u200eann@example.org\u200b", "ann@example.org"),
        ("a.n.n@example.org", "a.n.n@example.org"),
        ("ann+petition@example.org", "ann+petition@example.org"),
        ("A.N.N+petition@gmail.com", "ann@gmail.com"),
        ("ann@googlemail.com", "ann@gmail.com"),
        ("ann.b+x+y@Hotmail.com", "ann.b@hotmail.com"),
        ("ann@outlook.com", "ann@outlook.com"),
        ("ann+x@me.com", "ann@icloud.com"),
        ("ann+x@fastmail.fm", "ann@fastmail.fm"),
        ("Ann_B.c-d+x@proton.me", "annbcd@proton.me"),
        ("annbcd@pm.me", "annbcd@pm.me"),
        ("base-shop@yahoo.com", "base-@yahoo.com"),
        ("base@yahoo.com", "base@yahoo.com"),
        ("+x@gmail.com", "+x@gmail.com"),
        ("-@yahoo.com", "-@yahoo.com"),
        ("___@proton.me", "___@proton.me"),
        ("ann@straße.de", "ann@xn--strae-oqa.de"),
        ("ann@faß.de", "ann@xn--fa-hia.de"),
        ("ann@BÜCHER.de", "ann@xn--bcher-kva.de"),
        ("ann@пример.рф", "ann@xn--e1afmkfd.xn--p1ai"),
        ("ann@例え。jp", "ann@xn--r8jz45g.jp"),
    ],
)
def test_one_mailbox_has_one_canonical_form(typed, canonical):
    assert parse(typed).canonical == canonical


def test_mail_goes_to_the_address_as_typed_but_for_its_domain():
    assert parse("J.Doe+Rain@GoogleMail.com").address == "J.Doe+Rain@googlemail.com"
    assert parse("user@straße.de").address == "user@xn--strae-oqa.de"
    assert parse("user@straße.de").domain == "xn--strae-oqa.de"


@pytest.mark.parametrize(
    "typed",
    [
        "ann",
        "@",
        "ann@",
        "@example.org",
        "ann@localhost",
        "ann@[127.0.0.1]",
        "ann@example",
        "ann@example..org",
        "ann..b@example.org",
        ".ann@example.org",
        '"ann b"@example.org',
        "Ann <ann@example.org>",
        "ann@example.org, bob@example.org",
        "ann@example.org\nBcc: bob@example.org",
        "=?utf-8?q?ann?=@example.org",
        "ann=?utf-8?q?=2C?=@example.org",
        "ann@example.org\r\n.",
        "ann@exa mple.org",
        "ann\0@example.org",
        "ann@example\0.org",
        "ann@exa\ud800mple.org",
        "ann\udcff@example.org",
        "ann@\u202eexample.org",
        "ann@exam\u200bple.org",
        "ann@-example.org",
        "ann@example.invalid",
        "ann@" + "a" * 64 + ".org",
        "ann@" + "ü" * 60 + ".de",
        "ann@xn--a.org",
    ],
)
def test_what_mail_cannot_reach_is_refused_with_a_sentence(typed):
    with override_settings(MAILBOX_TEST_DOMAINS=False), pytest.raises(BadMailbox) as refused:
        parse(typed)
    assert str(refused.value.message).endswith(".")


@pytest.mark.parametrize("local", ["иван", "josé", "\u017f", "\u212aate"])
def test_letters_beyond_ascii_before_the_at_sign_get_a_message_of_their_own(local):
    with override("en"), pytest.raises(BadMailbox) as refused:
        parse(f"{local}@example.org")
    assert str(refused.value.message) == str(mailbox.NOT_ASCII_MESSAGE)


@pytest.mark.parametrize("typed", ["", " ", "\u200b", "\n"])
def test_an_empty_field_is_asked_for(typed):
    with override("en"), pytest.raises(BadMailbox) as refused:
        parse(typed)
    assert str(refused.value.message) == "Write your e-mail address."


@pytest.mark.parametrize("piece", ["a", "@", "a@", ".", "ü", "\0", "\ud800", "a\u0301\u0323", " ", '"', "("])
def test_a_megabyte_is_refused_like_any_other_mistake(piece):
    with pytest.raises(BadMailbox):
        parse(piece * (1_000_000 // len(piece)))
    with pytest.raises(BadMailbox):
        parse("ann@" + piece * (1_000_000 // len(piece)))


def test_names_that_no_mail_server_has_serve_demonstrations_alone():
    with override_settings(MAILBOX_TEST_DOMAINS=False), pytest.raises(BadMailbox):
        parse("ann@theatre.test")
    with override_settings(MAILBOX_TEST_DOMAINS=True):
        assert parse("ann@theatre.test").canonical == "ann@theatre.test"


def test_the_rules_are_well_formed():
    with mailbox.RULES_FILE.open("rb") as file:
        providers = tomllib.load(file)["provider"]
    domains = [domain for rule in providers for domain in rule["domains"]]
    assert sorted(set(domains)) == sorted(domains)
    assert [d for d in domains if d != d.lower() or "." not in d] == []
    assert set().union(*providers) == {"domains", "tag", "ignores", "one_domain", "tagged_apart"}
    assert {rule["tag"] for rule in providers} == {"+", "-"}
    assert [rule for rule in providers if rule["tag"] in rule.get("ignores", "")] == []


def test_a_digest_is_hmac_sha256_of_the_canonical_form():
    # RFC 4231, test case 2, read as an address
    digest = mailbox.digest("what do ya want for nothing?", b"Jefe")
    assert digest.hex() == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"


def test_the_newest_key_writes_and_every_listed_key_is_looked_under():
    with override_settings(DIGEST_KEYS=[OLD]):
        before = parse("ann@example.org")
        assert (before.digest_key, before.digest) == (key_id(OLD), mailbox.digest(before.canonical, OLD.encode()))
    with override_settings(DIGEST_KEYS=[NEW, OLD]):
        ann = parse("ann@example.org")
        assert (ann.digest_key, ann.digest) == (key_id(NEW), ann.digests[0])
        assert ann.digests == [mailbox.digest(ann.canonical, key.encode()) for key in (NEW, OLD)]
        assert ann.digests[1] == before.digest


def test_a_mailbox_computes_its_digests_once():
    ann = parse("ann@example.org")
    assert ann.digests is ann.digests
    assert ann.domain_keys is ann.domain_keys


def test_a_key_id_tells_keys_apart_and_is_short():
    assert key_id(OLD) == key_id(OLD)
    assert len({key_id(OLD), key_id(NEW)}) == 2
    assert len(key_id(OLD)) == 8


def test_a_sealed_address_opens_after_a_change_of_keys_and_not_without_its_key():
    with override_settings(FIELD_KEYS=[OLD]):
        sealed = encrypt_address("ann@example.org")
    with override_settings(FIELD_KEYS=[NEW, OLD]):
        assert decrypt_address(sealed) == "ann@example.org"
        assert decrypt_address(memoryview(sealed)) == "ann@example.org"
        newer = encrypt_address("ann@example.org")
    with override_settings(FIELD_KEYS=[NEW]):
        assert decrypt_address(newer) == "ann@example.org"
        with pytest.raises(InvalidToken):
            decrypt_address(sealed)


def test_a_sealed_address_shows_nothing_of_itself():
    with override_settings(FIELD_KEYS=[NEW]):
        first, second = encrypt_address("ann@example.org"), encrypt_address("ann@example.org")
    assert first != second
    assert b"ann" not in first
    assert b"example" not in first


LOCALS = st.from_regex(r"[A-Za-z0-9_+.-]{1,20}", fullmatch=True)
DOMAINS = st.sampled_from(
    [
        "example.org",
        "Gmail.com",
        "googlemail.com",
        "hotmail.com",
        "mac.com",
        "pm.me",
        "yahoo.com",
        "straße.de",
    ]
)


def parsed(text):
    with contextlib.suppress(BadMailbox):
        return parse(text)
    return None


@given(st.builds("{}@{}".format, LOCALS, DOMAINS))
def test_the_canonical_form_is_ascii_and_its_own_canonical_form(typed):
    box = parsed(typed)
    if box is None:
        return
    assert box.canonical.isascii()
    assert box.canonical == box.canonical.lower()
    assert mailbox.canonical_form(box.canonical) == box.canonical
    assert parse(typed.upper().replace("STRASSE", "straße")).canonical == box.canonical


@given(st.text(st.characters(), max_size=300) | st.text(list('a@.é-\0\ud800\u3002 "(+x'), max_size=40))
def test_any_text_is_a_mailbox_or_a_mistake(text):
    box = parsed(text)
    assert box is None or (type(box) is Mailbox and box.address.isascii())


@given(st.builds("{}@{}".format, LOCALS, st.just("example.org")))
def test_what_is_sealed_comes_out_again(address):
    with override_settings(FIELD_KEYS=[NEW, OLD]):
        assert decrypt_address(encrypt_address(address)) == address
