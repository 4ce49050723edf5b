"""The extension behind the search for names that resemble what was typed."""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    initial = True

    operations = [TrigramExtension()]
