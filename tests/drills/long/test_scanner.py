import pytest

from tests.drills.test_scanner import scan

pytestmark = [pytest.mark.drill, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_scanner_that_opens_every_link_of_a_thousand_mails_confirms_nobody(site, statement, sink, chromium, tell):
    scan(site, sink, chromium, tell, mails=1000, with_scripts=20)
