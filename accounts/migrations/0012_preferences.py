from django.db import migrations


class Migration(migrations.Migration):
    """How each person wants the portal to look and where it opens."""

    dependencies = [("accounts", "0011_legal_holds")]

    operations = []
