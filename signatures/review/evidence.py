"""What a moderator needs to see beside a name, in a fixed small number of queries. The mailbox itself is not in it."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote_plus

from cryptography.fernet import InvalidToken
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from signatures.identity import mail_provider, mailbox
from signatures.mail.models.email import Suppression
from signatures.review.models.protected_name import ProtectedName
from signatures.signing.models.flag import in_words
from signatures.signing.models.signature import Signature

MAX_NAMESAKES = 5
MAX_DOMAIN_COUNT = 1000  # are counted: more tells no more
SEARCHES = [
    (_("the web"), "https://duckduckgo.com/?q=%22{name}%22+{credit}"),
    (_("Wikipedia"), "https://en.wikipedia.org/w/index.php?search=%22{name}%22"),
    (_("MusicBrainz"), "https://musicbrainz.org/search?type=artist&query={name}"),
    (_("films"), "https://www.themoviedb.org/search/person?query={name}"),
    (_("books"), "https://openlibrary.org/search/authors?q={name}"),
]


@dataclass(frozen=True)
class DomainEvidence:
    """Where the mailbox is, and since when people sign from there: `since` is None for the first of them, and where
    everybody can have a mailbox."""

    name: str
    others: int
    since: datetime | None
    is_large: bool


@dataclass(frozen=True)
class OrganisationEvidence:
    """Who says to speak for an organisation, and what speaks for that. `domain` is empty where many share it."""

    domain: str
    is_proved: bool
    counted: Signature | None

    @classmethod
    def of(cls, signature: Signature) -> "OrganisationEvidence | None":
        if not signature.is_organisation:
            return None
        others = Signature.objects.counted().from_same_organisation(signature)
        return cls(signature.website_domain, signature.has_mandate, others.first())


@dataclass(frozen=True)
class Evidence:
    why: list[str | Promise]
    resembles: ProtectedName | None
    similar_count: int
    """Others who wait and could pass for the same."""
    mandate: OrganisationEvidence | None
    domain: DomainEvidence | None
    suppression_reason: str
    namesakes: list[Signature]
    more_namesakes: int
    searches: list[tuple[Promise, str]]

    @classmethod
    def about(cls, signature: Signature) -> "Evidence":
        wanted = signature.with_proposal()
        others = Signature.objects.namesakes(wanted).select_related("statement").order_by("-id")
        namesakes = list(others[: MAX_NAMESAKES + 1])
        resembles = ProtectedName.objects.resembled_by(wanted)
        return cls(
            why=in_words(signature.flags),
            resembles=resembles,
            similar_count=_count_similar(signature, resembles),
            mandate=OrganisationEvidence.of(wanted),
            domain=_domain(signature),
            suppression_reason=_suppression_reason(signature),
            namesakes=namesakes[:MAX_NAMESAKES],
            more_namesakes=others.count() - MAX_NAMESAKES if len(namesakes) > MAX_NAMESAKES else 0,
            searches=_searches(wanted),
        )


def _count_similar(signature: Signature, resembles: ProtectedName | None) -> int:
    waiting = Signature.objects.awaiting_review().exclude(id=signature.id)
    return waiting.resembling(resembles.name).count() if resembles else 0


def _domain(signature: Signature) -> DomainEvidence | None:
    try:
        name = mailbox.from_address(signature.address).domain if signature.mailbox else ""
    except InvalidToken:
        return None
    if not name:
        return None
    if mail_provider.provider_name(signature.provider) is not None:
        return DomainEvidence(name, 0, None, is_large=True)
    moments = (
        Signature.objects.from_same_mailbox_domain(signature)
        .order_by("created_at")
        .values_list("created_at", flat=True)
    )
    seen = list(moments[:MAX_DOMAIN_COUNT])
    return DomainEvidence(name, len(seen), seen[0] if seen else None, is_large=False)


def _suppression_reason(signature: Signature) -> str:
    if signature.mailbox is None:
        return str(_("its mailbox is erased"))
    found = Suppression.objects.filter(mailbox_digest__in=signature.digests()).first()
    return found.get_reason_display() if found else ""


def _searches(wanted: Signature) -> list[tuple[Promise, str]]:
    name, credit = quote_plus(wanted.name), quote_plus(wanted.credit)
    return [(label, address.format(name=name, credit=credit)) for label, address in SEARCHES]
