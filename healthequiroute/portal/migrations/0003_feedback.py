import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

import accounts.privacy.fields

KINDS = [
    ("problem", "Something does not work"),
    ("idea", "An idea"),
    ("question", "A question"),
    ("wrong_data", "A figure looks wrong"),
]
STATES = [("new", "New"), ("answered", "Answered"), ("closed", "Closed")]


class Migration(migrations.Migration):
    """What people say about a page."""

    dependencies = [
        ("accounts", "0012_preferences"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("portal", "0002_reports"),
    ]

    operations = [
        migrations.CreateModel(
            name="Feedback",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(choices=KINDS, max_length=10)),
                ("text", accounts.privacy.fields.EncryptedTextField(subject="written_by")),
                (
                    "page",
                    models.CharField(
                        blank=True, help_text="Path of the page, without what was asked of it.", max_length=300
                    ),
                ),
                (
                    "roles",
                    models.CharField(blank=True, help_text="Roles that the writer held, in words.", max_length=200),
                ),
                ("state", models.CharField(choices=STATES, default="new", max_length=8)),
                (
                    "answer",
                    accounts.privacy.fields.EncryptedTextField(blank=True, default="", subject="written_by"),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("settled_at", models.DateTimeField(help_text="When it was answered or closed.", null=True)),
                (
                    "answered_by",
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
                        related_name="feedback",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="feedback",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "feedback",
                "ordering": ["-created_at", "-pk"],
                "indexes": [
                    models.Index(fields=["organisation", "state", "-created_at"], name="feedback_by_state"),
                    models.Index(fields=["written_by", "-created_at"], name="feedback_by_writer"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(("kind__in", ["problem", "idea", "question", "wrong_data"])),
                        name="feedback_kind_is_known",
                    ),
                    models.CheckConstraint(condition=~Q(text=""), name="feedback_says_something"),
                    models.CheckConstraint(
                        condition=Q(state="new", settled_at__isnull=True, answer="")
                        | Q(state="answered", settled_at__isnull=False) & ~Q(answer="")
                        | Q(state="closed", settled_at__isnull=False, answer=""),
                        name="feedback_state_fits_its_answer",
                    ),
                    models.CheckConstraint(condition=~Q(page__contains="?"), name="feedback_page_is_a_path"),
                ],
            },
        ),
    ]
