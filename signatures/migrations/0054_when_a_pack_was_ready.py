"""Of which moment a pack tells, apart from when it was ready: so far both were the moment at which it was begun."""

from django.db import migrations, models


def tell_apart(apps, schema_editor):
    packs = apps.get_model("signatures", "DeliveryPack").objects.filter(as_of=None, status="ready")
    packs.update(as_of=models.F("ready_at"))


class Migration(migrations.Migration):
    dependencies = [("signatures", "0053_whom_they_resemble_on_a_live_site")]

    operations = [
        migrations.AddField(
            "deliverypack", "as_of", models.DateTimeField(blank=True, null=True, verbose_name="shows names as of")
        ),
        migrations.RunPython(tell_apart, migrations.RunPython.noop),
    ]
