"""Reports of how well model versions hold, kept as they were computed."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_audit_chain"),
        ("priorities", "0005_setwise_scores"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ValidationReport",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("extent", models.CharField(help_text="Which areas it covers, in words.", max_length=100)),
                ("area_count", models.PositiveIntegerField()),
                (
                    "datasets",
                    models.JSONField(default=list, help_text="Ids of all datasets that any of its figures come from."),
                ),
                (
                    "inputs",
                    models.JSONField(
                        default=dict,
                        help_text="Indicators of the model, each with the ids of the datasets in force behind it then.",
                    ),
                ),
                ("result", models.JSONField(help_text="Every figure, as priorities.validation.report gives them.")),
                ("seconds", models.FloatField()),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to="accounts.job"
                    ),
                ),
                (
                    "model_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="validations",
                        to="priorities.modelversion",
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("area_count__gt", 0)), name="validation_covers_areas")
                ],
            },
        ),
    ]
