"""Every admin page explains its purpose in one line."""

import re

import pytest
from bs4 import BeautifulSoup
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLPattern, URLResolver

from signatures.review.batches import start_bulk_decision
from signatures.review.models.batch import BulkDecision
from signatures.signing.models.signature import Signature
from signatures.transfers.models.delivery_bundle import DeliveryPack
from tests.organisers import create_one_of_each, logged_in_client, make_owner
from tests.people import make_signature

pytestmark = pytest.mark.django_db

NO_PAGES = {
    "login", "logout", "second_factor",  # outside
    "jsi18n", "autocomplete", "import_problems", "view_on_site", "",  # for scripts, a file, and what leads on
    "review_next", "review_again",  # pressed only
}  # fmt: skip


@pytest.fixture
def desk():
    """Creates a row of every model, in the states in which each page exists."""
    statement = create_one_of_each()
    owner = make_owner()
    make_signature(statement, name="Choir of Lund", kind="organisation")
    for name in ("one", "two"):
        make_signature(statement, name=name, state=Signature.State.HELD, flags=["burst"])
    User.objects.create(username="zoe")
    Group.objects.create(name="Readers")
    held = Signature.objects.filter(state=Signature.State.HELD, name="two")
    start_bulk_decision(
        signatures=held, expected_count=1, kind=BulkDecision.Kind.APPROVE, phrase=None,
            statement=None, about="", actor=owner,
        reason="known", now=statement.created_at,
    )  # fmt: skip
    file = default_storage.save("packs/test.zip", ContentFile(b"PK"))
    DeliveryPack.objects.update(status=DeliveryPack.Status.READY, file=file)
    return logged_in_client(owner)


def pages(resolver, before="") -> dict[str, str]:
    """Returns the routes by name."""
    routes: dict[str, str] = {}
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            routes |= pages(pattern, before + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            routes[pattern.name or ""] = before + str(pattern.pattern)
    return routes


def addresses(desk) -> dict[str, str]:
    [site] = [pattern for pattern in get_resolver().url_patterns if str(pattern.pattern) == "admin/"]
    routes = {name: route for name, route in pages(site).items() if name not in NO_PAGES}
    return {name: reverse(f"admin:{name}", args=_args(name, route, desk)) for name, route in routes.items()}


def _args(name, route, desk):
    if "app_label" in route:
        return ["signatures"]
    if "<" not in route:
        return []
    if name == "review_case":
        return [int(desk.post(reverse("admin:review_next"))["Location"].strip("/").split("/")[-1])]
    if name == "review_many":
        return [BulkDecision.objects.get().pk]
    noun = re.sub("^(signatures|auth)_", "", name).split("_")[0]
    noun = "deliverypack" if noun == "pack" else noun
    [model] = [model for model in admin.site._registry if model._meta.model_name == noun]
    return [model._default_manager.earliest("pk").pk]


def test_every_page_says_in_one_line_what_it_is_for(desk):
    purposes = {}
    for name, address in addresses(desk).items():
        response = desk.get(address, follow=True)
        if response.status_code == 403:  # what nobody adds, changes or deletes there
            continue
        assert (name, response.status_code) == (name, 200)
        soup = BeautifulSoup(response.content, "html.parser")
        purposes[name] = [" ".join(element.text.split()) for element in soup.select(".purpose")]
    assert len(purposes) > 70
    assert {name: lines for name, lines in purposes.items() if len(lines) != 1} == {}
    odd = {name: line for name, [line] in purposes.items() if not (10 < len(line) <= 180 and line.endswith("."))}
    assert odd == {}


def test_every_model_says_what_its_list_and_its_pages_are_for():
    lines = {
        model: (model_admin.list_purpose, model_admin.purpose) for model, model_admin in admin.site._registry.items()
    }
    assert {model for model, texts in lines.items() if not all(texts) or texts[0] == texts[1]} == set()


def test_outside_nothing_is_said(desk):
    assert b'class="purpose"' not in Client().get(reverse("admin:login")).content
