import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models

import signatures.identity.mailbox_fields
import signatures.signing.models.share
import signatures.statements.models.sector
import signatures.statements.models.statement
import signatures.web.languages.language_field


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("otp_totp", "0003_add_timestamps"),
        ("signatures", "0001_extensions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Signature",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "language",
                    signatures.web.languages.language_field.LanguageField(max_length=12, verbose_name="language"),
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
                (
                    "website",
                    models.CharField(blank=True, db_default="", default="", max_length=200, verbose_name="website"),
                ),
                (
                    "website_domain",
                    models.CharField(
                        blank=True, db_default="", default="", max_length=253, verbose_name="domain of the website"
                    ),
                ),
                (
                    "officer",
                    models.CharField(blank=True, db_default="", default="", max_length=120, verbose_name="signed by"),
                ),
                (
                    "officer_post",
                    models.CharField(blank=True, db_default="", default="", max_length=160, verbose_name="their post"),
                ),
                (
                    "logo",
                    models.CharField(
                        blank=True, db_default="", default="", editable=False, max_length=100, verbose_name="logo"
                    ),
                ),
                (
                    "quotation",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="Of a notable: their own words, shown with the first names.",
                        max_length=280,
                        verbose_name="quotation",
                    ),
                ),
                ("updates", models.BooleanField(default=False, verbose_name="wants updates")),
                ("via", models.CharField(blank=True, db_default="", default="", editable=False, max_length=16)),
                ("came_by", models.BinaryField(blank=True, null=True)),
                ("mailbox", models.BinaryField(blank=True, null=True, verbose_name="mailbox, encrypted")),
                (
                    "mailbox_digest",
                    models.BinaryField(blank=True, max_length=32, null=True, verbose_name="digest of the mailbox"),
                ),
                ("digest_key", models.CharField(blank=True, max_length=8, verbose_name="key of the digest")),
                (
                    "domain",
                    models.CharField(
                        blank=True, db_default="", default="", max_length=12, verbose_name="key of the mailbox’s domain"
                    ),
                ),
                (
                    "network",
                    models.CharField(
                        blank=True, db_default="", default="", max_length=24, verbose_name="key of its network"
                    ),
                ),
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
                    "checked_name",
                    models.CharField(
                        blank=True,
                        help_text="It is not held for resembling a protected one again.",
                        max_length=120,
                        verbose_name="name that a moderator has checked",
                    ),
                ),
                (
                    "checked_how",
                    models.CharField(
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
                ("proposed_credit", models.CharField(blank=True, max_length=160, verbose_name="proposed credit")),
                (
                    "proposed_quotation",
                    models.CharField(
                        blank=True, db_default="", default="", max_length=280, verbose_name="proposed quotation"
                    ),
                ),
                (
                    "proposed_website",
                    models.CharField(
                        blank=True, db_default="", default="", max_length=200, verbose_name="proposed website"
                    ),
                ),
                ("proposed_at", models.DateTimeField(blank=True, null=True, verbose_name="correction proposed at")),
                ("asked_at", models.DateTimeField(blank=True, null=True, verbose_name="asked for proof at")),
                ("search_key", models.TextField(blank=True, db_collation="C", editable=False)),
                ("sort_key", models.TextField(blank=True, db_collation="C", db_default="", default="", editable=False)),
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
            ],
            options={
                "verbose_name": "signature",
                "verbose_name_plural": "signatures",
                "ordering": ["-id"],
                "permissions": [
                    ("view_mailbox", "Can see and search mailboxes"),
                    ("moderate_signature", "Can moderate signatures"),
                    ("export_signature", "Can export signatures"),
                ],
            },
            bases=(signatures.identity.mailbox_fields.MailboxFields, models.Model),
        ),
        migrations.CreateModel(
            name="Statement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "slug",
                    models.SlugField(
                        db_index=False,
                        max_length=80,
                        validators=[signatures.statements.models.statement.validate_slug],
                        verbose_name="address",
                    ),
                ),
                (
                    "language",
                    signatures.web.languages.language_field.LanguageField(
                        default="en", max_length=12, verbose_name="original language"
                    ),
                ),
                ("organiser", models.CharField(max_length=200, verbose_name="put forward by")),
                (
                    "contact",
                    models.EmailField(
                        help_text="Shown to everyone, for questions and for the press.",
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
                ("is_featured", models.BooleanField(default=False, verbose_name="shown on the front page")),
                (
                    "needs_second_yes",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        help_text="A person becomes notable only when a second moderator confirms the check of the first.",
                        verbose_name="two moderators for a notable",
                    ),
                ),
                (
                    "proof_above",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Signatures per minute. Above this number, a visitor’s browser solves a short computation before it signs. That makes floods expensive. A signature without it is held for review. 0: always. Empty: never.",
                        null=True,
                        verbose_name="ask for a proof of work above",
                    ),
                ),
                (
                    "sends_reminders",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        help_text="People who have not confirmed get at most two more emails: one day and four days after the first.",
                        verbose_name="send reminders",
                    ),
                ),
                (
                    "delivered_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="When the statement was handed to its addressees. Close it first.",
                        null=True,
                        verbose_name="delivered at",
                    ),
                ),
                (
                    "keep_mailboxes_for",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        default=365,
                        help_text="Days after the delivery. Then every mailbox is erased: signatures stay, no email can be sent, and the statement cannot be reopened. Empty: mailboxes are kept.",
                        null=True,
                        verbose_name="keep mailboxes for",
                    ),
                ),
                (
                    "mailboxes_erased_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="mailboxes erased at"),
                ),
                (
                    "accent",
                    models.CharField(
                        blank=True,
                        help_text="For example #b3261e. Used for buttons, the count and underlines. A colour that is hard to read is refused.",
                        max_length=7,
                        verbose_name="accent",
                    ),
                ),
                (
                    "accent_dark",
                    models.CharField(
                        blank=True,
                        help_text="Empty: a lighter tone of the accent.",
                        max_length=7,
                        verbose_name="accent in dark mode",
                    ),
                ),
                (
                    "logo",
                    models.ImageField(
                        blank=True,
                        height_field="logo_height",
                        help_text="PNG, JPEG or WebP, at most 1 MB. Shown before the title on every page.",
                        upload_to="looks/",
                        verbose_name="logo",
                        width_field="logo_width",
                    ),
                ),
                ("logo_width", models.PositiveIntegerField(editable=False, null=True)),
                ("logo_height", models.PositiveIntegerField(editable=False, null=True)),
                (
                    "share_picture",
                    models.ImageField(
                        blank=True,
                        help_text="PNG, JPEG or WebP, at most 1 MB, ideally 1200 by 630 pixels. Other sites show it beside links, instead of the automatic image with the count.",
                        upload_to="looks/",
                        verbose_name="picture to share",
                    ),
                ),
                (
                    "names_in_search_engines",
                    models.BooleanField(
                        default=False,
                        help_text="Unless this is on, pages of the list ask search engines not to index them.",
                        verbose_name="names may be found by search engines",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
            ],
            options={
                "verbose_name": "statement",
                "verbose_name_plural": "statements",
                "ordering": ["-opens_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Import",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=120, verbose_name="where they were collected")),
                ("name", models.CharField(max_length=100, verbose_name="file")),
                ("created_at", models.DateTimeField(verbose_name="uploaded at")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("reading", "being read"),
                            ("read", "waits for its columns"),
                            ("checking", "being checked"),
                            ("checked", "checked, nothing sent"),
                            ("running", "emails are being sent"),
                            ("paused", "paused"),
                            ("done", "done"),
                            ("stopped", "stopped"),
                            ("refused", "could not be read"),
                        ],
                        default="reading",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("file", models.CharField(blank=True, max_length=200)),
                ("size", models.PositiveIntegerField(default=0, verbose_name="bytes")),
                ("digest", models.CharField(max_length=64)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("problem", models.CharField(blank=True, max_length=20)),
                ("problem_line", models.PositiveIntegerField(default=0)),
                ("columns", models.JSONField(default=list)),
                (
                    "language",
                    signatures.web.languages.language_field.LanguageField(
                        default="en", max_length=12, verbose_name="default language"
                    ),
                ),
                (
                    "visibility",
                    models.CharField(
                        choices=[("public", "shown in the list"), ("anonymous", "counted, not shown")],
                        default="public",
                        max_length=10,
                        verbose_name="default for the list",
                    ),
                ),
                (
                    "pace",
                    models.PositiveIntegerField(
                        default=500,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100000),
                        ],
                        verbose_name="emails an hour",
                    ),
                ),
                ("held_until", models.DateTimeField(null=True)),
                ("paced_at", models.DateTimeField(null=True)),
                ("reached", models.PositiveIntegerField(default=0)),
                ("lines", models.PositiveIntegerField(default=0, verbose_name="lines")),
                ("ready", models.PositiveIntegerField(default=0, verbose_name="ready")),
                ("bad", models.PositiveIntegerField(default=0, verbose_name="with a problem")),
                ("duplicates", models.PositiveIntegerField(default=0, verbose_name="twice in the file")),
                ("known", models.PositiveIntegerField(default=0, verbose_name="already signed here")),
                ("silent", models.PositiveIntegerField(default=0, verbose_name="want no email")),
                ("brought", models.PositiveIntegerField(default=0, verbose_name="emails in the outbox")),
                ("began_at", models.DateTimeField(blank=True, null=True, verbose_name="began at")),
                ("moved_at", models.DateTimeField(verbose_name="last progress at")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended at")),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="uploaded by",
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="imports",
                        to="signatures.statement",
                        verbose_name="statement",
                    ),
                ),
            ],
            options={
                "verbose_name": "import",
                "verbose_name_plural": "imports",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(blank=True, max_length=120, verbose_name="name")),
                ("credit", models.CharField(blank=True, max_length=160, verbose_name="credit")),
                (
                    "language",
                    signatures.web.languages.language_field.LanguageField(
                        db_default="en", default="en", max_length=12, verbose_name="language"
                    ),
                ),
                ("mailbox", models.BinaryField(blank=True, null=True, verbose_name="mailbox, encrypted")),
                (
                    "mailbox_digest",
                    models.BinaryField(blank=True, max_length=32, null=True, verbose_name="digest of the mailbox"),
                ),
                (
                    "digest_key",
                    models.CharField(
                        blank=True, db_default="", default="", max_length=8, verbose_name="key of the digest"
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="written at")),
                ("expires_at", models.DateTimeField(verbose_name="expires at")),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="sent at")),
                ("opened_at", models.DateTimeField(blank=True, null=True, verbose_name="form opened at")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="revoked at")),
                (
                    "invited_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="invited by",
                    ),
                ),
            ],
            options={
                "verbose_name": "invitation",
                "verbose_name_plural": "invitations",
                "ordering": ["-id"],
            },
            bases=(signatures.identity.mailbox_fields.MailboxFields, models.Model),
        ),
        migrations.CreateModel(
            name="ProtectedName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "name",
                    models.CharField(
                        help_text="The name of the person or organisation.", max_length=120, verbose_name="name"
                    ),
                ),
                (
                    "written",
                    models.CharField(
                        help_text="The form that is compared. Add one row for each form.",
                        max_length=120,
                        verbose_name="written form",
                    ),
                ),
                ("field", models.CharField(blank=True, max_length=40, verbose_name="field")),
                (
                    "source",
                    models.CharField(
                        choices=[("starter", "starter list"), ("organiser", "an organiser"), ("notable", "a notable")],
                        default="organiser",
                        max_length=10,
                        verbose_name="source",
                    ),
                ),
                (
                    "keys",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, editable=False, size=None
                    ),
                ),
            ],
            options={
                "verbose_name": "protected name",
                "verbose_name_plural": "protected names",
                "ordering": ["name", "id"],
            },
        ),
        migrations.CreateModel(
            name="ProviderCooldown",
            fields=[
                ("key", models.CharField(max_length=12, primary_key=True, serialize=False)),
                ("refusals", models.PositiveIntegerField()),
                ("resume_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Sector",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "slug",
                    models.SlugField(
                        db_index=False,
                        validators=[signatures.statements.models.sector.validate_sector_slug],
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
            name="SectorTranslation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "language",
                    signatures.web.languages.language_field.LanguageField(max_length=12, verbose_name="language"),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
            ],
            options={
                "verbose_name": "translation",
                "verbose_name_plural": "translations",
                "ordering": ["language"],
            },
        ),
        migrations.CreateModel(
            name="Share",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=signatures.signing.models.share.new_code, max_length=16)),
                ("brought", models.IntegerField(db_default=0, default=0)),
            ],
        ),
        migrations.CreateModel(
            name="ShareEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("came_by", models.BinaryField()),
                ("change", models.SmallIntegerField(db_default=1, default=1)),
            ],
        ),
        migrations.CreateModel(
            name="SharePicture",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "language",
                    signatures.web.languages.language_field.LanguageField(max_length=12, verbose_name="language"),
                ),
                ("digest", models.CharField(max_length=64, verbose_name="SHA-256 of what is drawn")),
                ("file", models.CharField(max_length=200, verbose_name="name in the storage")),
                ("drawn_at", models.DateTimeField(verbose_name="drawn at")),
            ],
            options={
                "verbose_name": "picture to share",
                "verbose_name_plural": "pictures to share",
            },
        ),
        migrations.CreateModel(
            name="Skip",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "skipped signature",
                "verbose_name_plural": "skipped signatures",
            },
        ),
        migrations.CreateModel(
            name="Suppression",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "mailbox_digest",
                    models.BinaryField(max_length=32, unique=True, verbose_name="digest of the mailbox"),
                ),
                ("digest_key", models.CharField(blank=True, max_length=8, verbose_name="key of the digest")),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("not_me", "its owner said: not me"),
                            ("no_mail", "its owner wants no more mail"),
                            ("refused", "its server refuses mail for it"),
                            ("bounced", "mail to it came back"),
                            ("complained", "its owner called our mail spam"),
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
            name="Switch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "name",
                    models.CharField(
                        choices=[
                            ("pause_signing", "pause signing"),
                            ("pause_mail", "pause mail"),
                            ("hide_names", "hide all names"),
                            ("read_only", "read-only"),
                            ("review_everything", "hold everything for review"),
                        ],
                        max_length=20,
                        verbose_name="switch",
                    ),
                ),
                (
                    "told",
                    models.CharField(
                        blank=True,
                        help_text="Shown below the standard notice, exactly as you write it.",
                        max_length=300,
                        verbose_name="message to visitors",
                    ),
                ),
                ("turned_at", models.DateTimeField(verbose_name="turned on at")),
            ],
            options={
                "verbose_name": "switch",
                "verbose_name_plural": "switches",
                "ordering": ["id"],
                "permissions": [("turn_switch", "Can turn switches")],
            },
        ),
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("person", "person"), ("organisation", "organisation")],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("counted", models.IntegerField(verbose_name="counted")),
                ("listed", models.IntegerField(verbose_name="listed")),
            ],
            options={
                "verbose_name": "tally",
                "verbose_name_plural": "tallies",
            },
        ),
        migrations.CreateModel(
            name="TallyEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("person", "person"), ("organisation", "organisation")],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("counted", models.IntegerField(verbose_name="counted")),
                ("listed", models.IntegerField(verbose_name="listed")),
            ],
            options={
                "verbose_name": "tally entry",
                "verbose_name_plural": "tally entries",
            },
        ),
        migrations.CreateModel(
            name="Translation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "language",
                    signatures.web.languages.language_field.LanguageField(max_length=12, verbose_name="language"),
                ),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("addressee", models.CharField(blank=True, max_length=200, verbose_name="addressee")),
            ],
            options={
                "verbose_name": "translation",
                "verbose_name_plural": "translations",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Update",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(editable=False, verbose_name="number")),
                (
                    "published_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="published at"),
                ),
                (
                    "mailing_asked_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="mailing requested at"),
                ),
                (
                    "mailing_finished_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="all queued at"),
                ),
                ("created_at", models.DateTimeField(editable=False, verbose_name="created at")),
            ],
            options={
                "verbose_name": "update",
                "verbose_name_plural": "updates",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="UpdateTranslation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "language",
                    signatures.web.languages.language_field.LanguageField(max_length=12, verbose_name="language"),
                ),
                ("title", models.CharField(max_length=160, verbose_name="title")),
                ("text", models.TextField(verbose_name="text")),
                ("html", models.TextField(editable=False, verbose_name="HTML")),
            ],
            options={
                "verbose_name": "translation",
                "verbose_name_plural": "translations",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Version",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "language",
                    signatures.web.languages.language_field.LanguageField(max_length=12, verbose_name="language"),
                ),
                ("text", models.TextField(verbose_name="text")),
                ("html", models.TextField(verbose_name="HTML")),
                ("digest", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason for the change")),
                ("created_at", models.DateTimeField(verbose_name="written at")),
            ],
            options={
                "verbose_name": "version",
                "verbose_name_plural": "versions",
                "ordering": ["-created_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Weight",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "flag",
                    models.CharField(
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
                        verbose_name="spam signal",
                    ),
                ),
                (
                    "weight",
                    models.PositiveSmallIntegerField(
                        help_text="A signature with 100 points or more is held for review. 0 turns the signal off.",
                        validators=[django.core.validators.MaxValueValidator(100)],
                        verbose_name="points",
                    ),
                ),
                (
                    "level",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="The signal is raised above this number, or below this number of seconds.",
                        null=True,
                        verbose_name="threshold",
                    ),
                ),
            ],
            options={
                "verbose_name": "points of a spam signal",
                "verbose_name_plural": "points of spam signals",
                "ordering": ["-weight", "flag"],
            },
        ),
        migrations.CreateModel(
            name="Authenticator",
            fields=[],
            options={
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("otp_totp.totpdevice",),
        ),
        migrations.CreateModel(
            name="BulkDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("approve", "approve"), ("ask", "ask for proof"), ("reject", "reject")],
                        max_length=10,
                        verbose_name="decision",
                    ),
                ),
                ("about", models.CharField(blank=True, max_length=300, verbose_name="part of the queue")),
                ("reason", models.CharField(max_length=300, verbose_name="reason")),
                ("created_at", models.DateTimeField(verbose_name="decided at")),
                ("many", models.PositiveIntegerField(verbose_name="signatures")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("applying", "being decided"),
                            ("applied", "decided"),
                            ("undoing", "being undone"),
                            ("undone", "undone"),
                        ],
                        default="applying",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("undo_reason", models.CharField(blank=True, max_length=300, verbose_name="reason for the undo")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended at")),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="undone by",
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="signatures.statement",
                        verbose_name="statement",
                    ),
                ),
            ],
            options={
                "verbose_name": "bulk decision",
                "verbose_name_plural": "bulk decisions",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Check",
            fields=[
                (
                    "signature",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="check_of",
                        serialize=False,
                        to="signatures.signature",
                        verbose_name="signature",
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("own_domain", "mail from their own domain"),
                            ("agent", "their agent confirmed it"),
                            ("guild", "their guild confirmed it"),
                            ("video_call", "a video call"),
                            ("public_post", "a public post of theirs"),
                            ("invitation", "invited in person"),
                        ],
                        max_length=12,
                        verbose_name="how",
                    ),
                ),
                ("url", models.URLField(blank=True, max_length=300, verbose_name="address of the post")),
                ("made_at", models.DateTimeField(verbose_name="at")),
                ("seconded_at", models.DateTimeField(blank=True, null=True, verbose_name="seconded at")),
            ],
            options={
                "verbose_name": "identity check",
                "verbose_name_plural": "identity checks",
            },
        ),
        migrations.CreateModel(
            name="Lease",
            fields=[
                (
                    "signature",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="signatures.signature",
                    ),
                ),
                ("until", models.DateTimeField()),
            ],
            options={
                "verbose_name": "lease",
                "verbose_name_plural": "leases",
            },
        ),
        migrations.CreateModel(
            name="BulkItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("waiting", "not yet decided"),
                            ("done", "decided"),
                            ("left", "left unchanged"),
                            ("restored", "restored"),
                            ("kept", "kept because it changed later"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="outcome",
                    ),
                ),
                (
                    "face",
                    models.CharField(
                        blank=True, db_default="", default="", max_length=16, verbose_name="hash of the content"
                    ),
                ),
                (
                    "flags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None, verbose_name="flags before"
                    ),
                ),
                ("checked_name", models.CharField(blank=True, max_length=120, verbose_name="earlier checked name")),
                ("confirmed_at", models.DateTimeField(null=True, verbose_name="earlier confirmation")),
                ("asked_at", models.DateTimeField(null=True, verbose_name="earlier request for proof")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided at")),
                (
                    "bulk",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="signatures.bulkdecision",
                    ),
                ),
                (
                    "signature",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="signatures.signature"
                    ),
                ),
            ],
            options={
                "verbose_name": "signature in a bulk decision",
                "verbose_name_plural": "signatures in bulk decisions",
            },
        ),
        migrations.CreateModel(
            name="Growth",
            fields=[
                (
                    "statement",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        serialize=False,
                        to="signatures.statement",
                        verbose_name="statement",
                    ),
                ),
                ("days", models.JSONField(verbose_name="signatures by day")),
                ("counted_at", models.DateTimeField(verbose_name="counted at")),
            ],
            options={
                "verbose_name": "growth",
                "verbose_name_plural": "growth",
            },
        ),
        migrations.AddField(
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
        migrations.CreateModel(
            name="DeliveryPack",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_at", models.DateTimeField(verbose_name="requested at")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("asked", "waits for the worker"),
                            ("making", "being made"),
                            ("ready", "ready"),
                            ("failed", "could not be made"),
                        ],
                        default="asked",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("progress", models.PositiveSmallIntegerField(default=0, verbose_name="progress in per cent")),
                ("tries", models.PositiveSmallIntegerField(default=0, verbose_name="tries")),
                ("begun_at", models.DateTimeField(blank=True, null=True, verbose_name="started at")),
                ("as_of", models.DateTimeField(blank=True, null=True, verbose_name="shows names as of")),
                ("ready_at", models.DateTimeField(blank=True, null=True, verbose_name="ready at")),
                ("file", models.CharField(blank=True, max_length=200, verbose_name="name in the storage")),
                ("digest", models.CharField(blank=True, max_length=64, verbose_name="SHA-256")),
                ("size", models.PositiveBigIntegerField(blank=True, null=True, verbose_name="bytes")),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="requested by",
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="packs",
                        to="signatures.statement",
                        verbose_name="statement",
                    ),
                ),
            ],
            options={
                "verbose_name": "delivery bundle",
                "verbose_name_plural": "delivery bundles",
                "ordering": ["-id"],
            },
        ),
        migrations.AddField(
            model_name="signature",
            name="imported",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="signatures",
                to="signatures.import",
                verbose_name="import",
            ),
        ),
        migrations.CreateModel(
            name="ImportLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.PositiveIntegerField(verbose_name="line")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("heading", "names of the columns"),
                            ("unseen", "not checked"),
                            ("ready", "ready"),
                            ("bad", "has a problem"),
                            ("double", "the mailbox of an earlier line"),
                            ("known", "has signed here already, or has withdrawn or been rejected"),
                            ("silent", "wants no email from us, or cannot be reached"),
                            ("brought", "email in the outbox"),
                        ],
                        default="unseen",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("sealed", models.BinaryField(null=True)),
                ("mailbox_digest", models.BinaryField(max_length=32, null=True)),
                ("digest_key", models.CharField(blank=True, max_length=8)),
                (
                    "of",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="signatures.import",
                        verbose_name="import",
                    ),
                ),
            ],
            options={
                "verbose_name": "line of an import",
                "verbose_name_plural": "lines of imports",
                "ordering": ["line"],
            },
        ),
        migrations.AddField(
            model_name="signature",
            name="invitation",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="signatures.invitation",
                verbose_name="invitation",
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="signature",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="signatures.signature",
                verbose_name="signature",
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="statement",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="invitations",
                to="signatures.statement",
                verbose_name="statement",
            ),
        ),
        migrations.CreateModel(
            name="Mail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("confirm", "link to confirm"),
                            ("already_signed", "already signed"),
                            ("own_page", "link to one's own page"),
                            ("approved", "approved"),
                            ("correction_decided", "correction decided"),
                            ("update", "update"),
                            ("reminder", "reminder to confirm"),
                            ("proof_asked", "asked for proof"),
                            ("invitation", "invitation"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                (
                    "language",
                    signatures.web.languages.language_field.LanguageField(max_length=12, verbose_name="language"),
                ),
                ("generation", models.PositiveIntegerField(verbose_name="generation")),
                ("mailbox_digest", models.BinaryField(max_length=32, null=True, verbose_name="digest of the mailbox")),
                (
                    "provider",
                    models.CharField(
                        blank=True, db_default="", default="", max_length=12, verbose_name="mail provider"
                    ),
                ),
                (
                    "priority",
                    models.SmallIntegerField(
                        choices=[(0, "first"), (5, "later"), (9, "last")], default=5, verbose_name="priority"
                    ),
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
                ("refusals", models.PositiveSmallIntegerField(db_default=0, default=0)),
                (
                    "last_error",
                    models.CharField(blank=True, max_length=300, verbose_name="last answer of the mail server"),
                ),
                ("message_id", models.CharField(max_length=100, verbose_name="Message-ID")),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="sent at")),
                (
                    "invitation",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mails",
                        to="signatures.invitation",
                        verbose_name="invitation",
                    ),
                ),
                (
                    "signature",
                    models.ForeignKey(
                        blank=True,
                        null=True,
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
            },
        ),
        migrations.CreateModel(
            name="MailEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("mark", models.CharField(max_length=64)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("bounced", "Bounced"),
                            ("complained", "Complained"),
                            ("unsubscribed", "Unsubscribed"),
                        ],
                        max_length=12,
                    ),
                ),
                ("mailbox_digest", models.BinaryField(max_length=32, null=True)),
                ("digest_key", models.CharField(blank=True, max_length=8)),
                ("received_at", models.DateTimeField()),
                ("heeded_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("heeded_at", None)), fields=["id"], name="mail_events_to_heed"),
                    models.Index(fields=["received_at"], name="mail_events_by_age"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("mark",), name="one_mail_event_per_mark"),
                    models.CheckConstraint(
                        condition=models.Func(
                            models.F("kind"),
                            models.Value('{"bounced","complained","unsubscribed"}'),
                            arg_joiner=" = ANY (",
                            output_field=models.BooleanField(),
                            template="(%(expressions)s::text[]))",
                        ),
                        name="mailevent_kind_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MailServer",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("resume_at", models.DateTimeField(null=True)),
                ("allowance", models.FloatField(null=True)),
                ("allowance_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="one_mail_server")],
            },
        ),
        migrations.CreateModel(
            name="Measurement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40)),
                ("label", models.CharField(blank=True, max_length=80)),
                ("value", models.BigIntegerField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("name", "label"), name="one_measurement_per_name_and_label")
                ],
            },
        ),
        migrations.CreateModel(
            name="OfferedSector",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                (
                    "statement",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="offers",
                        to="signatures.statement",
                        verbose_name="statement",
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
            name="Page",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("about", "About"),
                            ("privacy", "Privacy"),
                            ("accessibility", "Accessibility"),
                            ("imprint", "Imprint"),
                        ],
                        max_length=20,
                        verbose_name="page",
                    ),
                ),
                (
                    "language",
                    signatures.web.languages.language_field.LanguageField(max_length=12, verbose_name="language"),
                ),
                ("text", models.TextField(verbose_name="text")),
                ("html", models.TextField(editable=False, verbose_name="HTML")),
                ("changed_at", models.DateTimeField(editable=False, verbose_name="changed at")),
            ],
            options={
                "verbose_name": "page",
                "verbose_name_plural": "pages",
                "ordering": ["kind", "language"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "language"),
                        name="one_page_of_a_kind_and_language",
                        violation_error_message="This page already exists in this language. Edit that one.",
                    ),
                    models.CheckConstraint(
                        condition=models.Func(
                            models.F("kind"),
                            models.Value('{"about","privacy","accessibility","imprint"}'),
                            arg_joiner=" = ANY (",
                            output_field=models.BooleanField(),
                            template="(%(expressions)s::text[]))",
                        ),
                        name="page_kind_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Phrase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "use",
                    models.CharField(
                        choices=[("reject", "reject a signature"), ("ask", "ask for proof of identity")],
                        max_length=10,
                        verbose_name="used for",
                    ),
                ),
                ("text", models.CharField(max_length=300, verbose_name="text in English")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                (
                    "is_offered",
                    models.BooleanField(
                        default=True,
                        help_text="Turn this off to stop offering the reply. A reply that a signer has received is never deleted.",
                        verbose_name="offered",
                    ),
                ),
            ],
            options={
                "verbose_name": "canned reply",
                "verbose_name_plural": "canned replies",
                "ordering": ["use", "position", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Func(
                            models.F("use"),
                            models.Value('{"reject","ask"}'),
                            arg_joiner=" = ANY (",
                            output_field=models.BooleanField(),
                            template="(%(expressions)s::text[]))",
                        ),
                        name="phrase_use_is_known",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="bulkdecision",
            name="phrase",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="signatures.phrase",
                verbose_name="text for the signer",
            ),
        ),
        migrations.CreateModel(
            name="PhraseTranslation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "language",
                    signatures.web.languages.language_field.LanguageField(max_length=12, verbose_name="language"),
                ),
                ("text", models.CharField(max_length=300, verbose_name="text")),
                (
                    "phrase",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="translations",
                        to="signatures.phrase",
                        verbose_name="canned reply",
                    ),
                ),
            ],
            options={
                "verbose_name": "translation",
                "verbose_name_plural": "translations",
                "ordering": ["language"],
            },
        ),
        migrations.AddField(
            model_name="signature",
            name="resembles",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="signatures.protectedname",
                verbose_name="could pass for",
            ),
        ),
        migrations.AddField(
            model_name="protectedname",
            name="signature",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="signatures.signature",
                verbose_name="signature",
            ),
        ),
        migrations.AddField(
            model_name="protectedname",
            name="statement",
            field=models.ForeignKey(
                blank=True,
                help_text="Leave empty for all statements.",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="protected_names",
                to="signatures.statement",
                verbose_name="statement",
            ),
        ),
        migrations.CreateModel(
            name="Rule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "act",
                    models.CharField(
                        choices=[("hold", "hold for review"), ("reject", "reject"), ("hide", "hide from the list")],
                        default="hold",
                        max_length=10,
                        verbose_name="action",
                    ),
                ),
                (
                    "domain",
                    models.CharField(
                        blank=True,
                        help_text="The whole part after the @, such as example.org",
                        max_length=253,
                        verbose_name="email domain",
                    ),
                ),
                (
                    "network",
                    models.CharField(
                        blank=True,
                        help_text="The keyed form that the trends page shows.",
                        max_length=24,
                        verbose_name="network",
                    ),
                ),
                (
                    "pattern",
                    models.CharField(
                        blank=True,
                        help_text="As it is written, with * for any text: “Free *” matches everything that begins with Free.",
                        max_length=160,
                        verbose_name="name or credit",
                    ),
                ),
                ("signed_from", models.DateTimeField(blank=True, null=True, verbose_name="signed from")),
                ("signed_until", models.DateTimeField(blank=True, null=True, verbose_name="signed until")),
                (
                    "reason",
                    models.CharField(
                        help_text="For your colleagues, in the audit log.", max_length=300, verbose_name="reason"
                    ),
                ),
                (
                    "told",
                    models.CharField(
                        blank=True,
                        help_text="Shown on the corrections page, beside the totals. Do not name anyone.",
                        max_length=200,
                        verbose_name="public reason",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="written at")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "not applied"),
                            ("applying", "being applied"),
                            ("applied", "applied"),
                            ("undoing", "being undone"),
                            ("undone", "undone"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("undo_reason", models.CharField(blank=True, max_length=300, verbose_name="reason for the undo")),
                ("began_at", models.DateTimeField(null=True, verbose_name="began at")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended at")),
                ("from_id", models.BigIntegerField(default=0)),
                ("reached_id", models.BigIntegerField(default=0)),
                ("until_id", models.BigIntegerField(default=0)),
                ("changed", models.PositiveIntegerField(default=0, verbose_name="signatures changed")),
                ("restored", models.PositiveIntegerField(default=0, verbose_name="signatures restored")),
                ("left", models.PositiveIntegerField(default=0, verbose_name="kept because they changed later")),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="applied or undone by",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        blank=True,
                        help_text="Leave empty for all statements.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rules",
                        to="signatures.statement",
                        verbose_name="statement",
                    ),
                ),
            ],
            options={
                "verbose_name": "rule",
                "verbose_name_plural": "rules",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("approve", "approve"),
                            ("reject", "reject"),
                            ("ask_for_proof", "ask for proof"),
                            ("restore", "undo the rejection"),
                            ("hide", "hide"),
                            ("show", "show"),
                            ("mark_notable", "mark as notable"),
                            ("check_identity", "check the identity"),
                            ("unmark_notable", "remove the notable mark"),
                            ("resend", "send the link again"),
                            ("accept_correction", "accept the correction"),
                            ("refuse_correction", "refuse the correction"),
                            ("quote", "change the quotation"),
                            ("set_logo", "change the logo"),
                            ("invite", "invite"),
                            ("mail_invitations", "email invitations"),
                            ("revoke", "revoke an invitation"),
                            ("reword", "change the text"),
                            ("withdraw", "withdrawn by its signer"),
                            ("erase", "erased by its signer"),
                            ("publish_update", "publish an update"),
                            ("mail_update", "email an update"),
                            ("retract_update", "retract an update"),
                            ("hold", "hold for review"),
                            ("apply_rule", "apply a rule"),
                            ("undo_rule", "undo a rule"),
                            ("decide_many", "decide about a batch"),
                            ("undo_many", "undo a batch decision"),
                            ("weigh", "change a weight"),
                            ("switch_on", "turn a switch on"),
                            ("switch_off", "turn a switch off"),
                            ("export", "export signatures"),
                            ("make_pack", "make a delivery bundle"),
                            ("download_pack", "download a delivery bundle"),
                            ("import", "import signatures"),
                            ("send_import", "send the emails of an import"),
                            ("pace_import", "change the sending rate of an import"),
                            ("pause_import", "pause an import"),
                            ("stop_import", "stop an import"),
                            ("add", "add"),
                            ("change", "change"),
                            ("delete", "delete"),
                            ("sign_in", "log in"),
                        ],
                        max_length=20,
                        verbose_name="action",
                    ),
                ),
                (
                    "object_type",
                    models.CharField(
                        blank=True, db_default="", default="", max_length=40, verbose_name="type of object"
                    ),
                ),
                ("object_id", models.BigIntegerField(blank=True, null=True, verbose_name="ID of the object")),
                (
                    "subject",
                    models.CharField(blank=True, db_default="", default="", max_length=200, verbose_name="about"),
                ),
                ("many", models.PositiveIntegerField(db_default=1, default=1, verbose_name="signatures")),
                ("reason", models.CharField(max_length=300, verbose_name="reason")),
                (
                    "told",
                    models.CharField(
                        blank=True, db_default="", default="", max_length=200, verbose_name="public reason"
                    ),
                ),
                ("before", models.CharField(blank=True, max_length=400, verbose_name="before")),
                ("after", models.CharField(blank=True, max_length=400, verbose_name="after")),
                ("details", models.JSONField(blank=True, default=dict, verbose_name="details")),
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
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="audit",
                        to="signatures.statement",
                        verbose_name="statement",
                    ),
                ),
                (
                    "phrase",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="signatures.phrase",
                        verbose_name="text for the signer",
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="audit",
                        to="signatures.rule",
                        verbose_name="rule",
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
            name="RuleMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                        max_length=10,
                        verbose_name="state before",
                    ),
                ),
                ("is_restored", models.BooleanField(null=True, verbose_name="restored")),
                (
                    "rule",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="marks",
                        to="signatures.rule",
                        verbose_name="rule",
                    ),
                ),
                (
                    "signature",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rule_marks",
                        to="signatures.signature",
                        verbose_name="signature",
                    ),
                ),
            ],
            options={
                "verbose_name": "change made by a rule",
                "verbose_name_plural": "changes made by rules",
            },
        ),
        migrations.AddField(
            model_name="statement",
            name="sectors",
            field=models.ManyToManyField(
                related_name="statements", through="signatures.OfferedSector", to="signatures.sector"
            ),
        ),
        migrations.AddField(
            model_name="signature",
            name="sector",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="signatures",
                to="signatures.sector",
                verbose_name="sector",
            ),
        ),
        migrations.AddConstraint(
            model_name="sector",
            constraint=models.UniqueConstraint(fields=("slug",), name="one_sector_per_address"),
        ),
        migrations.AddField(
            model_name="offeredsector",
            name="sector",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="offers",
                to="signatures.sector",
                verbose_name="sector",
            ),
        ),
        migrations.AddField(
            model_name="import",
            name="sector",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="signatures.sector",
                verbose_name="default field of work",
            ),
        ),
        migrations.AddField(
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
        migrations.AddField(
            model_name="share",
            name="signature",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="share", to="signatures.signature"
            ),
        ),
        migrations.AddField(
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
        migrations.AddField(
            model_name="skip",
            name="moderator",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="skip",
            name="signature",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="signatures.signature"
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
        migrations.AddField(
            model_name="switch",
            name="statement",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="switches",
                to="signatures.statement",
                verbose_name="statement",
            ),
        ),
        migrations.AddField(
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
        migrations.AddField(
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
        migrations.AddField(
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
        migrations.AddField(
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
        migrations.AddField(
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
        migrations.AddField(
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
        migrations.AddField(
            model_name="mail",
            name="update",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="mails",
                to="signatures.update",
                verbose_name="update",
            ),
        ),
        migrations.AddField(
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
        migrations.AddField(
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
        migrations.AddField(
            model_name="translation",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="+",
                to="signatures.version",
                verbose_name="current version",
            ),
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
        migrations.AddConstraint(
            model_name="weight",
            constraint=models.UniqueConstraint(fields=("flag",), name="one_weight_per_flag"),
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
        migrations.AddField(
            model_name="check",
            name="made_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="by",
            ),
        ),
        migrations.AddField(
            model_name="check",
            name="seconded_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="seconded by",
            ),
        ),
        migrations.AddField(
            model_name="lease",
            name="holder",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddIndex(
            model_name="bulkitem",
            index=models.Index(fields=["bulk", "outcome", "id"], name="next_of_a_decision"),
        ),
        migrations.AddConstraint(
            model_name="bulkitem",
            constraint=models.UniqueConstraint(fields=("bulk", "signature"), name="a_decision_is_made_once_for_each"),
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
        migrations.AddIndex(
            model_name="importline",
            index=models.Index(fields=["of", "state", "line"], name="lines_by_state"),
        ),
        migrations.AddIndex(
            model_name="importline",
            index=models.Index(
                condition=models.Q(("mailbox_digest__isnull", False)),
                fields=["mailbox_digest"],
                name="lines_of_a_mailbox",
            ),
        ),
        migrations.AddConstraint(
            model_name="importline",
            constraint=models.UniqueConstraint(fields=("of", "line"), name="a_line_is_read_once"),
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
        migrations.AddIndex(
            model_name="invitation",
            index=models.Index(
                condition=models.Q(("mailbox_digest__isnull", False)),
                fields=["mailbox_digest"],
                name="invited_mailboxes",
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
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(("signature", None), ("revoked_at", None), _connector="OR"),
                name="a_used_invitation_is_not_revoked",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("mailbox__isnull", True), ("mailbox_digest__isnull", True)),
                    models.Q(("mailbox__isnull", False), ("mailbox_digest__isnull", False)),
                    _connector="OR",
                ),
                name="an_invited_mailbox_has_its_digest",
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
            model_name="phrasetranslation",
            constraint=models.UniqueConstraint(fields=("phrase", "language"), name="one_phrase_per_language"),
        ),
        migrations.AddIndex(
            model_name="protectedname",
            index=django.contrib.postgres.indexes.GinIndex(fields=["keys"], name="protected_by_key"),
        ),
        migrations.AddConstraint(
            model_name="protectedname",
            constraint=models.UniqueConstraint(
                fields=("written", "statement", "signature"), name="a_name_is_protected_once", nulls_distinct=False
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
                condition=models.Q(
                    ("domain", ""),
                    ("network", ""),
                    ("pattern", ""),
                    ("signed_from", None),
                    ("signed_until", None),
                    _negated=True,
                ),
                name="a_rule_is_about_something",
                violation_error_message="Enter at least one criterion: a domain, a network, a name or a time.",
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
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["statement", "-created_at"], name="audit_of_a_statement"),
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
            model_name="rulemark",
            constraint=models.UniqueConstraint(fields=("rule", "signature"), name="a_rule_changes_a_signature_once"),
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
            model_name="statement",
            constraint=models.UniqueConstraint(fields=("slug",), name="one_statement_per_address"),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_featured", True)),
                fields=("is_featured",),
                name="one_statement_is_featured",
                violation_error_message="Another statement is already shown on the front page. Remove it from there first.",
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
            model_name="statement",
            constraint=models.CheckConstraint(
                condition=models.Q(("delivered_at__isnull", True), ("state", "closed"), _connector="OR"),
                name="delivered_is_closed",
                violation_error_message="Close the statement before you say that it was delivered.",
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.CheckConstraint(
                condition=models.Q(("mailboxes_erased_at__isnull", True), ("state", "closed"), _connector="OR"),
                name="without_mailboxes_is_closed_for_good",
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
            model_name="offeredsector",
            constraint=models.UniqueConstraint(fields=("statement", "sector"), name="a_sector_is_offered_once"),
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
            model_name="sectortranslation",
            constraint=models.UniqueConstraint(fields=("sector", "language"), name="one_sector_name_per_language"),
        ),
        migrations.AddConstraint(
            model_name="share",
            constraint=models.UniqueConstraint(fields=("code",), name="one_share_per_code"),
        ),
        migrations.AddConstraint(
            model_name="sharepicture",
            constraint=models.UniqueConstraint(fields=("statement", "language"), name="one_picture_per_language"),
        ),
        migrations.AddConstraint(
            model_name="skip",
            constraint=models.UniqueConstraint(fields=("signature", "moderator"), name="one_skip_per_moderator"),
        ),
        migrations.AddConstraint(
            model_name="switch",
            constraint=models.UniqueConstraint(
                fields=("name", "statement"), name="a_switch_is_on_once", nulls_distinct=False
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
            constraint=models.UniqueConstraint(
                fields=("statement", "sector", "kind"), name="one_tally_per_sector_and_kind"
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
        migrations.AddIndex(
            model_name="tallyentry",
            index=models.Index(fields=["statement"], name="entries_of_a_statement"),
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
        migrations.AddIndex(
            model_name="update",
            index=models.Index(fields=["statement", "-published_at", "-id"], name="updates_of_a_statement"),
        ),
        migrations.AddConstraint(
            model_name="update",
            constraint=models.UniqueConstraint(fields=("statement", "number"), name="an_update_has_its_number"),
        ),
        migrations.AddConstraint(
            model_name="update",
            constraint=models.CheckConstraint(
                condition=models.Q(("mailing_finished_at", None), ("mailing_asked_at__isnull", False), _connector="OR"),
                name="a_finished_mailing_was_asked_for",
            ),
        ),
        migrations.AddIndex(
            model_name="mail",
            index=models.Index(
                condition=models.Q(("status", "queued")), fields=["priority", "next_attempt_at", "id"], name="mails_due"
            ),
        ),
        migrations.AddIndex(
            model_name="mail",
            index=models.Index(fields=["mailbox_digest", "-due_at"], name="mails_of_a_mailbox"),
        ),
        migrations.AddIndex(
            model_name="mail",
            index=models.Index(condition=models.Q(("kind", "reminder")), fields=["sent_at"], name="reminders_sent"),
        ),
        migrations.AddIndex(
            model_name="mail",
            index=models.Index(condition=models.Q(("status", "failed")), fields=["kind"], name="mails_failed"),
        ),
        migrations.AddIndex(
            model_name="mail",
            index=models.Index(
                condition=models.Q(
                    models.Q(("status", "queued"), _negated=True),
                    models.Q(
                        ("mailbox_digest__isnull", False), models.Q(("last_error", ""), _negated=True), _connector="OR"
                    ),
                ),
                fields=["due_at"],
                name="mails_to_forget",
            ),
        ),
        migrations.AddConstraint(
            model_name="mail",
            constraint=models.UniqueConstraint(fields=("message_id",), name="one_mail_per_message_id"),
        ),
        migrations.AddConstraint(
            model_name="mail",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "sent"), _negated=True), ("sent_at__isnull", False), _connector="OR"
                ),
                name="sent_has_its_moment",
            ),
        ),
        migrations.AddConstraint(
            model_name="mail",
            constraint=models.UniqueConstraint(
                condition=models.Q(("update__isnull", False)),
                fields=("update", "signature"),
                name="an_update_is_mailed_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="mail",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "update"), ("update__isnull", False)),
                    models.Q(models.Q(("kind", "update"), _negated=True), ("update__isnull", True)),
                    _connector="OR",
                ),
                name="an_update_is_mailed_as_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="mail",
            constraint=models.UniqueConstraint(
                condition=models.Q(("invitation__isnull", False)),
                fields=("invitation", "generation"),
                name="an_invitation_is_mailed_once_and_again",
            ),
        ),
        migrations.AddConstraint(
            model_name="mail",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("invitation__isnull", False), ("kind", "invitation"), ("signature__isnull", True)),
                    models.Q(
                        models.Q(("kind", "invitation"), _negated=True),
                        ("invitation__isnull", True),
                        ("signature__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="a_mail_is_to_a_signer_or_an_invited",
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
            model_name="updatetranslation",
            constraint=models.UniqueConstraint(fields=("update", "language"), name="one_update_per_language"),
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
                condition=models.Q(("listed", True)), fields=["statement", "sort_key", "id"], name="list_by_name"
            ),
        ),
        migrations.AddIndex(
            model_name="signature",
            index=models.Index(
                condition=models.Q(("listed", True)),
                fields=["statement", "sector", "sort_key", "id"],
                name="list_of_a_sector_by_name",
            ),
        ),
        migrations.AddIndex(
            model_name="signature",
            index=models.Index(
                condition=models.Q(("kind", "organisation"), ("listed", True)),
                fields=["statement", "sort_key", "id"],
                name="organisations_by_name",
            ),
        ),
        migrations.AddIndex(
            model_name="signature",
            index=models.Index(
                models.F("statement"),
                models.OrderBy(models.F("notable"), descending=True),
                models.OrderBy(models.F("confirmed_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("kind", "organisation"), ("listed", True)),
                name="list_of_organisations",
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
            index=models.Index(condition=models.Q(("hidden_at__isnull", False)), fields=["id"], name="desk_hidden"),
        ),
        migrations.AddIndex(
            model_name="signature",
            index=models.Index(condition=models.Q(("notable", True)), fields=["id"], name="desk_notables"),
        ),
        migrations.AddIndex(
            model_name="signature",
            index=models.Index(
                condition=models.Q(("logo", ""), _negated=True), fields=["logo"], name="signers_with_a_logo"
            ),
        ),
        migrations.AddIndex(
            model_name="signature",
            index=models.Index(condition=models.Q(("state", "pending")), fields=["created_at"], name="pending_by_age"),
        ),
        migrations.AddIndex(
            model_name="signature",
            index=models.Index(fields=["statement", "created_at"], name="signed_lately"),
        ),
        migrations.AddIndex(
            model_name="signature",
            index=models.Index(
                condition=models.Q(("counted", True), ("updates", True)),
                fields=["statement", "id"],
                name="want_updates",
            ),
        ),
        migrations.AddIndex(
            model_name="signature",
            index=models.Index(
                condition=models.Q(("state", "held"), ("proposed_at__isnull", False), _connector="OR"),
                fields=["id"],
                name="waiting_for_review",
            ),
        ),
        migrations.AddIndex(
            model_name="signature",
            index=models.Index(
                condition=models.Q(("domain", ""), _negated=True),
                fields=["domain", "created_at"],
                name="signers_of_a_domain",
            ),
        ),
        migrations.AddIndex(
            model_name="signature",
            index=models.Index(
                condition=models.Q(("network", ""), _negated=True),
                fields=["network", "created_at"],
                name="signed_from_a_network",
            ),
        ),
        migrations.AddIndex(
            model_name="signature",
            index=models.Index(
                condition=models.Q(
                    django.db.models.lookups.GreaterThanOrEqual(django.db.models.functions.text.Length("credit"), 20)
                ),
                fields=["credit", "created_at"],
                name="same_long_credit",
            ),
        ),
        migrations.AddIndex(
            model_name="signature",
            index=models.Index(
                condition=models.Q(("network", ""), _negated=True), fields=["created_at"], name="networks_to_forget"
            ),
        ),
        migrations.AddIndex(
            model_name="signature",
            index=models.Index(
                condition=models.Q(("imported__isnull", False)), fields=["imported", "state"], name="of_an_import"
            ),
        ),
        migrations.AddIndex(
            model_name="signature",
            index=models.Index(condition=models.Q(("came_by__isnull", False)), fields=["id"], name="came_by_a_link"),
        ),
        migrations.AddIndex(
            model_name="signature",
            index=models.Index(
                condition=models.Q(("resembles__isnull", False)), fields=["resembles"], name="by_whom_they_resemble"
            ),
        ),
        migrations.AddIndex(
            model_name="signature",
            index=django.contrib.postgres.indexes.HashIndex(fields=["search_key"], name="namesakes"),
        ),
        migrations.AddIndex(
            model_name="signature",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(models.F("search_key"), name="gin_trgm_ops"),
                gin_pending_list_limit=512,
                name="names_by_trigram",
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
            constraint=models.UniqueConstraint(
                condition=models.Q(("counted", True), models.Q(("website_domain", ""), _negated=True)),
                fields=("statement", "website_domain"),
                name="one_signature_per_organisation",
            ),
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "confirmed"), _negated=True), ("confirmed_at__isnull", False), _connector="OR"
                ),
                name="confirmed_has_its_moment",
            ),
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("mailbox__isnull", True), ("mailbox_digest__isnull", True)),
                    models.Q(("mailbox__isnull", False), ("mailbox_digest__isnull", False)),
                    _connector="OR",
                ),
                name="mailbox_and_digest_go_together",
            ),
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "pending"), _negated=True), ("mailbox__isnull", False), _connector="OR"
                ),
                name="pending_has_its_mailbox",
            ),
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("erased_at__isnull", True), models.Q(("mailbox__isnull", True), ("name", "")), _connector="OR"
                ),
                name="erased_leaves_no_mailbox_and_no_name",
            ),
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("erased_at__isnull", True), ("state", "withdrawn"), ("state", "rejected"), _connector="OR"
                ),
                name="erased_is_not_counted",
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
            model_name="check",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("seconded_by", None),
                    models.Q(("seconded_by", models.F("made_by")), _negated=True),
                    _connector="OR",
                ),
                name="nobody_seconds_their_own_check",
            ),
        ),
        migrations.AddConstraint(
            model_name="check",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("method", "public_post"), _negated=True),
                    models.Q(("url", ""), _negated=True),
                    _connector="OR",
                ),
                name="a_public_post_has_its_address",
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
    ]
