"""Keys of people, legal holds, and when a person was erased."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import accounts.privacy.fields


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_api_credentials")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="erased_at",
            field=models.DateTimeField(
                editable=False, help_text="When the person was erased: nothing is left of them.", null=True
            ),
        ),
        migrations.CreateModel(
            name="SubjectKey",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("subject_type", models.CharField(help_text="Model of the person, e.g. accounts.user.", max_length=60)),
                ("subject_id", models.CharField(max_length=60)),
                ("wrapped_key", models.TextField(blank=True, editable=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("destroyed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("subject_type", "subject_id"), name="subject_key_once_per_person"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("destroyed_at__isnull", False), ("wrapped_key", "")),
                            models.Q(models.Q(("wrapped_key", ""), _negated=True), ("destroyed_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="subject_key_is_there_until_destroyed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("wrapped_key", ""), ("wrapped_key__startswith", "her1:"), _connector="OR"),
                        name="subject_key_is_wrapped",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LegalHold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "subject_type",
                    models.CharField(blank=True, help_text="Blank: all data of the organisation.", max_length=60),
                ),
                ("subject_id", models.CharField(blank=True, max_length=60)),
                ("reason", accounts.privacy.fields.EncryptedTextField(max_length=500)),
                ("placed_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "until",
                    models.DateField(blank=True, help_text="Last civil day; blank: until it is lifted.", null=True),
                ),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="legal_holds",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "placed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-placed_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("organisation__isnull", False), ("subject_id", ""), ("subject_type", "")),
                            models.Q(
                                models.Q(("subject_type", ""), _negated=True),
                                models.Q(("subject_id", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="legal_hold_names_what_it_holds",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="legal_hold_has_a_reason"
                    ),
                ],
            },
        ),
    ]
