"""Who sits at the organisers' desk, and what they press there."""

from typing import Any

from bs4 import BeautifulSoup
from django.contrib.auth.models import Group, User
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

SIGNATURES = reverse("admin:signatures_signature_changelist")


def make_staff(name: str, *groups: str, **fields) -> User:
    user = User.objects.create(username=name, is_staff=True, **fields)
    user.groups.set(Group.objects.filter(name__in=groups))
    return user


def make_moderator() -> User:
    return make_staff("moderator", "Moderator")


def make_organiser() -> User:
    return make_staff("organiser", "Organiser")


def make_owner() -> User:
    return make_staff("owner", is_superuser=True)


def at_desk(user: User | None = None) -> Client:
    client = Client()
    if user:
        client.force_login(user)
    return client


def choose(client: Client, act: str, *signatures, reason: str = "as agreed", url: str = SIGNATURES, **more):
    """Ticks signatures in the list, chooses an act, writes the reason and presses Go."""
    ticked = [signature.id for signature in signatures]
    posted = {"action": act, "index": "0", "_selected_action": ticked, "reason": reason, **more}
    return client.post(url, posted)


def told(response) -> list[str]:
    """What the next page will say."""
    return [str(message) for message in get_messages(response.wsgi_request)]


def filled(response, form: str) -> dict[str, Any]:
    """What a browser would send of a form as it stands."""
    sent: dict[Any, Any] = {}
    for field in BeautifulSoup(response.content, "html.parser").select(f"{form} [name]"):
        if field.name == "select":
            chosen = field.select_one("option[selected]")
            sent[field["name"]] = chosen["value"] if chosen else ""
        elif field.name == "textarea":
            sent[field["name"]] = field.text.removeprefix("\n").replace("\n", "\r\n")
        elif field.name == "input" and field["type"] not in ("submit", "checkbox", "radio"):
            sent[field["name"]] = field.get("value", "")
        elif field.has_attr("checked"):
            sent[field["name"]] = "on"
    return {name: value for name, value in sent.items() if "__prefix__" not in name}
