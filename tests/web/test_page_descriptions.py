"""Every page has exactly one description."""

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from tests.people import make_statement, make_update

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "address",
    ["/letter/", "/letter/signatories/", "/letter/organisations/", "/letter/notable/", "/letter/numbers/",
     "/letter/corrections/", "/letter/updates/", "/letter/updates/1/", "/letter/check-your-inbox/",
     "/about/", "/ar/privacy/"],
)  # fmt: skip
def test_a_page_describes_itself_once(settings, address):
    settings.ALLOWED_HOSTS = ["testserver"]
    make_update(make_statement())
    (described,) = BeautifulSoup(Client().get(address).content, "html.parser").select("meta[name=description]")

    assert len(described["content"]) > 10
