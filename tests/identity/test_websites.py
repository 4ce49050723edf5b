"""The website of an organisation is accepted or refused, and its own domain is determined."""

import pytest

from signatures.identity.website import BadWebsite, display_host, parse, registrable_domain

TAKEN = [
    # typed, stored, the organisation's own domain
    ("choir.example.org", "https://choir.example.org/", "example.org"),
    ("https://www.bbc.co.uk/music?page=2#top", "https://www.bbc.co.uk/music?page=2", "bbc.co.uk"),
    ("  HTTP://Choir.LU:80/Über", "http://choir.lu/%C3%9Cber", "choir.lu"),
    ("https://choir.example.org.", "https://choir.example.org/", "example.org"),
    ("münchen.de", "https://xn--mnchen-3ya.de/", "xn--mnchen-3ya.de"),
    ("https://例子。公司。cn/", "https://xn--fsqu00a.xn--55qx5d.cn/", "xn--fsqu00a.xn--55qx5d.cn"),
    ("موسيقى.شبكة", "https://xn--ygb4ahmhe.xn--ngbc5azd/", "xn--ygb4ahmhe.xn--ngbc5azd"),
    ("quartet.github.io", "https://quartet.github.io/", "quartet.github.io"),
    ("music.cam.ac.uk", "https://music.cam.ac.uk/", "cam.ac.uk"),
    # without a domain of their own
    ("facebook.com/choir", "https://facebook.com/choir", ""),
    ("https://de-de.facebook.com/choir", "https://de-de.facebook.com/choir", ""),
    ("quartet.bandcamp.com", "https://quartet.bandcamp.com/", ""),
    ("https://sites.google.com/view/choir", "https://sites.google.com/view/choir", ""),
    ("gmail.com", "https://gmail.com/", ""),
    ("tutanota.com", "https://tutanota.com/", ""),
    ("mailinator.com", "https://mailinator.com/", ""),
]

REFUSED = [
    ("", "Write the whole address"),
    ("choir", "Write the whole address"),
    ("our choir.example.org", "Write the whole address"),
    ("https://choir.example.org\\@evil.example", "Write the whole address"),
    ("https://[::1", "Write the whole address"),
    ("https://choir.example.org:x/", "Write the whole address"),
    ("localhost", "Write the whole address"),
    ("http://localhost:8000", "without a user name, a password or a port"),
    ("https://choir.example.org:8443", "without a user name, a password or a port"),
    ("https://us@choir.example.org", "without a user name, a password or a port"),
    ("https://us:secret@choir.example.org", "without a user name, a password or a port"),
    ("mailto:us@choir.example.org", "without a user name, a password or a port"),
    ("javascript:alert(1)", "Write the whole address"),
    ("javascript://example.org/%0aalert(1)", "begins with https:// or http://"),
    ("ftp://choir.example.org", "begins with https:// or http://"),
    ("data:text/html,x", "Write the whole address"),
    ("127.0.0.1", "by its name"),
    ("http://2130706433/", "by its name"),
    ("http://0x7f.1/", "by its name"),
    ("https://[2001:db8::1]/", "by its name"),
    ("co.uk", "Many share the ending co.uk"),
    ("github.io", "Many share the ending github.io"),
    ("k12.ca.us", "Many share the ending k12.ca.us"),
    ("choir.localhost", "leads nowhere"),
    ("choir.onion", "leads nowhere"),
    ("choir..org", "leads nowhere"),
    ("choir_.org", "leads nowhere"),
    ("https://", "leads nowhere"),
    ("a" * 64 + ".org", "leads nowhere"),
    ("choir.org/" + "a" * 190, "Shorten this to 200"),
    ("choir.org/" + "a" * 1990, "Shorten this to 200"),
]


@pytest.mark.parametrize(("typed", "stored", "own"), TAKEN)
def test_a_website_is_stored_as_it_is_in_the_dns(typed, stored, own):
    website = parse(typed)
    assert (website.url, website.domain) == (stored, own)


@pytest.mark.parametrize(("typed", "why"), REFUSED)
def test_what_is_no_website_is_refused_with_a_word_why(typed, why):
    with pytest.raises(BadWebsite) as bad:
        parse(typed)
    assert why in str(bad.value.message)


@pytest.mark.parametrize(
    ("host", "own"),
    [("example.org", "example.org"), ("mail.EXAMPLE.org", "example.org"), ("co.uk", ""), ("gmail.com", ""),
     ("students.gmail.com", ""), ("localhost", "")],
)  # fmt: skip
def test_the_domain_of_a_mailbox_is_its_own_or_nobodys(host, own):
    assert registrable_domain(host) == own


@pytest.mark.parametrize(
    ("typed", "read"),
    [("www.choir.org/about", "choir.org"), ("münchen.de", "münchen.de"), ("россия.example", "россия.example"),
     ("موسيقى.شبكة", "موسيقى.شبكة"), ("аррӏе.com", "xn--80ak6aa92e.com"), ("www.pаypal.com", "xn--pypal-4ve.com")],
)  # fmt: skip
def test_a_host_is_read_in_its_own_letters_unless_it_could_pass_for_another(typed, read):
    assert display_host(parse(typed).url) == read
