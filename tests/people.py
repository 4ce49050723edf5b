"""Creates invented statements and people for tests."""

from datetime import UTC, datetime, timedelta
from itertools import count

from django.contrib.auth.models import User

from signatures.identity import mailbox
from signatures.signing import sign as sign_action
from signatures.signing.models.invitation import Invitation
from signatures.signing.models.signature import Signature
from signatures.signing.sign import SignerDetails
from signatures.statements.edit_text import edit_text
from signatures.statements.models.sector import OfferedSector, Sector
from signatures.statements.models.statement import Statement
from signatures.statements.models.switch import Switch
from signatures.statements.models.update import Update
from signatures.statements.publish_update import create_update, save_update_translation
from signatures.statements.turn_switch import turn_on

NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)
TEXT = "Work made by people is not raw material."

numbers = count(1)


def make_statement(slug: str = "letter", *, text: str = TEXT, now: datetime = NOON, **fields) -> Statement:
    """Creates an open statement in English with the sectors music and literature."""
    fields = {
        "organiser": "A working group",
        "contact": "press@letter.example.org",
        "state": Statement.State.OPEN,
        "opens_at": now - timedelta(days=1),
        **fields,
    }
    review_everything = fields.pop("review_everything", False)
    statement = Statement.objects.create(slug=slug, **fields)
    if review_everything:
        turn_on(name=Switch.Name.REVIEW_EVERYTHING, statement=statement, actor=None, reason="as agreed", now=now)
    for position, name in enumerate(["Music", "Literature"]):
        sector, _ = Sector.objects.get_or_create(slug=name.lower(), defaults={"name": name, "position": position})
        OfferedSector.objects.create(statement=statement, sector=sector, position=position)
    edit_text(statement=statement, language="en", title="Makers’ Letter", text=text, now=now)
    return statement


def make_update(
    statement: Statement,
    *,
    title: str = "We met",
    text: str = "It went *well*.",
    at: datetime | None = NOON,
    **titles: str,
) -> Update:
    """Publishes the text in the statement's language and, with other titles, in others. A draft if `at` is None."""
    update = create_update(statement=statement, now=NOON)
    for language, words in {statement.language: title, **titles}.items():
        save_update_translation(update=update, language=language, title=words, text=text)
    Update.objects.filter(id=update.id).update(published_at=at)
    update.refresh_from_db()
    return update


def make_details(statement: Statement, *, sector: str = "music", **details) -> SignerDetails:
    return SignerDetails(
        sector_id=Sector.objects.get(slug=sector).id,
        version=statement.translation_for("en").version,
        **{"name": "Ilse Varga", "credit": "composer", **details},
    )


def sign(
    statement: Statement, address: str = "ilse@example.org", *, now: datetime = NOON, flags=(), **details
) -> Signature:
    """Signs as a visitor does, and returns the row. The signature is not confirmed."""
    by = mailbox.parse(address)
    detailed = make_details(statement, **details)
    sign_action.sign(statement=statement, by=by, details=detailed, language="en", now=now, flags=flags)
    return Signature.objects.of(statement).from_mailbox(by).get()


def make_invitation(statement: Statement, name: str = "Ilse Varga", **fields) -> Invitation:
    author, _ = User.objects.get_or_create(username="the author of invitations")
    fields = {"created_at": NOON, "expires_at": datetime(2100, 1, 1, tzinfo=UTC), "invited_by": author, **fields}
    return Invitation.objects.create(statement=statement, name=name, **fields)


def make_signature(
    statement: Statement, *, state: str = Signature.State.CONFIRMED, now: datetime = NOON, **fields
) -> Signature:
    """Creates a signature in any state, with its own mailbox."""
    by = mailbox.parse(fields.pop("address", f"signer-{next(numbers)}@example.org"))
    name = fields.pop("name", "Ilse Varga")
    sector = fields.pop("sector", "music")
    signature = Signature(
        statement=statement,
        sector=Sector.objects.get(slug=sector),
        version=statement.translation_for("en").version,
        language="en",
        state=state,
        created_at=now,
        confirmed_at=now if state == Signature.State.CONFIRMED else None,
    )
    signature.set_mailbox(by)
    signature.rename(name)
    for field, value in fields.items():
        setattr(signature, field, value)
    signature.save()
    signature.refresh_from_db()
    return signature
