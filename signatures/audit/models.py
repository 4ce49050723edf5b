"""The audit log: what moderators and organisers did."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _

from signatures.web.known_choices import one_of

MAX_VALUE_LENGTH = 400


class AuditQuerySet(models.QuerySet["AuditEntry"]):
    def about(self, statement: models.Model) -> "AuditQuerySet":
        """Returns entries about the statement, and about the whole site."""
        return self.filter(Q(statement=statement) | Q(statement=None))

    def by_day(self) -> "QuerySet[AuditEntry, Any]":
        """Returns rows of day, action, public reason and total, newest day first."""
        days = self.annotate(day=TruncDate("created_at")).order_by("-day", "action", "told")
        return days.values("day", "action", "told").annotate(total=Sum("many"))


class AuditEntry(models.Model):
    """Records one action of an organiser, or a signer's own withdrawal or erasure (`actor` is empty). Entries are never
    changed; the database refuses it (sql/keep_audit_entries.sql).

    If no foreign key names the object of the action, `object_type` and `object_id` do: the name of a model and the id
    of its row, which may have been deleted. `details` holds other facts, such as counts; audit/admin.py has a label for
    each of its keys. Neither contains anything about a signer.
    """

    class Action(models.TextChoices):
        APPROVE = "approve", _("approve")
        REJECT = "reject", _("reject")
        ASK_FOR_PROOF = "ask_for_proof", _("ask for proof")
        RESTORE = "restore", _("undo the rejection")
        HIDE = "hide", _("hide")
        SHOW = "show", _("show")
        MARK_NOTABLE = "mark_notable", _("mark as notable")
        CHECK_IDENTITY = "check_identity", _("check the identity")
        UNMARK_NOTABLE = "unmark_notable", _("remove the notable mark")
        RESEND = "resend", _("send the link again")
        ACCEPT_CORRECTION = "accept_correction", _("accept the correction")
        REFUSE_CORRECTION = "refuse_correction", _("refuse the correction")
        QUOTE = "quote", _("change the quotation")
        SET_LOGO = "set_logo", _("change the logo")
        INVITE = "invite", _("invite")
        MAIL_INVITATIONS = "mail_invitations", _("email invitations")
        REVOKE = "revoke", _("revoke an invitation")
        REWORD = "reword", _("change the text")
        WITHDRAW = "withdraw", _("withdrawn by its signer")
        ERASE = "erase", _("erased by its signer")
        PUBLISH_UPDATE = "publish_update", _("publish an update")
        MAIL_UPDATE = "mail_update", _("email an update")
        RETRACT_UPDATE = "retract_update", _("retract an update")
        HOLD = "hold", _("hold for review")
        APPLY_RULE = "apply_rule", _("apply a rule")
        UNDO_RULE = "undo_rule", _("undo a rule")
        DECIDE_MANY = "decide_many", _("decide about a batch")
        UNDO_MANY = "undo_many", _("undo a batch decision")
        WEIGH = "weigh", _("change a weight")
        SWITCH_ON = "switch_on", _("turn a switch on")
        SWITCH_OFF = "switch_off", _("turn a switch off")
        EXPORT = "export", _("export signatures")
        MAKE_PACK = "make_pack", _("make a delivery bundle")
        DOWNLOAD_PACK = "download_pack", _("download a delivery bundle")
        IMPORT = "import", _("import signatures")
        SEND_IMPORT = "send_import", _("send the emails of an import")
        PACE_IMPORT = "pace_import", _("change the sending rate of an import")
        PAUSE_IMPORT = "pause_import", _("pause an import")
        STOP_IMPORT = "stop_import", _("stop an import")
        ADD = "add", _("add")
        CHANGE = "change", _("change")
        DELETE = "delete", _("delete")
        SIGN_IN = "sign_in", _("log in")

    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    action = models.CharField(_("action"), max_length=20, choices=Action.choices)
    signature = models.ForeignKey(
        "signatures.Signature", models.PROTECT, null=True, related_name="audit", verbose_name=_("signature")
    )
    statement = models.ForeignKey(
        "signatures.Statement",
        models.PROTECT,
        null=True,
        related_name="audit",
        verbose_name=_("statement"),
        db_index=False,
    )
    rule = models.ForeignKey(
        "signatures.Rule", models.PROTECT, null=True, blank=True, related_name="audit", verbose_name=_("rule")
    )
    object_type = models.CharField(_("type of object"), max_length=40, blank=True, default="", db_default="")
    object_id = models.BigIntegerField(_("ID of the object"), null=True, blank=True)
    subject = models.CharField(_("about"), max_length=200, blank=True, default="", db_default="")
    many = models.PositiveIntegerField(_("signatures"), default=1, db_default=1)
    reason = models.CharField(_("reason"), max_length=300)
    phrase = models.ForeignKey(
        "signatures.Phrase", models.PROTECT, null=True, related_name="+", verbose_name=_("text for the signer")
    )
    told = models.CharField(_("public reason"), max_length=200, blank=True, default="", db_default="")
    before = models.CharField(_("before"), max_length=MAX_VALUE_LENGTH, blank=True)
    after = models.CharField(_("after"), max_length=MAX_VALUE_LENGTH, blank=True)
    details = models.JSONField(_("details"), default=dict, blank=True)
    created_at = models.DateTimeField(_("at"))

    objects = AuditQuerySet.as_manager()

    @one_of(action=Action.values)
    class Meta:
        verbose_name, verbose_name_plural = _("audit entry"), _("audit log")
        ordering = ["-id"]
        indexes = [models.Index(fields=["statement", "-created_at"], name="audit_of_a_statement")]

    def __str__(self) -> str:
        return f"{self.get_action_display()}: {self.reason}"
