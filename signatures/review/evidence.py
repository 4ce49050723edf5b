"""Collects the evidence that a moderator sees beside a name, in a fixed number of queries. The mailbox is left out."""

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
MAX_DOMAIN_COUNT = 1000  # a higher count would not help a moderator
SEARCHES = [
    (_("the web"), "https://duckduckgo.com/?q=%22{name}%22+{credit}"),
    (_("Wikipedia"), "https://en.wikipedia.org/w/index.php?search=%22{name}%22"),
    (_("MusicBrainz"), "https://musicbrainz.org/search?type=artist&query={name}"),
    (_("films"), "https://www.themoviedb.org/search/person?query={name}"),
    (_("books"), "https://openlibrary.org/search/authors?q={name}"),
]


@dataclass(frozen=True)
class DomainEvidence:
    """The domain of the mailbox, and the time of its first signature. `since` is None if there is none before, or if
    the domain belongs to a large mail provider."""

    name: str
    others: int
    since: datetime | None
    is_large: bool


@dataclass(frozen=True)
class OrganisationEvidence:
    """Shows whether the signer may sign for the organisation. `domain` is empty if many organisations share it."""

    domain: str
    is_proved: bool
    counted_signature: Signature | None

    @classmethod
    def of(cls, signature: Signature) -> "OrganisationEvidence | None":
        if not signature.is_organisation:
            return None
        others = Signature.objects.counted().from_same_organisation(signature)
        return cls(signature.website_domain, signature.has_mandate, others.first())


@dataclass(frozen=True)
class Evidence:
    reasons: list[str | Promise]
    resembles: ProtectedName | None
    similar_count: int
    """Counts the other waiting signatures that could pass for the same name."""
    mandate: OrganisationEvidence | None
    domain: DomainEvidence | None
    suppression_reason: str
    namesakes: list[Signature]
    more_namesakes: int
    searches: list[tuple[Promise, str]]

    @classmethod
    def of_signature(cls, signature: Signature) -> "Evidence":
        proposed = signature.with_proposal()
        others = Signature.objects.namesakes(proposed).select_related("statement").order_by("-id")
        namesakes = list(others[: MAX_NAMESAKES + 1])
        resembles = ProtectedName.objects.resembled_by(proposed)
        return cls(
            reasons=in_words(signature.flags),
            resembles=resembles,
            similar_count=_count_similar(signature, resembles),
            mandate=OrganisationEvidence.of(proposed),
            domain=_domain(signature),
            suppression_reason=_suppression_reason(signature),
            namesakes=namesakes[:MAX_NAMESAKES],
            more_namesakes=others.count() - MAX_NAMESAKES if len(namesakes) > MAX_NAMESAKES else 0,
            searches=_searches(proposed),
        )


def _count_similar(signature: Signature, resembles: ProtectedName | None) -> int:
    signatures = Signature.objects.awaiting_review().exclude(id=signature.id)
    return signatures.resembling(resembles.name).count() if resembles else 0


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
    first_moments = list(moments[:MAX_DOMAIN_COUNT])
    return DomainEvidence(name, len(first_moments), first_moments[0] if first_moments else None, is_large=False)


def _suppression_reason(signature: Signature) -> str:
    if signature.mailbox is None:
        return str(_("the mailbox is erased"))
    suppression = Suppression.objects.filter(mailbox_digest__in=signature.digests()).first()
    return suppression.get_reason_display() if suppression else ""


def _searches(proposed: Signature) -> list[tuple[Promise, str]]:
    name, credit = quote_plus(proposed.name), quote_plus(proposed.credit)
    return [(label, address.format(name=name, credit=credit)) for label, address in SEARCHES]
