from django.db import migrations


class Migration(migrations.Migration):
    """Kinds, channels, rules, deliveries and webhooks."""

    dependencies = [("accounts", "0012_preferences")]

    operations = []
