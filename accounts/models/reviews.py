"""Reviews of access: who confirmed that somebody still needs the roles that they hold."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from ..permissions import Role
from ..scoping import OrganisationScopedQuerySet
from .people import ROLE_CHOICES, Organisation, User


class AccessReviewQuerySet(OrganisationScopedQuerySet):
    def open(self):
        return self.filter(finished_at__isnull=True)

    def finished(self):
        """The latest first."""
        return self.filter(finished_at__isnull=False).order_by("-finished_at")


class AccessReview(models.Model):
    """One going-through of everybody's roles in an organisation; one at a time."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="access_reviews")
    started_at = models.DateTimeField(default=timezone.now)
    started_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    finished_at = models.DateTimeField(null=True)
    finished_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = AccessReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(finished_at__isnull=True), name="access_review_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(finished_at__gte=F("started_at")),
                name="access_review_ends_after_it_begins",
            ),
        ]

    def __str__(self):
        return f"Review of access of {self.started_at:%d/%m/%Y}"


class AccessConfirmation(models.Model):
    """Somebody else has confirmed that a person needs exactly these roles."""

    review = models.ForeignKey(AccessReview, on_delete=models.CASCADE, related_name="confirmations")
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    roles = ArrayField(models.CharField(max_length=20, choices=ROLE_CHOICES))
    confirmed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    confirmed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["person__full_name", "person__email"]
        constraints = [
            models.UniqueConstraint(fields=["review", "person"], name="access_confirmed_once"),
            models.CheckConstraint(condition=~Q(person=F("confirmed_by")), name="access_confirmed_by_somebody_else"),
            models.CheckConstraint(
                condition=Q(roles__contained_by=[role.value for role in Role]) & Q(roles__len__gt=0),
                name="access_confirmed_roles_are_known",
            ),
        ]

    def __str__(self):
        return f"Roles confirmed on {self.confirmed_at:%d/%m/%Y}"
