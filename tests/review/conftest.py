import pytest

from tests.organisers import logged_in_client, make_moderator
from tests.people import make_statement


@pytest.fixture
def statement():
    return make_statement()


@pytest.fixture
def moderator():
    return make_moderator()


@pytest.fixture
def desk(moderator):
    return logged_in_client(moderator)
