import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Reports that are made on a schedule, and their editions."""

    dependencies = [
        ("accounts", "0013_notifications"),
        ("lsoa", "0010_feeds"),
        ("portal", "0001_saved_views"),
        ("routing", "0012_old_plans_and_bound_texts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Report",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=100)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("equity", "Equity of visits"),
                            ("priorities", "Priorities of a patch"),
                            ("plans", "Plans and visits"),
                            ("workload", "Workload"),
                            ("data", "Data quality"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "span",
                    models.CharField(
                        choices=[("week", "The last whole week"), ("four-weeks", "The last four whole weeks")],
                        default="four-weeks",
                        max_length=12,
                    ),
                ),
                (
                    "cadence",
                    models.CharField(
                        choices=[
                            ("by_hand", "When somebody asks for it"),
                            ("weekly", "Every week"),
                            ("monthly", "Every month"),
                        ],
                        default="by_hand",
                        max_length=8,
                    ),
                ),
                (
                    "weekday",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "Monday"),
                            (1, "Tuesday"),
                            (2, "Wednesday"),
                            (3, "Thursday"),
                            (4, "Friday"),
                            (5, "Saturday"),
                            (6, "Sunday"),
                        ],
                        default=0,
                    ),
                ),
                ("month_day", models.PositiveSmallIntegerField(default=1, help_text="1 to 28.")),
                ("hour", models.PositiveSmallIntegerField(default=7, help_text="Full hour, Europe/London.")),
                ("is_paused", models.BooleanField(default=False)),
                ("next_run_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "created_by",
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
                        on_delete=django.db.models.deletion.CASCADE, related_name="reports", to="accounts.organisation"
                    ),
                ),
                (
                    "patch",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reports",
                        to="lsoa.patch",
                    ),
                ),
                (
                    "recipients",
                    models.ManyToManyField(blank=True, related_name="reports_received", to=settings.AUTH_USER_MODEL),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reports",
                        to="routing.team",
                    ),
                ),
            ],
            options={
                "ordering": ["name", "created_at"],
            },
        ),
        migrations.CreateModel(
            name="ReportEdition",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("due_at", models.DateTimeField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("making", "Being made"), ("ready", "Ready"), ("failed", "Failed")],
                        default="making",
                        max_length=6,
                    ),
                ),
                ("content", models.JSONField(default=dict)),
                ("problem", models.CharField(blank=True, max_length=300)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("made_at", models.DateTimeField(null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="accounts.job"
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="editions", to="portal.report"
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at"],
            },
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(
                condition=models.Q(("is_paused", False)), fields=["next_run_at"], name="report_by_next_run"
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="report_has_a_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(condition=models.Q(("hour__lte", 23)), name="report_hour_is_one"),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(condition=models.Q(("weekday__lte", 6)), name="report_weekday_is_one"),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(("month_day__gte", 1), ("month_day__lte", 28)), name="report_day_is_in_every_month"
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("cadence", "by_hand"), ("next_run_at__isnull", True)),
                    models.Q(models.Q(("cadence", "by_hand"), _negated=True), ("next_run_at__isnull", False)),
                    _connector="OR",
                ),
                name="report_scheduled_has_a_next_run",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportedition",
            constraint=models.UniqueConstraint(
                condition=models.Q(("due_at__isnull", False)),
                fields=("report", "due_at"),
                name="edition_once_for_its_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportedition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("made_at__isnull", False), ("state", "ready")),
                    models.Q(models.Q(("state", "ready"), _negated=True), ("made_at__isnull", True)),
                    _connector="OR",
                ),
                name="edition_ready_when_made",
            ),
        ),
    ]
