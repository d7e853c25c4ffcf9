import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import accounts.privacy.fields


class Migration(migrations.Migration):
    """Kinds, channels, rules, deliveries and webhooks."""

    dependencies = [
        ("accounts", "0012_preferences"),
    ]

    operations = [
        migrations.CreateModel(
            name="EmailDelivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=60)),
                (
                    "cadence",
                    models.CharField(
                        choices=[
                            ("off", "No email"),
                            ("immediate", "At once"),
                            ("daily", "Once a day"),
                            ("weekly", "Once a week"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("sent", "Sent"),
                            ("failed", "Given up"),
                            ("dropped", "Not wanted any more"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("due_at", models.DateTimeField()),
                ("batch", models.UUIDField(null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                (
                    "problem",
                    models.CharField(
                        blank=True, help_text="What the mail server answered, without names.", max_length=120
                    ),
                ),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name_plural": "email deliveries",
                "ordering": ["due_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="NotificationDefaults",
            fields=[
                (
                    "organisation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="notification_defaults",
                        serialize=False,
                        to="accounts.organisation",
                    ),
                ),
                ("choices", models.JSONField(default=dict)),
            ],
            options={
                "verbose_name_plural": "notification defaults",
            },
        ),
        migrations.CreateModel(
            name="NotificationRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100)),
                ("trigger", models.CharField(max_length=40)),
                ("condition", models.JSONField(default=dict)),
                ("is_on", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["name", "pk"],
            },
        ),
        migrations.CreateModel(
            name="NotificationSettings",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="notification_settings",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("choices", models.JSONField(default=dict)),
                ("digest_hour", models.PositiveSmallIntegerField(default=8, help_text="Full hour, Europe/London.")),
                (
                    "digest_weekday",
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
                ("quiet_from", models.TimeField(help_text="No email from then on, local time.", null=True)),
                ("quiet_until", models.TimeField(null=True)),
                (
                    "email_failures",
                    models.PositiveSmallIntegerField(default=0, help_text="Refusals of the address in a row."),
                ),
                (
                    "email_stopped_at",
                    models.DateTimeField(help_text="When emails were given up after too many refusals.", null=True),
                ),
            ],
            options={
                "verbose_name_plural": "notification settings",
            },
        ),
        migrations.CreateModel(
            name="RuleEvaluation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("event", models.CharField(help_text="Such as score-run:UUID.", max_length=80)),
                ("evaluated_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("matched", models.PositiveIntegerField(default=0, help_text="Areas that met the condition.")),
            ],
            options={
                "ordering": ["-evaluated_at"],
            },
        ),
        migrations.CreateModel(
            name="WebhookAttempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("milliseconds", models.PositiveIntegerField()),
                (
                    "status",
                    models.PositiveSmallIntegerField(help_text="HTTP status; none: there was no answer.", null=True),
                ),
                ("outcome", models.CharField(help_text="In words.", max_length=200)),
            ],
            options={
                "ordering": ["number"],
            },
        ),
        migrations.CreateModel(
            name="WebhookDelivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("delivered", "Delivered"),
                            ("failed", "Given up"),
                            ("cancelled", "Not sent: switched off"),
                        ],
                        default="waiting",
                        max_length=9,
                    ),
                ),
                ("due_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name_plural": "webhook deliveries",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="WebhookEndpoint",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=80)),
                ("url", models.CharField(max_length=500)),
                (
                    "events",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), default=list, size=None
                    ),
                ),
                ("secret", accounts.privacy.fields.EncryptedTextField(max_length=100)),
                ("previous_secret", accounts.privacy.fields.EncryptedTextField(blank=True, default="", max_length=100)),
                ("previous_until", models.DateTimeField(help_text="Until then both secrets sign.", null=True)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("failing_since", models.DateTimeField(help_text="First failure since the last success.", null=True)),
                ("last_success_at", models.DateTimeField(null=True)),
                ("switched_off_at", models.DateTimeField(null=True)),
                ("switched_off_because", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="WebhookEvent",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("type", models.CharField(max_length=60)),
                (
                    "about",
                    models.CharField(blank=True, help_text="Identifier of what happened: told once.", max_length=120),
                ),
                ("payload", models.JSONField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["-created_at"],
            },
        ),
        migrations.AlterModelOptions(
            name="notification",
            options={"ordering": ["-created_at", "-pk"]},
        ),
        migrations.AddField(
            model_name="notification",
            name="about",
            field=models.CharField(
                blank=True,
                default="",
                help_text="Identifier of what happened: nobody is told twice of it.",
                max_length=120,
            ),
        ),
        migrations.AddField(
            model_name="notification",
            name="count",
            field=models.PositiveIntegerField(default=1, help_text="How many messages it stands for."),
        ),
        migrations.AddField(
            model_name="notification",
            name="is_listed",
            field=models.BooleanField(default=True, help_text="False: wanted by email alone."),
        ),
        migrations.AddField(
            model_name="notification",
            name="kind",
            field=models.CharField(default="other", help_text="Code of accounts.notices.kinds.", max_length=60),
        ),
        migrations.AddField(
            model_name="notification",
            name="together",
            field=models.CharField(
                blank=True,
                default="",
                help_text="Unread messages of a kind with the same one become one.",
                max_length=120,
            ),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                condition=models.Q(("is_listed", True), ("read_at__isnull", True)),
                fields=["user"],
                name="notification_unread",
            ),
        ),
        migrations.AddConstraint(
            model_name="notification",
            constraint=models.CheckConstraint(
                condition=models.Q(("count__gte", 1)), name="notification_stands_for_one_at_least"
            ),
        ),
        migrations.AddConstraint(
            model_name="notification",
            constraint=models.UniqueConstraint(
                condition=models.Q(("about", ""), _negated=True),
                fields=("user", "kind", "about"),
                name="notification_once_about_it",
            ),
        ),
        migrations.AddField(
            model_name="emaildelivery",
            name="notification",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="emails", to="accounts.notification"
            ),
        ),
        migrations.AddField(
            model_name="emaildelivery",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="email_deliveries",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="notificationrule",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="notification_rules",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="notificationrule",
            name="user",
            field=models.ForeignKey(
                help_text="Whose rule it is; empty: the organisation's.",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="notification_rules",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="notificationsettings",
            constraint=models.CheckConstraint(
                condition=models.Q(("digest_hour__range", (0, 23))), name="notification_digest_hour_is_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="notificationsettings",
            constraint=models.CheckConstraint(
                condition=models.Q(("digest_weekday__in", [0, 1, 2, 3, 4, 5, 6])),
                name="notification_digest_weekday_is_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="notificationsettings",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("quiet_from__isnull", True), ("quiet_until__isnull", True)),
                    models.Q(
                        ("quiet_from__isnull", False),
                        ("quiet_until__isnull", False),
                        models.Q(("quiet_from", models.F("quiet_until")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="notification_quiet_has_both_ends",
            ),
        ),
        migrations.AddField(
            model_name="ruleevaluation",
            name="rule",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="evaluations",
                to="accounts.notificationrule",
            ),
        ),
        migrations.AddField(
            model_name="webhookattempt",
            name="delivery",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="tries", to="accounts.webhookdelivery"
            ),
        ),
        migrations.AddField(
            model_name="webhookendpoint",
            name="made_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="webhookendpoint",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="webhook_endpoints",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="webhookdelivery",
            name="endpoint",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="deliveries", to="accounts.webhookendpoint"
            ),
        ),
        migrations.AddField(
            model_name="webhookevent",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="webhook_events", to="accounts.organisation"
            ),
        ),
        migrations.AddField(
            model_name="webhookdelivery",
            name="event",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="deliveries", to="accounts.webhookevent"
            ),
        ),
        migrations.AddIndex(
            model_name="emaildelivery",
            index=models.Index(
                condition=models.Q(("state", "waiting")), fields=["due_at"], name="email_waiting_by_time"
            ),
        ),
        migrations.AddIndex(
            model_name="emaildelivery",
            index=models.Index(fields=["user", "-created_at"], name="email_by_user"),
        ),
        migrations.AddConstraint(
            model_name="emaildelivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("state", "waiting")),
                    models.Q(models.Q(("state", "waiting"), _negated=True), ("ended_at__isnull", False)),
                    _connector="OR",
                ),
                name="email_ended_or_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="emaildelivery",
            constraint=models.CheckConstraint(
                condition=models.Q(("cadence__in", ["immediate", "daily", "weekly"])),
                name="email_cadence_sends_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="emaildelivery",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "waiting")), fields=("notification",), name="email_waits_once"
            ),
        ),
        migrations.AddIndex(
            model_name="notificationrule",
            index=models.Index(
                condition=models.Q(("is_on", True)), fields=["trigger"], name="notification_rule_in_use"
            ),
        ),
        migrations.AddConstraint(
            model_name="notificationrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="notification_rule_has_a_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="ruleevaluation",
            constraint=models.UniqueConstraint(
                fields=("rule", "event"), name="rule_asked_once_of_an_event", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="webhookattempt",
            constraint=models.UniqueConstraint(fields=("delivery", "number"), name="webhook_attempt_numbered_once"),
        ),
        migrations.AddConstraint(
            model_name="webhookendpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("name", ""), _negated=True), models.Q(("url", ""), _negated=True)),
                name="webhook_has_name_and_address",
            ),
        ),
        migrations.AddConstraint(
            model_name="webhookendpoint",
            constraint=models.CheckConstraint(condition=models.Q(("events__len__gte", 1)), name="webhook_has_an_event"),
        ),
        migrations.AddConstraint(
            model_name="webhookendpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("switched_off_at__isnull", True), ("switched_off_because", "")),
                    models.Q(("switched_off_at__isnull", False), models.Q(("switched_off_because", ""), _negated=True)),
                    _connector="OR",
                ),
                name="webhook_switched_off_for_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="webhookendpoint",
            constraint=models.UniqueConstraint(
                fields=("organisation", "name"), name="webhook_name_once_per_organisation"
            ),
        ),
        migrations.AddConstraint(
            model_name="webhookevent",
            constraint=models.UniqueConstraint(
                condition=models.Q(("about", ""), _negated=True),
                fields=("organisation", "type", "about"),
                name="webhook_event_once_about_it",
            ),
        ),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(
                condition=models.Q(("state", "waiting")), fields=["due_at"], name="webhook_waiting_by_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="webhookdelivery",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "waiting")),
                fields=("endpoint", "event"),
                name="webhook_delivery_waits_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="webhookdelivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("state", "waiting")),
                    models.Q(models.Q(("state", "waiting"), _negated=True), ("ended_at__isnull", False)),
                    _connector="OR",
                ),
                name="webhook_delivery_ended_or_waiting",
            ),
        ),
    ]
