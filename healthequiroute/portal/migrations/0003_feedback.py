from django.db import migrations


class Migration(migrations.Migration):
    """What people say about a page."""

    dependencies = [("portal", "0002_reports")]

    operations = []
