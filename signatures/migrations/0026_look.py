"""A statement's own colour, logo and picture; and whether its names may be found."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("signatures", "0025_ready_answers"),
    ]

    operations = [
        migrations.AddField(
            model_name="statement",
            name="accent",
            field=models.CharField(
                blank=True,
                help_text=(
                    "#b3261e, for instance: buttons, the count, underlines. It is refused where it cannot be read."
                ),
                max_length=7,
                verbose_name="accent",
            ),
        ),
        migrations.AddField(
            model_name="statement",
            name="accent_dark",
            field=models.CharField(
                blank=True,
                help_text="Empty: a lighter tone of the accent.",
                max_length=7,
                verbose_name="accent in dark mode",
            ),
        ),
        migrations.AddField(
            model_name="statement",
            name="logo",
            field=models.ImageField(
                blank=True,
                height_field="logo_height",
                help_text="PNG, JPEG or WebP of at most 1 MB, stands before the title on every page.",
                upload_to="looks/",
                verbose_name="logo",
                width_field="logo_width",
            ),
        ),
        migrations.AddField(
            model_name="statement",
            name="logo_height",
            field=models.PositiveIntegerField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="statement",
            name="logo_width",
            field=models.PositiveIntegerField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="statement",
            name="names_in_search_engines",
            field=models.BooleanField(
                default=False,
                help_text="Pages of the list ask search engines to pass them over, unless this is on.",
                verbose_name="names may be found by search engines",
            ),
        ),
        migrations.AddField(
            model_name="statement",
            name="share_picture",
            field=models.ImageField(
                blank=True,
                help_text=(
                    "PNG, JPEG or WebP of at most 1 MB, best 1200 by 630. Stands beside links on other sites, in place "
                    "of the picture with the count that is drawn by itself."
                ),
                upload_to="looks/",
                verbose_name="picture to share",
            ),
        ),
    ]
