"""Views of a page that people keep, which of them opens first, and when somebody last looked at the news on Home."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from accounts.models import Organisation
from accounts.scoping import OrganisationScopedQuerySet


class ViewPage(models.TextChoices):
    """Pages whose whole state lies in their address."""

    EXPLORE = "explore", "Explore"
    COMPARE = "compare", "Compare"


class SavedViewQuerySet(OrganisationScopedQuerySet):
    def visible_to(self, user, organisation):
        """The person's own views in the organisation, and those that colleagues share there."""
        return self.for_organisation(organisation).filter(Q(owner=user) | Q(is_shared=True))

    def of(self, user):
        """Those that the person made."""
        return self.filter(owner=user)

    def with_owner(self):
        return self.select_related("owner")


class SavedView(models.Model):
    """The address of a page under a name. What it shows is worked out anew each time that it is opened, with the rights
    of whoever opens it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="saved_views")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        # Who leaves is taken out of shared views beforehand (saved_views.services.forget_owner).
        on_delete=models.CASCADE,
        null=True,
        related_name="saved_views",
        help_text="None: a shared view whose maker has left.",
    )
    page = models.CharField(max_length=10, choices=ViewPage.choices)
    name = models.CharField(max_length=100)
    query = models.CharField(max_length=2000, blank=True, help_text="The address after the question mark.")
    is_shared = models.BooleanField(default=False, help_text="Whether everybody in the organisation sees it.")
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["name", "created_at"]
        constraints = [
            models.UniqueConstraint("organisation", "owner", Lower("name"), name="saved_view_name_once_per_person"),
            models.CheckConstraint(condition=~Q(name=""), name="saved_view_has_a_name"),
            models.CheckConstraint(
                condition=Q(owner__isnull=False) | Q(is_shared=True), name="saved_view_without_owner_is_shared"
            ),
            models.CheckConstraint(condition=Q(page__in=["explore", "compare"]), name="saved_view_page_is_known"),
        ]

    def __str__(self):
        return self.name


class DefaultViewQuerySet(OrganisationScopedQuerySet):
    organisation_lookup = "view__organisation"

    def of(self, user):
        return self.filter(user=user)


class DefaultView(models.Model):
    """The view with which a page opens for a person."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="default_views")
    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="default_of")
    page = models.CharField(max_length=10, choices=ViewPage.choices)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")

    objects = DefaultViewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "organisation", "page"], name="default_view_once_per_page"),
        ]

    def __str__(self):
        return f"{self.view} of {self.user_id}"


class SeenMarkerQuerySet(OrganisationScopedQuerySet):
    def for_user(self, user, organisation):
        """The person's marker in the organisation; that of a person without one (the platform's) has none either."""
        return self.filter(user=user, organisation=organisation)


class SeenMarker(models.Model):
    """Up to when a person has seen what changed. `seen_before`: what it said before, to take "seen" back."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="seen_markers")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, null=True, related_name="+")
    seen_at = models.DateTimeField(null=True, help_text="None: taken back to before the first time.")
    seen_before = models.DateTimeField(null=True)

    objects = SeenMarkerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "organisation"], name="seen_marker_once", nulls_distinct=False),
        ]

    def __str__(self):
        return f"Seen by {self.user_id}"
