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
                condition=models.Func(
                    models.F("action"),
                    models.Value(
                        '{"approve","reject","ask_for_proof","restore","hide","show","mark_notable","check_identity","unmark_notable","resend","accept_correction","refuse_correction","quote","set_logo","invite","mail_invitations","revoke","reword","withdraw","erase","publish_update","mail_update","retract_update","hold","apply_rule","undo_rule","decide_many","undo_many","weigh","switch_on","switch_off","export","make_pack","download_pack","import","send_import","pace_import","pause_import","stop_import","add","change","delete","sign_in"}'
                    ),
                    arg_joiner=" = ANY (",
                    output_field=models.BooleanField(),
                    template="(%(expressions)s::text[]))",
                ),
                name="auditentry_action_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkdecision",
            constraint=models.CheckConstraint(
                condition=models.Func(
                    models.F("kind"),
                    models.Value('{"approve","ask","reject"}'),
                    arg_joiner=" = ANY (",
                    output_field=models.BooleanField(),
                    template="(%(expressions)s::text[]))",
                ),
                name="bulkdecision_kind_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkdecision",
            constraint=models.CheckConstraint(
                condition=models.Func(
                    models.F("status"),
                    models.Value('{"applying","applied","undoing","undone"}'),
                    arg_joiner=" = ANY (",
                    output_field=models.BooleanField(),
                    template="(%(expressions)s::text[]))",
                ),
                name="bulkdecision_status_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkitem",
            constraint=models.CheckConstraint(
                condition=models.Func(
                    models.F("outcome"),
                    models.Value('{"waiting","done","left","restored","kept"}'),
                    arg_joiner=" = ANY (",
                    output_field=models.BooleanField(),
                    template="(%(expressions)s::text[]))",
                ),
                name="bulkitem_outcome_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="check",
            constraint=models.CheckConstraint(
                condition=models.Func(
                    models.F("method"),
                    models.Value('{"own_domain","agent","guild","video_call","public_post","invitation"}'),
                    arg_joiner=" = ANY (",
                    output_field=models.BooleanField(),
                    template="(%(expressions)s::text[]))",
                ),
                name="check_method_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="deliverypack",
            constraint=models.CheckConstraint(
                condition=models.Func(
                    models.F("status"),
                    models.Value('{"asked","making","ready","failed"}'),
                    arg_joiner=" = ANY (",
                    output_field=models.BooleanField(),
                    template="(%(expressions)s::text[]))",
                ),
                name="deliverypack_status_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="import",
            constraint=models.CheckConstraint(
                condition=models.Func(
                    models.F("status"),
                    models.Value(
                        '{"reading","read","checking","checked","running","paused","done","stopped","refused"}'
                    ),
                    arg_joiner=" = ANY (",
                    output_field=models.BooleanField(),
                    template="(%(expressions)s::text[]))",
                ),
                name="import_status_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="import",
            constraint=models.CheckConstraint(
                condition=models.Func(
                    models.F("visibility"),
                    models.Value('{"public","anonymous"}'),
                    arg_joiner=" = ANY (",
                    output_field=models.BooleanField(),
                    template="(%(expressions)s::text[]))",
                ),
                name="import_visibility_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="importline",
            constraint=models.CheckConstraint(
                condition=models.Func(
                    models.F("state"),
                    models.Value('{"heading","unseen","ready","bad","double","known","silent","brought"}'),
                    arg_joiner=" = ANY (",
                    output_field=models.BooleanField(),
                    template="(%(expressions)s::text[]))",
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
                condition=models.Func(
                    models.F("kind"),
                    models.Value(
                        '{"confirm","already_signed","own_page","approved","correction_decided","update","reminder","proof_asked","invitation"}'
                    ),
                    arg_joiner=" = ANY (",
                    output_field=models.BooleanField(),
                    template="(%(expressions)s::text[]))",
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
                condition=models.Func(
                    models.F("status"),
                    models.Value('{"queued","sent","failed","cancelled"}'),
                    arg_joiner=" = ANY (",
                    output_field=models.BooleanField(),
                    template="(%(expressions)s::text[]))",
                ),
                name="mail_status_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="mailevent",
            constraint=models.CheckConstraint(
                condition=models.Func(
                    models.F("kind"),
                    models.Value('{"bounced","complained","unsubscribed"}'),
                    arg_joiner=" = ANY (",
                    output_field=models.BooleanField(),
                    template="(%(expressions)s::text[]))",
                ),
                name="mailevent_kind_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="page",
            constraint=models.CheckConstraint(
                condition=models.Func(
                    models.F("kind"),
                    models.Value('{"about","privacy","accessibility","imprint"}'),
                    arg_joiner=" = ANY (",
                    output_field=models.BooleanField(),
                    template="(%(expressions)s::text[]))",
                ),
                name="page_kind_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="phrase",
            constraint=models.CheckConstraint(
                condition=models.Func(
                    models.F("use"),
                    models.Value('{"reject","ask"}'),
                    arg_joiner=" = ANY (",
                    output_field=models.BooleanField(),
                    template="(%(expressions)s::text[]))",
                ),
                name="phrase_use_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="protectedname",
            constraint=models.CheckConstraint(
                condition=models.Func(
                    models.F("source"),
                    models.Value('{"starter","organiser","notable"}'),
                    arg_joiner=" = ANY (",
                    output_field=models.BooleanField(),
                    template="(%(expressions)s::text[]))",
                ),
                name="protectedname_source_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="rule",
            constraint=models.CheckConstraint(
                condition=models.Func(
                    models.F("act"),
                    models.Value('{"hold","reject","hide"}'),
                    arg_joiner=" = ANY (",
                    output_field=models.BooleanField(),
                    template="(%(expressions)s::text[]))",
                ),
                name="rule_act_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="rule",
            constraint=models.CheckConstraint(
                condition=models.Func(
                    models.F("status"),
                    models.Value('{"draft","applying","applied","undoing","undone"}'),
                    arg_joiner=" = ANY (",
                    output_field=models.BooleanField(),
                    template="(%(expressions)s::text[]))",
                ),
                name="rule_status_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="rulemark",
            constraint=models.CheckConstraint(
                condition=models.Func(
                    models.F("state"),
                    models.Value('{"pending","confirmed","held","rejected","withdrawn"}'),
                    arg_joiner=" = ANY (",
                    output_field=models.BooleanField(),
                    template="(%(expressions)s::text[]))",
                ),
                name="rulemark_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.CheckConstraint(
                condition=models.Func(
                    models.F("state"),
                    models.Value('{"pending","confirmed","held","rejected","withdrawn"}'),
                    arg_joiner=" = ANY (",
                    output_field=models.BooleanField(),
                    template="(%(expressions)s::text[]))",
                ),
                name="signature_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.CheckConstraint(
                condition=models.Func(
                    models.F("kind"),
                    models.Value('{"person","organisation"}'),
                    arg_joiner=" = ANY (",
                    output_field=models.BooleanField(),
                    template="(%(expressions)s::text[]))",
                ),
                name="signature_kind_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.CheckConstraint(
                condition=models.Func(
                    models.F("visibility"),
                    models.Value('{"public","anonymous"}'),
                    arg_joiner=" = ANY (",
                    output_field=models.BooleanField(),
                    template="(%(expressions)s::text[]))",
                ),
                name="signature_visibility_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.CheckConstraint(
                condition=models.Func(
                    models.F("checked_how"),
                    models.Value('{"","own_domain","agent","guild","video_call","public_post","invitation"}'),
                    arg_joiner=" = ANY (",
                    output_field=models.BooleanField(),
                    template="(%(expressions)s::text[]))",
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
                condition=models.Func(
                    models.F("state"),
                    models.Value('{"draft","open","closed"}'),
                    arg_joiner=" = ANY (",
                    output_field=models.BooleanField(),
                    template="(%(expressions)s::text[]))",
                ),
                name="statement_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="suppression",
            constraint=models.CheckConstraint(
                condition=models.Func(
                    models.F("reason"),
                    models.Value('{"not_me","no_mail","refused","bounced","complained"}'),
                    arg_joiner=" = ANY (",
                    output_field=models.BooleanField(),
                    template="(%(expressions)s::text[]))",
                ),
                name="suppression_reason_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="switch",
            constraint=models.CheckConstraint(
                condition=models.Func(
                    models.F("name"),
                    models.Value('{"pause_signing","pause_mail","hide_names","read_only","review_everything"}'),
                    arg_joiner=" = ANY (",
                    output_field=models.BooleanField(),
                    template="(%(expressions)s::text[]))",
                ),
                name="switch_name_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="tally",
            constraint=models.CheckConstraint(
                condition=models.Func(
                    models.F("kind"),
                    models.Value('{"person","organisation"}'),
                    arg_joiner=" = ANY (",
                    output_field=models.BooleanField(),
                    template="(%(expressions)s::text[]))",
                ),
                name="tally_kind_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="tallyentry",
            constraint=models.CheckConstraint(
                condition=models.Func(
                    models.F("kind"),
                    models.Value('{"person","organisation"}'),
                    arg_joiner=" = ANY (",
                    output_field=models.BooleanField(),
                    template="(%(expressions)s::text[]))",
                ),
                name="tallyentry_kind_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="weight",
            constraint=models.CheckConstraint(
                condition=models.Func(
                    models.F("flag"),
                    models.Value(
                        '{"protected_name","burst","honeypot","no_proof","network","domain","disposable","name_shape","same_credit","too_quick","mandate","signed_before","demonstration"}'
                    ),
                    arg_joiner=" = ANY (",
                    output_field=models.BooleanField(),
                    template="(%(expressions)s::text[]))",
                ),
                name="weight_flag_is_known",
            ),
        ),
    ]
