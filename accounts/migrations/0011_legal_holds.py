"""Legal holds are reviewed and released by somebody, for a reason; sealed texts are bound to their rows."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import accounts.privacy.fields
from accounts.privacy import rebinding

TEXTS = (
    ("accounts_legalhold", "reason"),
    ("accounts_personnote", "text"),
    ("accounts_membership", "suspended_reason"),
)


def bind(apps, schema_editor):
    for table, column in TEXTS:
        rebinding.bind_to_rows(table, column)


def unbind(apps, schema_editor):
    for table, column in TEXTS:
        rebinding.bind_to_column(table, column)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_unusual_behaviour")]

    operations = [
        migrations.AddField(
            "legalhold",
            "reference",
            models.CharField(blank=True, default="", help_text="Of the case, as the court has it.", max_length=80),
            preserve_default=False,
        ),
        migrations.AddField(
            "legalhold",
            "review_on",
            models.DateField(blank=True, help_text="When somebody must look whether it is still needed.", null=True),
        ),
        migrations.AddField(
            "legalhold",
            "reminded_of",
            models.DateField(blank=True, help_text="The review that administrators were reminded of.", null=True),
        ),
        migrations.AddField(
            "legalhold",
            "lifted_by",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            "legalhold",
            "lifted_because",
            accounts.privacy.fields.EncryptedTextField(blank=True, default="", max_length=500),
        ),
        migrations.RunPython(bind, unbind),
    ]
