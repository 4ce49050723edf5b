import django.db.models.deletion
from django.db import migrations, models

import signatures.models.sector
import signatures.models.share
import signatures.models.statement


class Migration(migrations.Migration):
    dependencies = [
        ("signatures", "0061_audit_objects"),
    ]

    operations = [
        migrations.AlterField(
            model_name="auditentry",
            name="statement",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="audit",
                to="signatures.statement",
                verbose_name="statement",
            ),
        ),
        migrations.AlterField(
            model_name="importline",
            name="of",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="rows",
                to="signatures.import",
                verbose_name="import",
            ),
        ),
        migrations.AlterField(
            model_name="mail",
            name="message_id",
            field=models.CharField(max_length=100, verbose_name="Message-ID"),
        ),
        migrations.AlterField(
            model_name="mailevent",
            name="mark",
            field=models.CharField(max_length=64),
        ),
        migrations.AlterField(
            model_name="offeredsector",
            name="statement",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="offers",
                to="signatures.statement",
                verbose_name="statement",
            ),
        ),
        migrations.AlterField(
            model_name="phrasetranslation",
            name="phrase",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="translations",
                to="signatures.phrase",
                verbose_name="ready answer",
            ),
        ),
        migrations.AlterField(
            model_name="rulemark",
            name="rule",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="marks",
                to="signatures.rule",
                verbose_name="rule",
            ),
        ),
        migrations.AlterField(
            model_name="sector",
            name="slug",
            field=models.SlugField(
                db_index=False, validators=[signatures.models.sector.no_reserved_sector], verbose_name="address"
            ),
        ),
        migrations.AlterField(
            model_name="sectortranslation",
            name="sector",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="translations",
                to="signatures.sector",
                verbose_name="sector",
            ),
        ),
        migrations.AlterField(
            model_name="share",
            name="code",
            field=models.CharField(default=signatures.models.share.new_code, max_length=16),
        ),
        migrations.AlterField(
            model_name="sharepicture",
            name="statement",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="pictures",
                to="signatures.statement",
                verbose_name="statement",
            ),
        ),
        migrations.AlterField(
            model_name="signature",
            name="statement",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="signatures",
                to="signatures.statement",
                verbose_name="statement",
            ),
        ),
        migrations.AlterField(
            model_name="skip",
            name="signature",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="signatures.signature"
            ),
        ),
        migrations.AlterField(
            model_name="statement",
            name="slug",
            field=models.SlugField(
                db_index=False,
                max_length=80,
                validators=[signatures.models.statement.no_reserved_slug],
                verbose_name="address",
            ),
        ),
        migrations.AlterField(
            model_name="tally",
            name="sector",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="signatures.sector",
                verbose_name="sector",
            ),
        ),
        migrations.AlterField(
            model_name="tally",
            name="statement",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="signatures.statement",
                verbose_name="statement",
            ),
        ),
        migrations.AlterField(
            model_name="tallyentry",
            name="sector",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="signatures.sector",
                verbose_name="sector",
            ),
        ),
        migrations.AlterField(
            model_name="tallyentry",
            name="statement",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="signatures.statement",
                verbose_name="statement",
            ),
        ),
        migrations.AlterField(
            model_name="translation",
            name="statement",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="translations",
                to="signatures.statement",
                verbose_name="statement",
            ),
        ),
        migrations.AlterField(
            model_name="update",
            name="statement",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="news",
                to="signatures.statement",
                verbose_name="statement",
            ),
        ),
        migrations.AlterField(
            model_name="updatetranslation",
            name="update",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="translations",
                to="signatures.update",
                verbose_name="update",
            ),
        ),
        migrations.AlterField(
            model_name="version",
            name="statement",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="versions",
                to="signatures.statement",
                verbose_name="statement",
            ),
        ),
        migrations.AlterField(
            model_name="weight",
            name="flag",
            field=models.CharField(
                choices=[
                    ("protected_name", "resembles a protected name"),
                    ("burst", "one of very many from one network"),
                    ("honeypot", "filled in a field that people do not see"),
                    ("no_proof", "came without a proof of work while many signed"),
                    ("network", "many from its network within an hour"),
                    ("domain", "more from its mail domain in an hour than in the day before"),
                    ("disposable", "a throw-away mailbox"),
                    ("name_shape", "a name that does not look like one"),
                    ("same_credit", "the same long credit over and over within an hour"),
                    ("too_quick", "confirmed within seconds of the mail"),
                    ("mandate", "an organisation, and its mailbox is not at its website"),
                    ("signed_before", "its organisation has signed already"),
                    ("demonstration", "made up for the demonstration"),
                ],
                max_length=40,
                verbose_name="sign",
            ),
        ),
        migrations.AddConstraint(
            model_name="mail",
            constraint=models.UniqueConstraint(fields=("message_id",), name="one_mail_per_message_id"),
        ),
        migrations.AddConstraint(
            model_name="mailevent",
            constraint=models.UniqueConstraint(fields=("mark",), name="one_mail_event_per_mark"),
        ),
        migrations.AddConstraint(
            model_name="sector",
            constraint=models.UniqueConstraint(fields=("slug",), name="one_sector_per_address"),
        ),
        migrations.AddConstraint(
            model_name="share",
            constraint=models.UniqueConstraint(fields=("code",), name="one_share_per_code"),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.UniqueConstraint(fields=("slug",), name="one_statement_per_address"),
        ),
        migrations.AddConstraint(
            model_name="weight",
            constraint=models.UniqueConstraint(fields=("flag",), name="one_weight_per_flag"),
        ),
    ]
