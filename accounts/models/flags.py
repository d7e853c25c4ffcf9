"""Features that an organisation has or has not, where that differs from what everybody has."""

from django.db import models
from django.db.models import Q

from ..scoping import OrganisationScopedQuerySet
from .people import Organisation, User


class FlagOverride(models.Model):
    """A feature switched on or off for one organisation; without a row it is as `accounts.people.flags.Flag` says."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="flag_overrides")
    flag = models.CharField(max_length=40)
    is_on = models.BooleanField()
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = OrganisationScopedQuerySet.as_manager()

    class Meta:
        ordering = ["flag"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "flag"], name="flag_override_once_per_organisation"),
            models.CheckConstraint(condition=~Q(flag=""), name="flag_override_names_a_flag"),
        ]

    def __str__(self):
        return f"{self.flag} {'on' if self.is_on else 'off'} for {self.organisation}"
