from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("signatures", "0059_corrected_websites"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="rulemark",
            name="state",
            field=models.CharField(
                choices=[
                    ("pending", "pending"),
                    ("confirmed", "confirmed"),
                    ("held", "held"),
                    ("rejected", "rejected"),
                    ("withdrawn", "withdrawn"),
                ],
                max_length=10,
                verbose_name="state before",
            ),
        ),
        migrations.AlterField(
            model_name="signature",
            name="checked_how",
            field=models.CharField(
                blank=True,
                choices=[
                    ("own_domain", "mail from their own domain"),
                    ("agent", "their agent confirmed it"),
                    ("guild", "their guild confirmed it"),
                    ("video_call", "a video call"),
                    ("public_post", "a public post of theirs"),
                    ("invitation", "invited in person"),
                ],
                db_default="",
                default="",
                max_length=12,
                verbose_name="how their identity was checked",
            ),
        ),
        migrations.AlterField(
            model_name="tally",
            name="kind",
            field=models.CharField(
                choices=[("person", "person"), ("organisation", "organisation")], max_length=12, verbose_name="kind"
            ),
        ),
        migrations.AlterField(
            model_name="tallyentry",
            name="kind",
            field=models.CharField(
                choices=[("person", "person"), ("organisation", "organisation")], max_length=12, verbose_name="kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="auditentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "action__in",
                        [
                            "approve",
                            "reject",
                            "ask_for_proof",
                            "restore",
                            "hide",
                            "show",
                            "mark_notable",
                            "check_identity",
                            "unmark_notable",
                            "resend",
                            "accept_correction",
                            "refuse_correction",
                            "quote",
                            "set_logo",
                            "invite",
                            "mail_invitations",
                            "revoke",
                            "reword",
                            "withdraw",
                            "erase",
                            "publish_update",
                            "mail_update",
                            "retract_update",
                            "hold",
                            "apply_rule",
                            "undo_rule",
                            "decide_many",
                            "undo_many",
                            "weigh",
                            "switch_on",
                            "switch_off",
                            "export",
                            "make_pack",
                            "download_pack",
                            "import",
                            "send_import",
                            "pace_import",
                            "pause_import",
                            "stop_import",
                            "add",
                            "change",
                            "delete",
                            "sign_in",
                        ],
                    )
                ),
                name="auditentry_action_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkdecision",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["approve", "ask", "reject"])), name="bulkdecision_kind_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkdecision",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["applying", "applied", "undoing", "undone"])),
                name="bulkdecision_status_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__in", ["waiting", "done", "left", "restored", "kept"])),
                name="bulkitem_outcome_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="check",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("method__in", ["own_domain", "agent", "guild", "video_call", "public_post", "invitation"])
                ),
                name="check_method_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="deliverypack",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["asked", "making", "ready", "failed"])),
                name="deliverypack_status_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="import",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        ["reading", "read", "checking", "checked", "running", "paused", "done", "stopped", "refused"],
                    )
                ),
                name="import_status_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="import",
            constraint=models.CheckConstraint(
                condition=models.Q(("visibility__in", ["public", "anonymous"])), name="import_visibility_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="importline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["heading", "unseen", "ready", "bad", "double", "known", "silent", "brought"])
                ),
                name="importline_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(("expires_at__gt", models.F("created_at"))),
                name="an_invitation_expires_after_it_is_written",
            ),
        ),
        migrations.AddConstraint(
            model_name="mail",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "confirm",
                            "already_signed",
                            "own_page",
                            "approved",
                            "correction_decided",
                            "update",
                            "reminder",
                            "proof_asked",
                            "invitation",
                        ],
                    )
                ),
                name="mail_kind_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="mail",
            constraint=models.CheckConstraint(
                condition=models.Q(("priority__in", [0, 5, 9])), name="mail_priority_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="mail",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["queued", "sent", "failed", "cancelled"])),
                name="mail_status_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="mailevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["bounced", "complained", "unsubscribed"])),
                name="mailevent_kind_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="page",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["about", "privacy", "accessibility", "imprint"])),
                name="page_kind_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="phrase",
            constraint=models.CheckConstraint(
                condition=models.Q(("use__in", ["reject", "ask"])), name="phrase_use_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="protectedname",
            constraint=models.CheckConstraint(
                condition=models.Q(("source__in", ["starter", "organiser", "notable"])),
                name="protectedname_source_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="rule",
            constraint=models.CheckConstraint(
                condition=models.Q(("act__in", ["hold", "reject", "hide"])), name="rule_act_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="rule",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["draft", "applying", "applied", "undoing", "undone"])),
                name="rule_status_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="rulemark",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["pending", "confirmed", "held", "rejected", "withdrawn"])),
                name="rulemark_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["pending", "confirmed", "held", "rejected", "withdrawn"])),
                name="signature_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["person", "organisation"])), name="signature_kind_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.CheckConstraint(
                condition=models.Q(("visibility__in", ["public", "anonymous"])), name="signature_visibility_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("checked_how__in", ["", "own_domain", "agent", "guild", "video_call", "public_post", "invitation"])
                ),
                name="signature_checked_how_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.CheckConstraint(
                condition=models.Q(("accent", ""), ("accent__regex", "^#[0-9a-f]{6}$"), _connector="OR"),
                name="an_accent_is_a_colour",
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.CheckConstraint(
                condition=models.Q(("accent_dark", ""), ("accent_dark__regex", "^#[0-9a-f]{6}$"), _connector="OR"),
                name="a_dark_accent_is_a_colour",
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["draft", "open", "closed"])), name="statement_state_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="suppression",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason__in", ["not_me", "no_mail", "refused", "bounced", "complained"])),
                name="suppression_reason_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="switch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("name__in", ["pause_signing", "pause_mail", "hide_names", "read_only", "review_everything"])
                ),
                name="switch_name_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="tally",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["person", "organisation"])), name="tally_kind_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="tallyentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["person", "organisation"])), name="tallyentry_kind_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="weight",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "flag__in",
                        [
                            "protected_name",
                            "burst",
                            "honeypot",
                            "no_proof",
                            "network",
                            "domain",
                            "disposable",
                            "name_shape",
                            "same_credit",
                            "too_quick",
                            "mandate",
                            "signed_before",
                            "demonstration",
                        ],
                    )
                ),
                name="weight_flag_is_known",
            ),
        ),
    ]
