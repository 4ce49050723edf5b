"""Counts signatures: the tally plus the entries that are not yet folded into it, read in one SQL statement.

Triggers append the entries (sql/append_tally_entries_*.sql). With two SQL statements, one read in twenty was wrong
under load.
"""

from dataclasses import dataclass, replace

from django.db import connections, models, router
from django.utils.translation import gettext_lazy as _

from signatures.signing.models.signature import Signature
from signatures.statements.models.sector import Sector
from signatures.statements.models.statement import Statement
from signatures.web.known_choices import one_of


class TallyRow(models.Model):
    statement = models.ForeignKey(
        Statement, models.CASCADE, related_name="+", verbose_name=_("statement"), db_index=False
    )
    sector = models.ForeignKey(Sector, models.PROTECT, related_name="+", verbose_name=_("sector"), db_index=False)
    kind = models.CharField(_("kind"), max_length=12, choices=Signature.Kind.choices)
    counted = models.IntegerField(_("counted"))
    listed = models.IntegerField(_("listed"))

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.statement_id} {self.sector_id} {self.kind}: {self.counted}"


class TallyEntry(TallyRow):
    """A change of the counts. A trigger appends it, and the worker folds it into the tally."""

    @one_of(kind=Signature.Kind.values)
    class Meta:
        verbose_name, verbose_name_plural = _("tally entry"), _("tally entries")
        indexes = [models.Index(fields=["statement"], name="entries_of_a_statement")]


class Tally(TallyRow):
    @one_of(kind=Signature.Kind.values)
    class Meta:
        verbose_name, verbose_name_plural = _("tally"), _("tallies")
        constraints = [
            models.UniqueConstraint(fields=["statement", "sector", "kind"], name="one_tally_per_sector_and_kind")
        ]


@dataclass(frozen=True)
class SectorCount:
    """The counts of one kind in one sector. `kind` is empty if the sector has no signatures."""

    sector_id: int
    slug: str
    label: str
    is_offered: bool
    kind: str
    counted: int
    listed: int


@dataclass(frozen=True)
class Count:
    """The counts of one statement by sector, in the statement's order, all read at the same time."""

    parts: tuple[SectorCount, ...]

    @property
    def all(self) -> int:
        return sum(part.counted for part in self.parts)

    @property
    def listed(self) -> int:
        return sum(part.listed for part in self.parts)

    @property
    def organisations(self) -> int:
        return sum(part.counted for part in self.parts if part.kind == "organisation")

    @property
    def people(self) -> int:
        return self.all - self.organisations

    @property
    def without_name_count(self) -> int:
        """The number of signatures that count without a public name: anonymous, or hidden by a moderator."""
        return self.all - self.listed

    def without_names(self) -> "Count":
        """Returns the counts with nothing listed, for when organisers hide all names."""
        return Count(tuple(replace(part, listed=0) for part in self.parts))

    def in_sector(self, slug: str) -> "Count":
        return Count(tuple(part for part in self.parts if part.slug == slug))

    def of_kind(self, kind: str) -> "Count":
        return Count(tuple(part for part in self.parts if part.kind == kind))

    def sectors(self) -> list[SectorCount]:
        """Returns one entry per sector, in order."""
        return list({part.slug: part for part in self.parts}.values())


COUNT = """
    WITH counts AS (
        SELECT sector_id, kind, sum(counted)::bigint AS counted, sum(listed)::bigint AS listed
        FROM (
            SELECT sector_id, kind, counted, listed FROM signatures_tally WHERE statement_id = %(statement)s
            UNION ALL
            SELECT sector_id, kind, counted, listed FROM signatures_tallyentry WHERE statement_id = %(statement)s
        ) AS every
        GROUP BY sector_id, kind
    )
    SELECT sector.id, sector.slug, coalesce(translation.name, sector.name), offer.id IS NOT NULL,
           coalesce(counts.kind, ''), coalesce(counts.counted, 0), coalesce(counts.listed, 0)
    FROM signatures_sector AS sector
    LEFT JOIN signatures_offeredsector AS offer
        ON offer.sector_id = sector.id AND offer.statement_id = %(statement)s
    LEFT JOIN counts ON counts.sector_id = sector.id
    LEFT JOIN signatures_sectortranslation AS translation
        ON translation.sector_id = sector.id AND translation.language = %(language)s
    WHERE offer.id IS NOT NULL OR counts.sector_id IS NOT NULL
    ORDER BY offer.position, sector.position, sector.id, counts.kind
"""


def count(statement_id: int, language: str = "") -> Count:
    """Reads all counts of a statement in one SQL statement, with the sectors named in `language`."""
    with connections[router.db_for_read(Tally)].cursor() as cursor:
        cursor.execute(COUNT, {"statement": statement_id, "language": language})
        return Count(tuple(SectorCount(*row) for row in cursor.fetchall()))
