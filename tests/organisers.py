"""This module has helpers for tests of the admin: users, logins, codes and forms."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from bs4 import BeautifulSoup
from django.contrib.auth.models import Group, User
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.oath import totp

from signatures.desk.models import Authenticator
from signatures.identity import totp_secrets
from signatures.mail.models.email import Mail
from signatures.privacy.erase import not_me
from signatures.review.models.rule import Rule
from signatures.review.moderate import approve
from signatures.signing.correct import correct
from signatures.signing.models.signature import Signature
from signatures.statements.edit_text import edit_text
from signatures.statements.models.page import Page
from signatures.statements.models.sector import SectorTranslation
from signatures.statements.models.statement import Statement
from signatures.statements.models.switch import Switch
from signatures.statements.turn_switch import turn_on
from signatures.transfers.models.delivery_bundle import DeliveryPack
from signatures.transfers.models.imports import Import
from tests.people import NOON, make_invitation, make_signature, make_statement, make_update

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


def create_one_of_each() -> Statement:
    """Creates at least one row of every model."""
    statement = make_statement(review_everything=True)
    sector = statement.sectors.earliest("id")
    SectorTranslation.objects.create(sector=sector, language="fr", name="Musique")
    make_invitation(statement)
    signature = make_signature(statement, state=Signature.State.HELD, flags=["burst"])
    organiser = make_organiser()
    approve(signature_id=signature.id, actor=organiser, reason="known", now=NOON)
    correct(signature_id=signature.id, name="Ilse Holt", credit="", now=NOON)
    edit_text(
        statement=statement, language="en", title="Letter", text="New.", reason="A slip", actor=organiser, now=NOON
    )
    Mail.objects.update(status=Mail.Status.FAILED, last_error="550 no such mailbox")
    turn_on(name=Switch.Name.PAUSE_MAIL, statement=None, actor=organiser, reason="a flood", now=NOON)
    DeliveryPack.objects.create(statement=statement, asked_by=organiser, asked_at=NOON)
    Import.objects.create(
        statement=statement, source="the book fair", name="fair.csv", author=organiser, created_at=NOON, moved_at=NOON,
        status=Import.Status.READ,
    )  # fmt: skip
    Rule.objects.create(pattern="Free *", reason="a farm", author=organiser, created_at=NOON)
    gone = make_signature(statement, address="gone@example.org")
    not_me(signature_id=gone.id, now=NOON)
    make_update(statement, at=None)
    Page.objects.create(kind="about", language="en", text="We.", html="<p>We.</p>", changed_at=NOON)
    return statement


def logged_in_client(user: User | None = None) -> Client:
    """Returns a client. With a user, it has just logged in by password and code."""
    client = Client()
    if user:
        client.force_login(user)
        authenticator = Authenticator.objects.filter(user=user).first() or make_authenticator(user)
        store_session(client, **{DEVICE_ID_SESSION_KEY: authenticator.persistent_id})
        move_login_back(client, timedelta())
    return client


def move_login_back(
    client: Client, before: timedelta, moments: Iterable[str] = ("entered_at", "seen_at", "password_at")
) -> None:
    """Moves the times of a login to `before` ago."""
    moment = (timezone.now() - before).timestamp()
    store_session(client, **dict.fromkeys(moments, moment))


def store_session(client: Client, **values: Any) -> None:
    session = client.session
    session.update(values)
    session.save()


def make_authenticator(user: User) -> Authenticator:
    return Authenticator.objects.create(user=user, name="phone", key=totp_secrets.new_secret())


def code_of(authenticator: Authenticator, *, ahead: int = 0) -> str:
    """Returns the code that the app shows now, or `ahead` codes later. Each is accepted once."""
    return code_for(authenticator.bin_key, ahead=ahead)


def code_for(seed: bytes, *, ahead: int = 0) -> str:
    return f"{totp(seed, t0=int(-ahead * 30)):06}"


def run_admin_action(client: Client, act: str, *signatures, reason: str = "as agreed", url: str = SIGNATURES, **more):
    """Selects signatures in the list and submits an action with a reason."""
    ticked = [signature.id for signature in signatures]
    posted = {"action": act, "index": "0", "_selected_action": ticked, "reason": reason, "method": "agent", **more}
    return client.post(url, posted)


def messages_of(response) -> list[str]:
    """Returns the messages for the next page."""
    return [str(message) for message in get_messages(response.wsgi_request)]


def form_values(response, form: str) -> dict[str, Any]:
    """Returns the values that a browser would send for the unchanged form."""
    data: dict[Any, Any] = {}
    for field in BeautifulSoup(response.content, "html.parser").select(f"{form} [name]"):
        if field.name == "select":
            chosen = field.select_one("option[selected]")
            data[field["name"]] = chosen["value"] if chosen else ""
        elif field.name == "textarea":
            data[field["name"]] = field.text.removeprefix("\n").replace("\n", "\r\n")
        elif field.name == "input" and field.get("type") not in ("submit", "checkbox", "radio"):
            data[field["name"]] = field.get("value", "")
        elif field.has_attr("checked"):
            data[field["name"]] = "on"
    return {name: value for name, value in data.items() if "__prefix__" not in name}
