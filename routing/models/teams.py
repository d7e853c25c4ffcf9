"""Teams, what people can do, and the bases they start from."""

import uuid

from django.contrib.gis.db import models
from django.db.models import Q

from accounts.models import Organisation
from accounts.scoping import OrganisationScopedQuerySet
from lsoa.models import Patch

from .once import OnceOnly


class TravelProfile(models.TextChoices):
    CAR = "car", "Car"
    BICYCLE = "bicycle", "Bicycle"
    FOOT = "foot", "On foot"


class Skill(OnceOnly, models.Model):
    """What a visit may need, e.g. wound care."""

    taken = "A skill with this code already exists. Choose another code."

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="skills")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=100)

    objects = OrganisationScopedQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["organisation", "code"], name="skill_code_once")]

    def __str__(self):
        return self.name


class DepotQuerySet(OrganisationScopedQuerySet):
    def usual_first(self, team):
        """Bases from which most people of the team start come first, then the newest."""
        starting = models.Count("staff", filter=Q(staff__team=team))
        return self.annotate(starting=starting).order_by("-starting", "-pk")


class Depot(OnceOnly, models.Model):
    """A base from which staff start and to which they return."""

    taken = "A base of this name already exists. Choose another name."

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="depots")
    name = models.CharField(max_length=100)
    point = models.PointField(srid=4326)

    objects = DepotQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="depot_name_once")]

    def __str__(self):
        return self.name


class TeamQuerySet(OrganisationScopedQuerySet):
    def with_counts(self):
        """`staff_count` (active) and `plan_count` of each team."""
        counted = self.select_related("patch").annotate(
            staff_count=models.Count("staff", filter=Q(staff__is_active=True), distinct=True),
            plan_count=models.Count("plans", distinct=True),
        )
        # Grouping drops the default order.
        return counted.order_by("name")


class Team(OnceOnly, models.Model):
    """A community team: its patch, its people."""

    taken = "A team of this name already exists. Choose another name."

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="teams")
    name = models.CharField(max_length=100)
    patch = models.ForeignKey(Patch, on_delete=models.PROTECT, related_name="teams")

    objects = TeamQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="team_name_once")]

    def __str__(self):
        return self.name
