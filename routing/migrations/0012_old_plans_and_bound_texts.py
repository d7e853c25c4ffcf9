"""Old plans lose who had a part in them; sealed texts are bound to their rows."""

from django.db import migrations, models

from accounts.privacy import rebinding

TEXTS = (
    ("routing_staffmember", "home_postcode"),
    ("routing_staffmember", "home"),
    ("routing_roundevent", "note"),
    ("routing_visitrecord", "note"),
    ("routing_routeplan", "decision_reason"),
    ("routing_routeplan", "returned_reason"),
    ("routing_unservedvisit", "decision_reason"),
)


def bind(apps, schema_editor):
    for table, column in TEXTS:
        rebinding.bind_to_rows(table, column)


def unbind(apps, schema_editor):
    for table, column in TEXTS:
        rebinding.bind_to_column(table, column)


class Migration(migrations.Migration):
    dependencies = [("routing", "0011_row_history"), ("accounts", "0011_legal_holds")]

    operations = [
        migrations.AddField(
            "routeplan",
            "pseudonymised_at",
            models.DateTimeField(
                blank=True, editable=False, help_text="Since when nobody in it can be told any more.", null=True
            ),
        ),
        migrations.RunPython(bind, unbind),
    ]
