from django.db import migrations


class Migration(migrations.Migration):
    """Reports that are made on a schedule."""

    dependencies = [("portal", "0001_saved_views")]

    operations = []
