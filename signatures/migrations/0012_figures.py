from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("signatures", "0011_second_factor")]

    operations = [
        migrations.CreateModel(
            name="Figure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40)),
                ("label", models.CharField(blank=True, max_length=80)),
                ("value", models.BigIntegerField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["name", "label"], name="one_figure_of_a_name_and_label")
                ]
            },
        ),
    ]
