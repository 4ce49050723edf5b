import django.db.models.deletion
from django.db import migrations, models

import signatures.models.share

# Who signed before there were such links gets one too
GIVE = """
    INSERT INTO signatures_share (signature_id, code)
    SELECT id, substr(encode(uuid_send(gen_random_uuid()), 'hex'), 1, 10) FROM signatures_signature WHERE counted
    ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("signatures", "0021_share_pictures")]

    operations = [
        migrations.AddField(
            "signature",
            "via",
            models.CharField(blank=True, db_default="", default="", editable=False, max_length=16),
        ),
        migrations.CreateModel(
            name="Share",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=signatures.models.share.new_code, max_length=16, unique=True)),
                ("brought", models.PositiveIntegerField(db_default=0, default=0)),
                (
                    "signature",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="share", to="signatures.signature"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ShareEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(db_index=True, max_length=16)),
            ],
        ),
        migrations.RunSQL(GIVE, migrations.RunSQL.noop),
    ]
