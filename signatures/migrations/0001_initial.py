import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models

import signatures.models.languages
import signatures.models.sector
import signatures.models.statement


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        TrigramExtension(),
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                (
                    "name",
                    models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="name"),
                ),
                ("beat_at", models.DateTimeField(verbose_name="last seen at")),
            ],
        ),
        migrations.CreateModel(
            name="Sector",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                (
                    "slug",
                    models.SlugField(
                        unique=True,
                        validators=[signatures.models.sector.no_reserved_sector],
                        verbose_name="address",
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name in English")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
            ],
            options={
                "verbose_name": "sector",
                "verbose_name_plural": "sectors",
                "ordering": ["position", "slug"],
            },
        ),
        migrations.CreateModel(
            name="Suppression",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                (
                    "mailbox_digest",
                    models.BinaryField(max_length=32, unique=True, verbose_name="digest of the mailbox"),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("not_me", "its owner said: not me"),
                            ("refused", "its server refuses mail for it"),
                        ],
                        max_length=10,
                        verbose_name="reason",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="created at")),
            ],
            options={
                "verbose_name": "suppressed mailbox",
                "verbose_name_plural": "suppressed mailboxes",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="OfferedSector",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                (
                    "sector",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offers",
                        to="signatures.sector",
                        verbose_name="sector",
                    ),
                ),
            ],
            options={
                "verbose_name": "offered sector",
                "verbose_name_plural": "offered sectors",
                "ordering": ["position", "id"],
            },
        ),
        migrations.CreateModel(
            name="Statement",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                (
                    "slug",
                    models.SlugField(
                        max_length=80,
                        unique=True,
                        validators=[signatures.models.statement.no_reserved_slug],
                        verbose_name="address",
                    ),
                ),
                (
                    "language",
                    signatures.models.languages.LanguageField(
                        default="en", max_length=12, verbose_name="original language"
                    ),
                ),
                ("organiser", models.CharField(max_length=200, verbose_name="put forward by")),
                (
                    "contact",
                    models.EmailField(
                        help_text="Shown to everyone: where questions and press go.",
                        max_length=254,
                        verbose_name="contact",
                    ),
                ),
                ("goal", models.PositiveIntegerField(blank=True, null=True, verbose_name="goal")),
                ("opens_at", models.DateTimeField(verbose_name="opens at")),
                ("closes_at", models.DateTimeField(blank=True, null=True, verbose_name="closes at")),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "draft"), ("open", "open"), ("closed", "closed")],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("is_featured", models.BooleanField(default=False, verbose_name="shown at the front")),
                (
                    "review_everything",
                    models.BooleanField(
                        default=False,
                        help_text="A confirmed signature is neither counted nor shown before a moderator approves it.",
                        verbose_name="review everything",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                (
                    "sectors",
                    models.ManyToManyField(
                        related_name="statements", through="signatures.OfferedSector", to="signatures.sector"
                    ),
                ),
            ],
            options={
                "verbose_name": "statement",
                "verbose_name_plural": "statements",
                "ordering": ["-opens_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Signature",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                (
                    "language",
                    signatures.models.languages.LanguageField(max_length=12, verbose_name="language"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("person", "person"), ("organisation", "organisation")],
                        default="person",
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=120, verbose_name="name")),
                ("credit", models.CharField(blank=True, max_length=160, verbose_name="credit")),
                ("organisation", models.CharField(blank=True, max_length=160, verbose_name="organisation")),
                ("updates", models.BooleanField(default=False, verbose_name="wants updates")),
                ("mailbox", models.BinaryField(blank=True, null=True, verbose_name="mailbox, encrypted")),
                (
                    "mailbox_digest",
                    models.BinaryField(blank=True, max_length=32, null=True, verbose_name="digest of the mailbox"),
                ),
                ("digest_key", models.CharField(blank=True, max_length=8, verbose_name="key of the digest")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "pending"),
                            ("confirmed", "confirmed"),
                            ("held", "held"),
                            ("rejected", "rejected"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="pending",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "visibility",
                    models.CharField(
                        choices=[("public", "shown in the list"), ("anonymous", "counted, not shown")],
                        default="public",
                        max_length=10,
                        verbose_name="visibility",
                    ),
                ),
                ("hidden_at", models.DateTimeField(blank=True, null=True, verbose_name="hidden at")),
                ("notable", models.BooleanField(default=False, verbose_name="notable")),
                (
                    "flags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="flags",
                    ),
                ),
                ("generation", models.PositiveIntegerField(default=1, verbose_name="generation")),
                ("proposed_name", models.CharField(blank=True, max_length=120, verbose_name="proposed name")),
                (
                    "proposed_credit",
                    models.CharField(blank=True, max_length=160, verbose_name="proposed credit"),
                ),
                (
                    "proposed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="correction proposed at"),
                ),
                ("search_key", models.TextField(blank=True, db_collation="C", editable=False)),
                ("created_at", models.DateTimeField(verbose_name="signed at")),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="confirmed at")),
                ("erased_at", models.DateTimeField(blank=True, null=True, verbose_name="erased at")),
                (
                    "counted",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Q(("state", "confirmed")),
                        output_field=models.BooleanField(verbose_name="counted"),
                    ),
                ),
                (
                    "listed",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Q(
                            ("state", "confirmed"), ("visibility", "public"), ("hidden_at__isnull", True)
                        ),
                        output_field=models.BooleanField(verbose_name="listed"),
                    ),
                ),
                (
                    "sector",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signatures",
                        to="signatures.sector",
                        verbose_name="sector",
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signatures",
                        to="signatures.statement",
                        verbose_name="statement",
                    ),
                ),
            ],
            options={
                "verbose_name": "signature",
                "verbose_name_plural": "signatures",
                "ordering": ["-id"],
                "permissions": [
                    ("view_mailbox", "Can see and search mailboxes"),
                    ("moderate_signature", "Can moderate signatures"),
                ],
            },
        ),
        migrations.AddField(
            model_name="offeredsector",
            name="statement",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="offers",
                to="signatures.statement",
                verbose_name="statement",
            ),
        ),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("approve", "approve"),
                            ("reject", "reject"),
                            ("hide", "hide"),
                            ("show", "show"),
                            ("mark_notable", "mark as notable"),
                            ("unmark_notable", "no longer notable"),
                            ("resend", "send the link again"),
                            ("accept_correction", "accept the correction"),
                            ("refuse_correction", "refuse the correction"),
                            ("reword", "change the text"),
                        ],
                        max_length=20,
                        verbose_name="action",
                    ),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="reason")),
                ("before", models.CharField(blank=True, max_length=40, verbose_name="before")),
                ("after", models.CharField(blank=True, max_length=40, verbose_name="after")),
                ("created_at", models.DateTimeField(verbose_name="at")),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "signature",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="audit",
                        to="signatures.signature",
                        verbose_name="signature",
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="audit",
                        to="signatures.statement",
                        verbose_name="statement",
                    ),
                ),
            ],
            options={
                "verbose_name": "audit entry",
                "verbose_name_plural": "audit log",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Tally",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("kind", models.CharField(max_length=12, verbose_name="kind")),
                ("counted", models.IntegerField(verbose_name="counted")),
                ("listed", models.IntegerField(verbose_name="listed")),
                (
                    "sector",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="signatures.sector",
                        verbose_name="sector",
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="signatures.statement",
                        verbose_name="statement",
                    ),
                ),
            ],
            options={
                "verbose_name": "tally",
                "verbose_name_plural": "tallies",
            },
        ),
        migrations.CreateModel(
            name="TallyEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("kind", models.CharField(max_length=12, verbose_name="kind")),
                ("counted", models.IntegerField(verbose_name="counted")),
                ("listed", models.IntegerField(verbose_name="listed")),
                (
                    "sector",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="signatures.sector",
                        verbose_name="sector",
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="signatures.statement",
                        verbose_name="statement",
                    ),
                ),
            ],
            options={
                "verbose_name": "tally entry",
                "verbose_name_plural": "tally entries",
            },
        ),
        migrations.CreateModel(
            name="Version",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                (
                    "language",
                    signatures.models.languages.LanguageField(max_length=12, verbose_name="language"),
                ),
                ("text", models.TextField(verbose_name="text")),
                ("html", models.TextField(verbose_name="HTML")),
                ("digest", models.CharField(max_length=64, verbose_name="SHA-256")),
                (
                    "reason",
                    models.CharField(blank=True, max_length=300, verbose_name="reason for the change"),
                ),
                ("created_at", models.DateTimeField(verbose_name="written at")),
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="signatures.statement",
                        verbose_name="statement",
                    ),
                ),
            ],
            options={
                "verbose_name": "version",
                "verbose_name_plural": "versions",
                "ordering": ["-created_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Translation",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                (
                    "language",
                    signatures.models.languages.LanguageField(max_length=12, verbose_name="language"),
                ),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("addressee", models.CharField(blank=True, max_length=200, verbose_name="addressee")),
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="translations",
                        to="signatures.statement",
                        verbose_name="statement",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to="signatures.version",
                        verbose_name="current version",
                    ),
                ),
            ],
            options={
                "verbose_name": "translation",
                "verbose_name_plural": "translations",
                "ordering": ["id"],
            },
        ),
        migrations.AddField(
            model_name="signature",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="signatures",
                to="signatures.version",
                verbose_name="version",
            ),
        ),
        migrations.CreateModel(
            name="SectorTranslation",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                (
                    "language",
                    signatures.models.languages.LanguageField(max_length=12, verbose_name="language"),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                (
                    "sector",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="translations",
                        to="signatures.sector",
                        verbose_name="sector",
                    ),
                ),
            ],
            options={
                "verbose_name": "translation",
                "verbose_name_plural": "translations",
                "ordering": ["language"],
                "constraints": [
                    models.UniqueConstraint(fields=("sector", "language"), name="one_sector_name_per_language")
                ],
            },
        ),
        migrations.CreateModel(
            name="Mail",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("confirm", "link to confirm"),
                            ("already_signed", "already signed"),
                            ("own_page", "link to one's own page"),
                            ("approved", "approved"),
                            ("correction_decided", "correction decided"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                (
                    "language",
                    signatures.models.languages.LanguageField(max_length=12, verbose_name="language"),
                ),
                ("generation", models.PositiveIntegerField(verbose_name="generation")),
                (
                    "mailbox_digest",
                    models.BinaryField(max_length=32, null=True, verbose_name="digest of the mailbox"),
                ),
                (
                    "priority",
                    models.SmallIntegerField(choices=[(0, "first"), (5, "later")], default=5, verbose_name="priority"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("queued", "queued"),
                            ("sent", "sent"),
                            ("failed", "failed"),
                            ("cancelled", "cancelled"),
                        ],
                        default="queued",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("due_at", models.DateTimeField(verbose_name="due at")),
                ("next_attempt_at", models.DateTimeField(verbose_name="next attempt at")),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                (
                    "last_error",
                    models.CharField(blank=True, max_length=300, verbose_name="last answer of the mail server"),
                ),
                ("message_id", models.CharField(max_length=100, unique=True, verbose_name="Message-ID")),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="sent at")),
                (
                    "signature",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mails",
                        to="signatures.signature",
                        verbose_name="signature",
                    ),
                ),
            ],
            options={
                "verbose_name": "mail",
                "verbose_name_plural": "mails",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "queued")),
                        fields=["priority", "next_attempt_at", "id"],
                        name="mails_due",
                    ),
                    models.Index(fields=["mailbox_digest", "-due_at"], name="mails_of_a_mailbox"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "sent"), _negated=True),
                            ("sent_at__isnull", False),
                            _connector="OR",
                        ),
                        name="sent_has_its_moment",
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_featured", True)),
                fields=("is_featured",),
                name="one_statement_is_featured",
                violation_error_message="Another statement is shown at the front: take it off first.",
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("closes_at__isnull", True), ("closes_at__gt", models.F("opens_at")), _connector="OR"
                ),
                name="a_statement_closes_after_it_opens",
                violation_error_message="A statement closes after it opens.",
            ),
        ),
        migrations.AddConstraint(
            model_name="offeredsector",
            constraint=models.UniqueConstraint(fields=("statement", "sector"), name="a_sector_is_offered_once"),
        ),
        migrations.AddConstraint(
            model_name="tally",
            constraint=models.UniqueConstraint(
                fields=("statement", "sector", "kind"), name="one_tally_per_sector_and_kind"
            ),
        ),
        migrations.AddIndex(
            model_name="tallyentry",
            index=models.Index(fields=["statement"], name="entries_of_a_statement"),
        ),
        migrations.AddIndex(
            model_name="version",
            index=models.Index(fields=["statement", "language", "-id"], name="versions_of_a_language"),
        ),
        migrations.AddConstraint(
            model_name="translation",
            constraint=models.UniqueConstraint(fields=("statement", "language"), name="one_translation_per_language"),
        ),
        migrations.AddIndex(
            model_name="signature",
            index=models.Index(
                models.F("statement"),
                models.OrderBy(models.F("notable"), descending=True),
                models.OrderBy(models.F("confirmed_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("listed", True)),
                name="list_of_all",
            ),
        ),
        migrations.AddIndex(
            model_name="signature",
            index=models.Index(
                models.F("statement"),
                models.F("sector"),
                models.OrderBy(models.F("notable"), descending=True),
                models.OrderBy(models.F("confirmed_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("listed", True)),
                name="list_of_a_sector",
            ),
        ),
        migrations.AddIndex(
            model_name="signature",
            index=models.Index(
                condition=models.Q(("counted", True)),
                fields=["statement", "confirmed_at", "id"],
                name="place_among_confirmed",
            ),
        ),
        migrations.AddIndex(
            model_name="signature",
            index=models.Index(fields=["statement", "state", "-id"], name="desk_by_state"),
        ),
        migrations.AddIndex(
            model_name="signature",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(models.F("search_key"), name="gin_trgm_ops"),
                condition=models.Q(("listed", True)),
                name="search_by_trigram",
            ),
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.UniqueConstraint(
                fields=("statement", "mailbox_digest"), name="one_signature_per_mailbox"
            ),
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "confirmed"), _negated=True),
                    ("confirmed_at__isnull", False),
                    _connector="OR",
                ),
                name="confirmed_has_its_moment",
            ),
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("erased_at__isnull", True),
                        ("mailbox__isnull", False),
                        ("mailbox_digest__isnull", False),
                    ),
                    models.Q(
                        ("erased_at__isnull", False),
                        ("mailbox__isnull", True),
                        ("mailbox_digest__isnull", True),
                        ("name", ""),
                    ),
                    _connector="OR",
                ),
                name="erased_leaves_no_mailbox_and_no_name",
            ),
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("erased_at__isnull", True), ("state__in", ["withdrawn", "rejected"]), _connector="OR"
                ),
                name="erased_is_not_counted",
            ),
        ),
    ]
