from contextlib import suppress
from copy import copy
from datetime import datetime
from hashlib import sha256

from cryptography.fernet import InvalidToken
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, HashIndex, OpClass
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection, models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import gettext_lazy as _

from signatures.identity import mailbox, search_keys, website
from signatures.identity.mailbox import DOMAIN_KEY_LENGTH, Mailbox
from signatures.identity.mailbox_fields import MailboxFields
from signatures.identity.names import CREDIT_LENGTH, NAME_LENGTH
from signatures.identity.network_key import KEY_LENGTH
from signatures.identity.website import MAX_DOMAIN_LENGTH, MAX_WEBSITE_LENGTH, Website, has_mandate
from signatures.signing.limits import PROOF_REQUEST_VALID_FOR
from signatures.signing.models.identity_check_method import CheckMethod
from signatures.signing.models.public_queryset import NOTABLES_THEN_NEWEST, PublicQuerySet
from signatures.statements.models.sector import Sector
from signatures.statements.models.statement import Statement
from signatures.statements.models.switch import Switches
from signatures.statements.models.version import Version
from signatures.web.known_choices import one_of
from signatures.web.languages.language_field import LanguageField

FACE = (
    "name", "credit", "quotation", "organisation", "website", "proposed_name", "proposed_credit", "proposed_quotation",
    "proposed_website", "officer", "officer_post",
)  # fmt: skip
CONTENT_HASH_LENGTH = 16
MIN_LONG_CREDIT = 20  # letters; many people share a shorter credit
CLEARED_MAILBOX = {"mailbox": None, "mailbox_digest": None, "digest_key": "", "domain": "", "network": ""}
CLEARED_SIGNER = {
    "name": "",
    "credit": "",
    "quotation": "",
    "organisation": "",
    "website": "",
    "website_domain": "",
    "officer": "",
    "officer_post": "",
    "logo": "",
    "updates": False,
    "via": "",
    "came_by": None,
    "search_key": "",
    "sort_key": "",
    "proposed_name": "",
    "proposed_credit": "",
    "proposed_quotation": "",
    "proposed_website": "",
    "proposed_at": None,
    "checked_name": "",
    "flags": [],
    "resembles": None,
}


AWAITING_REVIEW = Q(state="held") | Q(proposed_at__isnull=False)

# The tally's count minus the signatures confirmed later. One statement reads both as of one moment.
MAX_COUNTED_AFTER = 50_000
PLACE = """
    SELECT (
        SELECT sum(counted)::bigint FROM (
            SELECT counted FROM signatures_tally WHERE statement_id = %(statement)s
            UNION ALL
            SELECT counted FROM signatures_tallyentry WHERE statement_id = %(statement)s
        ) AS every
    ), (
        SELECT count(*) FROM (
            SELECT FROM signatures_signature
            WHERE statement_id = %(statement)s AND counted AND (confirmed_at, id) > (%(moment)s, %(id)s)
            LIMIT %(most)s
        ) AS later
    )
"""


def logo_path(statement_id: int, name: str) -> str:
    """Returns the storage path of an organisation's logo."""
    return f"organisations/{statement_id}/{name}"


class SignatureQuerySet(PublicQuerySet, models.QuerySet["Signature"]):
    def counted(self) -> "SignatureQuerySet":
        return self.filter(counted=True)

    def from_mailbox(self, signer_mailbox: mailbox.Mailbox) -> "SignatureQuerySet":
        """Matches under every digest key in use, so that key rotation hides no signature."""
        return self.filter(mailbox_digest__in=signer_mailbox.digests)

    def with_mailbox(self) -> "SignatureQuerySet":
        return self.filter(mailbox_digest__isnull=False)

    def drop_mailboxes(self) -> None:
        """Removes the mailboxes. The signatures stay counted and listed, but get no more email."""
        self.update(**CLEARED_MAILBOX, updates=False)

    def erase(self, now: datetime) -> None:
        """Clears name, mailbox and digest, so that nobody can tell whose signatures these were."""
        rejected = When(state=Signature.State.REJECTED, then=Value(Signature.State.REJECTED))
        state = Case(rejected, default=Value(Signature.State.WITHDRAWN))
        self.update(**CLEARED_MAILBOX, **CLEARED_SIGNER, notable=False, checked_how="", state=state, erased_at=now)

    def awaiting_review(self) -> "SignatureQuerySet":
        return self.filter(AWAITING_REVIEW)

    def due_for_review(self, now: datetime) -> "SignatureQuerySet":
        """Leaves out signers who may still answer a moderator's request for proof."""
        asked_recently = Q(asked_at__isnull=False, asked_at__gt=now - PROOF_REQUEST_VALID_FOR)
        return self.awaiting_review().exclude(asked_recently)

    def resembling(self, name: str) -> "SignatureQuerySet":
        """Returns signatures that resemble any protected form of this name."""
        return self.filter(resembles__name=name)

    def namesakes(self, signature: "Signature") -> "SignatureQuerySet":
        """Returns other signatures with the same folded name, on every statement."""
        return self.filter(search_key=signature.search_key).exclude(id=signature.id).exclude(search_key="")

    def from_same_organisation(self, signature: "Signature") -> "SignatureQuerySet":
        """Returns other signatures on the statement with the same website domain. Without a domain, returns none."""
        if not signature.website_domain:
            return self.none()
        same = self.filter(statement=signature.statement_id, website_domain=signature.website_domain)
        return same.exclude(id=signature.id)

    def from_website(self, statement_id: int, site: Website) -> "SignatureQuerySet":
        same = self.filter(statement=statement_id, website_domain=site.domain)
        return same if site.domain else self.none()

    def from_same_mailbox_domain(self, signature: "Signature") -> "SignatureQuerySet":
        """Returns others with the same mailbox domain. Returns none if the mailbox cannot be decrypted."""
        with suppress(InvalidToken):
            if signature.mailbox:
                parsed = mailbox.from_address(signature.address)
                return self.filter(domain__in=parsed.domain_keys).exclude(id=signature.id)
        return self.none()


class Signature(MailboxFields, models.Model):
    """Records one person's or one organisation's act of signing one statement.

    Only the signer sets `visibility`; only a moderator sets `hidden_at`. The database generates `counted` and `listed`.
    They are stored, because a virtual column reads NULL in a trigger's transition table.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("pending")
        CONFIRMED = "confirmed", _("confirmed")
        HELD = "held", _("held")
        REJECTED = "rejected", _("rejected")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Kind(models.TextChoices):
        PERSON = "person", _("person")
        ORGANISATION = "organisation", _("organisation")

    class Visibility(models.TextChoices):
        PUBLIC = "public", _("shown in the list")
        ANONYMOUS = "anonymous", _("counted, not shown")

    statement = models.ForeignKey(
        Statement, models.PROTECT, related_name="signatures", verbose_name=_("statement"), db_index=False
    )
    sector = models.ForeignKey(Sector, models.PROTECT, related_name="signatures", verbose_name=_("sector"))
    version = models.ForeignKey(Version, models.PROTECT, related_name="signatures", verbose_name=_("version"))
    language = LanguageField(_("language"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.PERSON)
    name = models.CharField(_("name"), max_length=120, blank=True)
    credit = models.CharField(_("credit"), max_length=160, blank=True)
    organisation = models.CharField(_("organisation"), max_length=160, blank=True)
    website = models.CharField(_("website"), max_length=MAX_WEBSITE_LENGTH, blank=True, default="", db_default="")
    website_domain = models.CharField(
        _("domain of the website"), max_length=MAX_DOMAIN_LENGTH, blank=True, default="", db_default=""
    )  # where it is the organisation's own
    officer = models.CharField(_("signed by"), max_length=NAME_LENGTH, blank=True, default="", db_default="")
    officer_post = models.CharField(_("their post"), max_length=CREDIT_LENGTH, blank=True, default="", db_default="")
    logo = models.CharField(_("logo"), max_length=100, blank=True, default="", db_default="", editable=False)
    quotation = models.CharField(
        _("quotation"),
        max_length=280,
        blank=True,
        default="",
        db_default="",
        help_text=_("Of a notable: their own words, shown with the first names."),
    )
    updates = models.BooleanField(_("wants updates"), default=False)

    via = models.CharField(
        max_length=16, blank=True, default="", db_default="", editable=False
    )  # the share code, until the signature counts
    came_by = models.BinaryField(null=True, blank=True)  # the share code, encrypted, once the signature counts

    mailbox = models.BinaryField(_("mailbox, encrypted"), null=True, blank=True)
    mailbox_digest = models.BinaryField(_("digest of the mailbox"), max_length=32, null=True, blank=True)
    digest_key = models.CharField(_("key of the digest"), max_length=8, blank=True)

    domain = models.CharField(
        _("key of the mailbox’s domain"), max_length=DOMAIN_KEY_LENGTH, blank=True, default="", db_default=""
    )
    network = models.CharField(_("key of its network"), max_length=KEY_LENGTH, blank=True, default="", db_default="")

    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PENDING)
    visibility = models.CharField(_("visibility"), max_length=10, choices=Visibility.choices, default=Visibility.PUBLIC)
    hidden_at = models.DateTimeField(_("hidden at"), null=True, blank=True)
    notable = models.BooleanField(_("notable"), default=False)
    checked_name = models.CharField(
        _("name that a moderator has checked"),
        max_length=120,
        blank=True,
        help_text=_("It is not held for resembling a protected one again."),
    )
    checked_how = models.CharField(
        _("how their identity was checked"),
        max_length=12,
        choices=CheckMethod.choices,
        blank=True,
        default="",
        db_default="",
    )
    flags = ArrayField(models.CharField(max_length=40), verbose_name=_("flags"), default=list, blank=True)
    resembles = models.ForeignKey(
        "signatures.ProtectedName",
        models.DO_NOTHING,
        null=True,
        blank=True,
        db_index=False,
        db_constraint=False,
        related_name="+",
        verbose_name=_("could pass for"),
    )  # no constraint: deleting a protected name locks no signature; a dangling ID matches nothing
    generation = models.PositiveIntegerField(_("generation"), default=1)

    proposed_name = models.CharField(_("proposed name"), max_length=120, blank=True)
    proposed_credit = models.CharField(_("proposed credit"), max_length=160, blank=True)
    proposed_quotation = models.CharField(
        _("proposed quotation"), max_length=280, blank=True, default="", db_default=""
    )
    proposed_website = models.CharField(
        _("proposed website"), max_length=MAX_WEBSITE_LENGTH, blank=True, default="", db_default=""
    )
    proposed_at = models.DateTimeField(_("correction proposed at"), null=True, blank=True)

    invitation = models.ForeignKey(
        "signatures.Invitation",
        models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name=_("invitation"),
    )
    imported = models.ForeignKey(
        "signatures.Import",
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="signatures",
        verbose_name=_("import"),
    )
    asked_at = models.DateTimeField(_("asked for proof at"), null=True, blank=True)

    search_key = models.TextField(blank=True, db_collation="C", editable=False)
    sort_key = models.TextField(blank=True, default="", db_default="", db_collation="C", editable=False)
    created_at = models.DateTimeField(_("signed at"))
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True)

    counted = models.GeneratedField(
        expression=Q(state=State.CONFIRMED),  # type: ignore[arg-type]
        output_field=models.BooleanField(_("counted")),
        db_persist=True,
    )
    listed = models.GeneratedField(
        expression=Q(state=State.CONFIRMED) & Q(visibility=Visibility.PUBLIC) & Q(hidden_at__isnull=True),  # type: ignore[arg-type]
        output_field=models.BooleanField(_("listed")),
        db_persist=True,
    )

    objects = SignatureQuerySet.as_manager()

    @one_of(state=State.values, kind=Kind.values, visibility=Visibility.values, checked_how=["", *CheckMethod.values])
    class Meta:
        verbose_name, verbose_name_plural = _("signature"), _("signatures")
        ordering = ["-id"]
        permissions = [
            ("view_mailbox", _("Can see and search mailboxes")),
            ("moderate_signature", _("Can moderate signatures")),
            ("export_signature", _("Can export signatures")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["statement", "mailbox_digest"], name="one_signature_per_mailbox"),
            models.UniqueConstraint(
                fields=["statement", "website_domain"],
                condition=Q(counted=True) & ~Q(website_domain=""),
                name="one_signature_per_organisation",
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(confirmed_at__isnull=False),
                name="confirmed_has_its_moment",
            ),
            models.CheckConstraint(
                condition=Q(mailbox__isnull=True, mailbox_digest__isnull=True)
                | Q(mailbox__isnull=False, mailbox_digest__isnull=False),
                name="mailbox_and_digest_go_together",
            ),
            models.CheckConstraint(
                condition=~Q(state="pending") | Q(mailbox__isnull=False),
                name="pending_has_its_mailbox",
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) | Q(mailbox__isnull=True, name=""),
                name="erased_leaves_no_mailbox_and_no_name",
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) | Q(state="withdrawn") | Q(state="rejected"),
                name="erased_is_not_counted",
            ),
        ]
        indexes = [
            models.Index(F("statement"), *NOTABLES_THEN_NEWEST, name="list_of_all", condition=Q(listed=True)),
            models.Index(
                F("statement"),
                F("sector"),
                *NOTABLES_THEN_NEWEST,
                name="list_of_a_sector",
                condition=Q(listed=True),
            ),
            models.Index(fields=["statement", "sort_key", "id"], name="list_by_name", condition=Q(listed=True)),
            models.Index(
                fields=["statement", "sector", "sort_key", "id"],
                name="list_of_a_sector_by_name",
                condition=Q(listed=True),
            ),
            models.Index(
                fields=["statement", "sort_key", "id"],
                name="organisations_by_name",
                condition=Q(listed=True, kind="organisation"),
            ),
            models.Index(
                F("statement"),
                *NOTABLES_THEN_NEWEST,
                name="list_of_organisations",
                condition=Q(listed=True, kind="organisation"),
            ),
            models.Index(
                fields=["statement", "confirmed_at", "id"],
                name="place_among_confirmed",
                condition=Q(counted=True),
            ),
            models.Index(fields=["statement", "state", "-id"], name="desk_by_state"),
            models.Index(fields=["id"], name="desk_hidden", condition=Q(hidden_at__isnull=False)),
            models.Index(fields=["id"], name="desk_notables", condition=Q(notable=True)),
            models.Index(fields=["logo"], name="signers_with_a_logo", condition=~Q(logo="")),
            models.Index(fields=["created_at"], name="pending_by_age", condition=Q(state="pending")),
            models.Index(fields=["statement", "created_at"], name="signed_lately"),
            models.Index(fields=["statement", "id"], name="want_updates", condition=Q(counted=True, updates=True)),
            models.Index(fields=["id"], name="waiting_for_review", condition=AWAITING_REVIEW),
            models.Index(fields=["domain", "created_at"], name="signers_of_a_domain", condition=~Q(domain="")),
            models.Index(fields=["network", "created_at"], name="signed_from_a_network", condition=~Q(network="")),
            models.Index(
                fields=["credit", "created_at"],
                name="same_long_credit",
                condition=Q(GreaterThanOrEqual(Length("credit"), MIN_LONG_CREDIT)),
            ),
            models.Index(fields=["created_at"], name="networks_to_forget", condition=~Q(network="")),
            models.Index(fields=["imported", "state"], name="of_an_import", condition=Q(imported__isnull=False)),
            models.Index(fields=["id"], name="came_by_a_link", condition=Q(came_by__isnull=False)),
            models.Index(fields=["resembles"], name="by_whom_they_resemble", condition=Q(resembles__isnull=False)),
            HashIndex(fields=["search_key"], name="namesakes"),
            # Covers every row, because the admin searches all of them. The limit keeps the index's list of pending
            # entries short: each search reads the whole list, and a writer has to merge it.
            GinIndex(
                OpClass(F("search_key"), name="gin_trgm_ops"), name="names_by_trigram", gin_pending_list_limit=512
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(_("(erased)"))

    def switches(self) -> Switches:
        """Needs no query if `look()` read the signature."""
        return Switches.from_row(self, self.statement_id)

    @property
    def is_organisation(self) -> bool:
        return self.kind == self.Kind.ORGANISATION

    @property
    def may_have_logo(self) -> bool:
        return self.is_organisation and self.state == self.State.CONFIRMED

    @property
    def website_host(self) -> str:
        return website.display_host(self.website) if self.website else ""

    @property
    def has_mandate(self) -> bool:
        """Returns whether the mailbox is at the organisation's own domain. False if that is unknown."""
        return has_mandate(self.mail_domain, self.website_domain)

    @property
    def face(self) -> str:
        """A hash of the published and proposed content, which shows whether it has changed."""
        content = "\0".join(getattr(self, field) for field in FACE)
        return sha256(content.encode()).hexdigest()[:CONTENT_HASH_LENGTH]

    @property
    def resembled_name(self) -> str:
        """The protected name that it resembles; empty if there is none or it is no longer protected."""
        with suppress(ObjectDoesNotExist):
            return self.resembles.name if self.resembles else ""
        return ""

    @property
    def referrer_code(self) -> str:
        """The code of the share link that led here. Empty if there was none or it cannot be decrypted."""
        with suppress(InvalidToken):
            return self.via or (mailbox.decrypt_address(self.came_by) if self.came_by else "")
        return ""

    @property
    def is_pending(self) -> bool:
        return self.state == self.State.PENDING

    @property
    def is_awaiting_review(self) -> bool:
        """True if the signature or a proposed correction needs a moderator's decision."""
        return self.state == self.State.HELD or self.proposed_at is not None

    @property
    def is_erased(self) -> bool:
        return self.erased_at is not None

    def set_mailbox(self, new_mailbox: Mailbox) -> None:
        super().set_mailbox(new_mailbox)
        self.domain = new_mailbox.domain_key

    def clear_identity_check(self) -> None:
        """Removes the notable mark and the identity check. Does not save."""
        self.notable, self.checked_how = False, ""
        if (check := getattr(self, "check_of", None)) is not None:
            check.delete()

    def with_proposal(self) -> "Signature":
        """Returns a copy with the proposed correction applied. Do not save the copy."""
        corrected = copy(self)
        if self.proposed_at is not None:
            corrected.rename(self.proposed_name)
            corrected.credit, corrected.quotation = self.proposed_credit, self.proposed_quotation
            if self.proposed_website:  # a correction cannot remove the website
                corrected.set_website(website.parse(self.proposed_website))
        return corrected

    def clear_proposal(self) -> None:
        """Does not save."""
        self.proposed_name = self.proposed_credit = self.proposed_quotation = self.proposed_website = ""
        self.proposed_at = self.asked_at = None

    def set_website(self, new_website: Website) -> None:
        """Does not save."""
        self.website, self.website_domain = new_website.url, new_website.domain

    def rename(self, name: str) -> None:
        """Sets the name together with the keys that find and order it. Does not save."""
        self.name = name
        self.search_key = search_keys.search_key(name) if name else ""
        self.sort_key = search_keys.sort_key(name)

    def place(self) -> int | None:
        """Returns the position among the confirmed signatures, from 1, by time of confirmation. Returns None if more
        than MAX_COUNTED_AFTER signatures followed, because counting them would be slow."""
        values = {
            "statement": self.statement_id,
            "moment": self.confirmed_at,
            "id": self.id,
            "most": MAX_COUNTED_AFTER + 1,
        }
        with connection.cursor() as cursor:
            cursor.execute(PLACE, values)
            counted, after = cursor.fetchone()
        return counted - after if after <= MAX_COUNTED_AFTER else None
