from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("signatures", "0060_known_kinds_and_states"),
    ]

    operations = [
        migrations.AddField(
            model_name="auditentry",
            name="details",
            field=models.JSONField(blank=True, default=dict, verbose_name="details"),
        ),
        migrations.AddField(
            model_name="auditentry",
            name="object_id",
            field=models.BigIntegerField(blank=True, null=True, verbose_name="number of the object"),
        ),
        migrations.AddField(
            model_name="auditentry",
            name="object_type",
            field=models.CharField(blank=True, db_default="", default="", max_length=40, verbose_name="kind of object"),
        ),
    ]
