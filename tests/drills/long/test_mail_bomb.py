import pytest

from tests.drills.test_mail_bomb import bomb

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]


def test_a_thousand_posts_for_one_mailbox_bring_it_one_mail(start_site, statement, sink, broker, tell):
    bomb(start_site, sink, broker, tell, posts=1000, networks=500)
