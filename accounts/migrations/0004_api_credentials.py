import datetime
import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_row_history"),
    ]

    operations = [
        # Tables of a package that kept whole tokens, readable for whoever read them.
        migrations.RunSQL(
            "DROP TABLE IF EXISTS token_blacklist_blacklistedtoken, token_blacklist_outstandingtoken",
            migrations.RunSQL.noop,
        ),
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=80)),
                ("prefix", models.CharField(max_length=8, unique=True)),
                ("secret_digest", models.CharField(max_length=64)),
                ("previous_digest", models.CharField(blank=True, max_length=64)),
                (
                    "previous_until",
                    models.DateTimeField(help_text="Until when the secret before the last change counts.", null=True),
                ),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), size=None),
                ),
                (
                    "networks",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=50),
                        default=list,
                        help_text="CIDR; none: from anywhere.",
                        size=None,
                    ),
                ),
                ("requests_per_minute", models.PositiveIntegerField(default=120)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField()),
                ("last_used_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "warned_at",
                    models.DateTimeField(help_text="When the maker was told that it expires soon.", null=True),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="api_keys",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="api_keys", to="accounts.organisation"
                    ),
                ),
            ],
            options={
                "verbose_name": "API key",
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="ApiKeyUsage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("status", models.PositiveSmallIntegerField()),
                ("requests", models.PositiveBigIntegerField()),
                (
                    "key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="usage", to="accounts.apikey"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "API key usage",
            },
        ),
        migrations.CreateModel(
            name="TokenFamily",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "current",
                    models.CharField(
                        help_text="Identifier (jti) of the one refresh token that may be used.", max_length=32
                    ),
                ),
                (
                    "password_mark",
                    models.CharField(help_text="Changes with the password (keyed digest).", max_length=128),
                ),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("renewed_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "ended_because",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("revoked", "Given back by its holder"),
                            ("reused", "A refresh token was used a second time"),
                            ("signed_out", "Signed out everywhere"),
                            ("password", "The password was changed"),
                            ("suspended", "The account or a membership was suspended or removed"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="token_families",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "token families",
            },
        ),
        migrations.AddConstraint(
            model_name="apikey",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="api_key_has_a_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="apikey",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "scopes__contained_by",
                        ["areas.view", "areas.export", "plans.view", "plans.edit", "plans.optimise"],
                    ),
                    ("scopes__len__gt", 0),
                ),
                name="api_key_scopes_are_for_machines",
            ),
        ),
        migrations.AddConstraint(
            model_name="apikey",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("expires_at__gt", models.F("created_at")),
                    (
                        "expires_at__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("created_at"), "+", models.Value(datetime.timedelta(days=365))
                        ),
                    ),
                ),
                name="api_key_ends_within_a_year",
            ),
        ),
        migrations.AddConstraint(
            model_name="apikey",
            constraint=models.CheckConstraint(
                condition=models.Q(("requests_per_minute__gte", 1), ("requests_per_minute__lte", 6000)),
                name="api_key_limit_plausible",
            ),
        ),
        migrations.AddConstraint(
            model_name="apikey",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("previous_digest", ""), ("previous_until__isnull", True)),
                    models.Q(("previous_until__isnull", False), models.Q(("previous_digest", ""), _negated=True)),
                    _connector="OR",
                ),
                name="api_key_old_secret_has_an_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="apikeyusage",
            constraint=models.UniqueConstraint(fields=("key", "day", "status"), name="api_key_usage_once"),
        ),
        migrations.AddIndex(
            model_name="tokenfamily",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", True)), fields=["user"], name="token_family_alive"
            ),
        ),
        migrations.AddIndex(
            model_name="tokenfamily",
            index=models.Index(fields=["expires_at"], name="token_family_by_end"),
        ),
        migrations.AddConstraint(
            model_name="tokenfamily",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("ended_because", "")),
                    models.Q(
                        ("ended_at__isnull", False),
                        ("ended_because__in", ["revoked", "reused", "signed_out", "password", "suspended"]),
                    ),
                    _connector="OR",
                ),
                name="token_family_ends_for_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="tokenfamily",
            constraint=models.CheckConstraint(
                condition=models.Q(("expires_at__gt", models.F("started_at"))),
                name="token_family_expires_after_it_begins",
            ),
        ),
    ]
