"""How each person wants the portal to look, and where it opens."""

from django.db import models

from .people import User


class Theme(models.TextChoices):
    SYSTEM = "system", "As this device is set"
    LIGHT = "light", "Light"
    DARK = "dark", "Dark"
    CONTRAST = "contrast", "High contrast"


class TextSize(models.TextChoices):
    """Per cent of the size that the browser is set to."""

    NORMAL = "100", "Normal"
    LARGER = "125", "Larger"
    LARGEST = "150", "Largest"


class Preferences(models.Model):
    """One row per person, made when they first choose something. Without a row everything is as the fields begin."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="preferences", primary_key=True)
    theme = models.CharField(max_length=10, choices=Theme.choices, default=Theme.SYSTEM)
    text_size = models.CharField(max_length=3, choices=TextSize.choices, default=TextSize.NORMAL)
    landing_page = models.CharField(
        max_length=60, blank=True, default="", help_text="URL name of the page after signing in; blank is Home."
    )
    default_patch = models.CharField(
        max_length=100, blank=True, default="", help_text="Slug of a patch; blank is the whole organisation."
    )
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "preferences"
        constraints = [
            models.CheckConstraint(condition=models.Q(theme__in=Theme.values), name="preferences_theme_is_known"),
            models.CheckConstraint(
                condition=models.Q(text_size__in=TextSize.values), name="preferences_text_size_is_known"
            ),
        ]

    def __str__(self):
        return f"Preferences of {self.user}"
