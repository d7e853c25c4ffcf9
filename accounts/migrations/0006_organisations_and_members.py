"""Settings, limits and features of organisations, suspensions that end, notes about people."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import accounts.privacy.fields


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_subject_keys")]

    operations = [
        migrations.CreateModel(
            name="FlagOverride",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("flag", models.CharField(max_length=40)),
                ("is_on", models.BooleanField()),
                ("changed_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "ordering": ["flag"],
            },
        ),
        migrations.CreateModel(
            name="PersonNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", accounts.privacy.fields.EncryptedTextField(subject="person")),
                ("written_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["-written_at", "-pk"],
            },
        ),
        migrations.AddField(
            model_name="membership",
            name="first_link_made_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="membership",
            name="suspended_reason",
            field=accounts.privacy.fields.EncryptedTextField(blank=True, default="", subject="user"),
        ),
        migrations.AddField(
            model_name="membership",
            name="suspended_until",
            field=models.DateTimeField(blank=True, help_text="The suspension ends by itself.", null=True),
        ),
        migrations.AddField(
            model_name="organisation",
            name="features_version",
            field=models.UUIDField(default=uuid.uuid4, editable=False),
        ),
        migrations.AddField(
            model_name="organisation",
            name="most_api_keys",
            field=models.PositiveIntegerField(default=20),
        ),
        migrations.AddField(
            model_name="organisation",
            name="most_members",
            field=models.PositiveIntegerField(default=500),
        ),
        migrations.AddField(
            model_name="organisation",
            name="most_plans_per_day",
            field=models.PositiveIntegerField(default=200, help_text="Plans made on one day, scenarios among them."),
        ),
        migrations.AddField(
            model_name="organisation",
            name="search_seconds",
            field=models.PositiveSmallIntegerField(default=30, help_text="Time to search that new plans begin with."),
        ),
        migrations.AddField(
            model_name="organisation",
            name="setup_hidden_at",
            field=models.DateTimeField(
                help_text="When an administrator put the checklist of setting up away.", null=True
            ),
        ),
        migrations.AddField(
            model_name="organisation",
            name="sign_in_domains",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=253),
                blank=True,
                default=list,
                help_text="New people need an address of these; none: any.",
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="organisation",
            name="suspended_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="organisation",
            name="suspended_reason",
            field=models.CharField(blank=True, help_text="Shown to its people. No names.", max_length=300),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("suspended_until__isnull", True),
                    models.Q(("suspended_at__isnull", False), ("suspended_until__gt", models.F("suspended_at"))),
                    _connector="OR",
                ),
                name="membership_suspension_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="organisation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("suspended_at__isnull", True), ("suspended_reason", "")),
                    models.Q(("suspended_at__isnull", False), models.Q(("suspended_reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="organisation_suspended_for_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="organisation",
            constraint=models.CheckConstraint(
                condition=models.Q(("search_seconds__gte", 1), ("search_seconds__lte", 600)),
                name="organisation_search_time_plausible",
            ),
        ),
        migrations.AddConstraint(
            model_name="organisation",
            constraint=models.CheckConstraint(
                condition=models.Q(("most_members__gte", 1)), name="organisation_has_room_for_somebody"
            ),
        ),
        migrations.AddField(
            model_name="flagoverride",
            name="changed_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="flagoverride",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="flag_overrides", to="accounts.organisation"
            ),
        ),
        migrations.AddField(
            model_name="personnote",
            name="organisation",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="person_notes",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="personnote",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="notes_about", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="personnote",
            name="written_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="flagoverride",
            constraint=models.UniqueConstraint(
                fields=("organisation", "flag"), name="flag_override_once_per_organisation"
            ),
        ),
        migrations.AddConstraint(
            model_name="flagoverride",
            constraint=models.CheckConstraint(
                condition=models.Q(("flag", ""), _negated=True), name="flag_override_names_a_flag"
            ),
        ),
        migrations.AddIndex(
            model_name="personnote",
            index=models.Index(fields=["person", "-written_at"], name="person_note_by_person"),
        ),
        migrations.AddConstraint(
            model_name="personnote",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="person_note_says_something"
            ),
        ),
    ]
