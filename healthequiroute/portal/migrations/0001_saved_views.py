from django.db import migrations


class Migration(migrations.Migration):
    """Views of Explore and comparisons that people keep and share."""

    dependencies = [("accounts", "0013_notifications")]

    operations = []
