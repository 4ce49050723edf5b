"""Loads the demonstration into an empty database."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from random import Random
from typing import Any

from django.db import connection, transaction

from signatures.demo.fake_people import FakePeople
from signatures.demo.fake_signatures import FakeSignatures, assign_mailboxes
from signatures.demo.source_files import read_source
from signatures.public.count_days import update_daily_counts
from signatures.public.fold_tally import fold
from signatures.signing.models.signature import Signature
from signatures.statements.edit_text import edit_text
from signatures.statements.models.sector import OfferedSector, Sector, SectorTranslation
from signatures.statements.models.statement import Statement
from signatures.statements.models.switch import Switch
from signatures.statements.models.update import Update
from signatures.statements.publish_update import create_update, save_update_translation

LETTER_DIVISOR = 40  # the statement has this many signatures for each one of the letter
CORRECTIONS = 3
CHUNK = 1000  # rows in one INSERT, to stay below the statement timeout


@dataclass(frozen=True)
class LoadedStatement:
    statement: Statement
    title: str
    languages: int
    confirmed: int
    held: int


@transaction.atomic
def load(*, signatures: int, seed: int, now: datetime) -> list[LoadedStatement]:
    """Creates a statement with this number of confirmed signatures, and a letter with a fortieth of it."""
    people = FakePeople(Random(seed))  # noqa: S311 - repeatable, not secret
    sectors = {sector.slug: sector for sector in make_sectors()}
    notables = read_source("notables")["notable"]
    made = [
        _load_statement(read_source("makers-letter"), sectors, people, signatures, notables, now),
        _load_statement(read_source("cutting-room-letter"), sectors, people, signatures // LETTER_DIVISOR, [], now),
    ]
    fold()
    update_daily_counts(now=now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE signatures_signature")  # good plans for the first search, before autovacuum runs
    return made


def make_sectors() -> Iterator[Sector]:
    for position, sector in enumerate(read_source("sectors")["sector"]):
        names = dict(sector["names"])
        row, _ = Sector.objects.get_or_create(
            slug=sector["slug"], defaults={"name": names.pop("en"), "position": position}
        )
        for language, name in names.items():
            SectorTranslation.objects.get_or_create(sector=row, language=language, defaults={"name": name})
        yield row


def _load_statement(
    source: dict[str, Any],
    sectors: dict[str, Sector],
    people: FakePeople,
    count: int,
    notables: list[dict[str, Any]],
    now: datetime,
) -> LoadedStatement:
    statement = make_statement(source, sectors, now)
    signatures = FakeSignatures(statement, people, now=now)
    rows = sorted(
        [*signatures.confirmed(count, notables), *signatures.unfinished(count)], key=lambda row: row.created_at
    )
    if source["review_everything"]:
        signatures.corrections([row for row in rows if _may_correct(row)][-CORRECTIONS:])
    assign_mailboxes(rows)
    remaining = iter(rows)
    while chunk := list(islice(remaining, CHUNK)):
        Signature.objects.bulk_create(chunk)
    held = sum(row.state == Signature.State.HELD for row in rows)
    return LoadedStatement(statement, source["wording"][0]["title"], len(source["wording"]), count, held)


def make_statement(source: dict[str, Any], sectors: dict[str, Sector], now: datetime) -> Statement:
    opened = (now - timedelta(days=source["open_for_days"])).replace(hour=9, minute=0, second=0, microsecond=0)
    statement = Statement.objects.create(
        opens_at=opened,
        state=Statement.State.OPEN,
        goal=source.get("goal"),
        accent=source.get("accent", ""),
        **{name: source[name] for name in ("slug", "organiser", "contact", "is_featured")},
    )
    if source["review_everything"]:
        Switch.objects.create(name=Switch.Name.REVIEW_EVERYTHING, statement=statement, turned_at=opened)
    for position, slug in enumerate(source["sectors"]):
        OfferedSector.objects.create(statement=statement, sector=sectors[slug], position=position)
    for wording in source["wording"]:
        edit_text(
            statement=statement,
            language=wording["language"],
            title=wording["title"],
            addressee=wording["addressee"],
            text=wording["text"].strip(),
            now=opened,
        )
    for update in source.get("update", []):
        _publish_updates(statement, update["wording"], now - timedelta(days=update["days_ago"]))
    return statement


def _publish_updates(statement: Statement, wordings: list[dict[str, str]], at: datetime) -> None:
    update = create_update(statement=statement, now=at)
    for wording in wordings:
        save_update_translation(update=update, **{**wording, "text": wording["text"].strip()})
    Update.objects.filter(id=update.id).update(published_at=at)


def _may_correct(row: Signature) -> bool:
    return bool(row.state == Signature.State.CONFIRMED and row.credit and row.organisation)
