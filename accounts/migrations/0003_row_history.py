"""What checks of the audit trail found. The application may add checks, and change none (accounts.database_roles)."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_audit_chain")]

    operations = [
        migrations.CreateModel(
            name="AuditCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("checked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("seconds", models.FloatField()),
                ("first_sequence", models.BigIntegerField()),
                ("last_sequence", models.BigIntegerField()),
                (
                    "head",
                    models.CharField(blank=True, help_text="Digest of the last entry, in hexadecimal.", max_length=64),
                ),
                ("seals", models.PositiveIntegerField(default=0, help_text="Seals that were compared.")),
                ("is_intact", models.BooleanField()),
                ("broken_sequence", models.BigIntegerField(null=True)),
                ("kind", models.CharField(blank=True, max_length=20)),
                ("words", models.TextField(blank=True)),
            ],
            options={"ordering": ["-pk"]},
        ),
        migrations.AddConstraint(
            model_name="auditcheck",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_intact", True), models.Q(("kind", ""), _negated=True), _connector="OR"),
                name="audit_check_says_what_it_found",
            ),
        ),
    ]
