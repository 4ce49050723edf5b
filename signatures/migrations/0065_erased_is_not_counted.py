from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("signatures", "0064_fewer_tables"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="signature",
            name="erased_is_not_counted",
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
    ]
