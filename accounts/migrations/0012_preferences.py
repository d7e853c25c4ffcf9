import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """How each person wants the portal to look and where it opens."""

    dependencies = [("accounts", "0011_legal_holds")]

    operations = [
        migrations.CreateModel(
            name="Preferences",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="preferences",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "theme",
                    models.CharField(
                        choices=[
                            ("system", "As this device is set"),
                            ("light", "Light"),
                            ("dark", "Dark"),
                            ("contrast", "High contrast"),
                        ],
                        default="system",
                        max_length=10,
                    ),
                ),
                (
                    "text_size",
                    models.CharField(
                        choices=[("100", "Normal"), ("125", "Larger"), ("150", "Largest")], default="100", max_length=3
                    ),
                ),
                (
                    "landing_page",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="URL name of the page after signing in; blank is Home.",
                        max_length=60,
                    ),
                ),
                (
                    "default_patch",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="Slug of a patch; blank is the whole organisation.",
                        max_length=100,
                    ),
                ),
                ("changed_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "verbose_name_plural": "preferences",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("theme__in", ["system", "light", "dark", "contrast"])),
                        name="preferences_theme_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("text_size__in", ["100", "125", "150"])),
                        name="preferences_text_size_is_known",
                    ),
                ],
            },
        ),
    ]
