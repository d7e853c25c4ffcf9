"""What was noticed in the trail, and from which numbers on organisations want to hear of it."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import accounts.privacy.fields

RULES = [
    ("many_people", "Looked at many more people than others"),
    ("more_than_before", "Looked at many more people than on their own days before"),
    ("refusals", "Was refused many times"),
    ("night_exports", "Took files away at night"),
    ("other_caseloads", "Looked at many people of teams whose work they do not do"),
    ("failed_sign_ins", "Failed sign-ins over many accounts"),
]


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_organisations_and_reviews")]

    operations = [
        migrations.CreateModel(
            name="UnusualBehaviour",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rule", models.CharField(choices=RULES, max_length=30)),
                ("day", models.DateField(help_text="Civil day in Europe/London.")),
                ("actor_id", models.CharField(blank=True, max_length=100)),
                ("number", models.PositiveIntegerField()),
                ("threshold", models.PositiveIntegerField()),
                ("usual", models.PositiveIntegerField(null=True)),
                ("noticed_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Not looked at yet"),
                            ("harmless", "Looked at, harmless"),
                            ("followed_up", "Looked at, followed up"),
                        ],
                        default="open",
                        max_length=12,
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                ("note", accounts.privacy.fields.EncryptedTextField(blank=True, default="", max_length=500)),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="unusual_behaviour",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={
                "ordering": ["-noticed_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["organisation", "rule", "day", "actor_id"],
                        nulls_distinct=False,
                        name="unusual_noticed_once_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(state="open", decided_at__isnull=True)
                        | (~models.Q(state="open") & models.Q(decided_at__isnull=False) & ~models.Q(note="")),
                        name="unusual_is_decided_with_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="UnusualThreshold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rule", models.CharField(choices=RULES, max_length=30)),
                ("threshold", models.PositiveIntegerField(null=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="unusual_thresholds",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["organisation", "rule"], nulls_distinct=False, name="unusual_threshold_once"
                    )
                ],
            },
        ),
    ]
