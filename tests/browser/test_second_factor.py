"""Tests an organiser's first login in a browser, on a site that asks for the second factor."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django_otp.oath import totp

from signatures.desk.models import Authenticator
from tests.browser.visitor import PASSWORD
from tests.organisers import code_of
from tests.site import Site, database_url

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def site(tmp_path: Path, organiser: User) -> Iterator[Site]:
    with Site(tmp_path, processes=("web",), DATABASE_URL=database_url(), LIMIT_FACTOR="100") as site:
        yield site


@pytest.mark.parametrize("javascript", [True, False], ids=["with-scripts", "without"])
def test_an_organiser_sets_up_the_second_step_and_comes_in_by_it(come, organiser, javascript):
    first = come(javascript=javascript, width=390)
    give_password(first)
    assert first.page.url.partition("?")[0].endswith("/admin/second-factor/")
    assert is_square(first.page.locator(".qr svg").bounding_box())
    first.shoot("second-step-set-up")
    give_code(first, f"{totp(secret_on(first)):06}")

    codes = first.page.locator(".codes code").all_inner_texts()
    assert len(codes) == 10
    first.shoot("second-step-recovery-codes")
    click(first, ".submit-row a")
    assert first.page.url.endswith("/admin/signatures/signature/")

    second = come(javascript=javascript)
    give_password(second)
    second.shoot("second-step")
    give_code(second, code_of(Authenticator.objects.get(), ahead=1))
    assert second.page.url.endswith("/admin/signatures/signature/")

    third = come(javascript=javascript)
    give_password(third)
    give_code(third, codes[0])
    click(third, "#user-tools a[href$='/mine/']")
    assert "9 recovery codes are left." in third.page.inner_text("#content")
    third.shoot("second-step-own")


def secret_on(visitor) -> bytes:
    return base64.b32decode(visitor.page.inner_text(".secret").replace(" ", ""))


def is_square(box) -> bool:
    return box is not None and box["width"] == pytest.approx(box["height"], abs=1) and box["width"] > 150


def give_password(visitor) -> None:
    visitor.open("/admin/signatures/signature/")
    visitor.page.fill("[name=username]", "organiser")
    visitor.page.fill("[name=password]", PASSWORD)
    click(visitor, "[type=submit]")


def give_code(visitor, code: str) -> None:
    visitor.page.fill("[name=code]", code)
    click(visitor, "[type=submit]")


def click(visitor, button: str) -> None:
    with visitor.page.expect_navigation():
        visitor.page.click(button)
