"""Several days planned together, so that visits may move between them."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Job, Organisation
from accounts.scoping import OrganisationScopedQuerySet

from .teams import Team
from .visits import Visit


class WeekState(models.TextChoices):
    DRAFT = "draft", "Draft"
    OPTIMISING = "optimising", "Optimising"
    PROPOSED = "proposed", "Proposed"


class WeekPlan(models.Model):
    """The days of a team from `first_day` on. What is found becomes one RoutePlan for each day: those are decided,
    published and worked by.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="week_plans")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="week_plans")
    name = models.CharField(max_length=120)
    first_day = models.DateField()
    days = models.PositiveSmallIntegerField(default=7)
    state = models.CharField(max_length=12, choices=WeekState.choices, default=WeekState.DRAFT)
    visits = models.ManyToManyField(Visit, related_name="week_plans", blank=True)
    intake = models.JSONField(default=dict, blank=True)
    unserved = models.JSONField(default=list, blank=True, help_text="Visits that no day holds, with reasons.")
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    seconds_allowed = models.PositiveSmallIntegerField(default=60, help_text="Search time of the optimiser.")
    seed = models.PositiveIntegerField(default=1)
    outcome_note = models.CharField(max_length=300, blank=True)
    cost = models.JSONField(default=dict, blank=True)
    trace = models.JSONField(default=list, blank=True)
    holds_core20 = models.BooleanField(
        default=False, help_text="Whether coverage in Core20 over all days must be at least as high as elsewhere."
    )
    shares_work = models.BooleanField(
        default=False, help_text="Whether the fullest day of anybody is made as short as the same visits allow."
    )
    equity = models.JSONField(default=dict, blank=True, help_text="Coverage measures over the days planned together.")
    price = models.JSONField(
        default=dict, blank=True, help_text="What became of the wishes, and what equity costs the open days."
    )
    price_job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    optimised_at = models.DateTimeField(null=True, blank=True)

    objects = OrganisationScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-first_day", "-created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(days__gte=2, days__lte=14), name="week_of_some_days"),
            models.CheckConstraint(
                condition=Q(seconds_allowed__gte=1, seconds_allowed__lte=600), name="week_search_time_plausible"
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def last_day(self):
        return self.first_day + timedelta(days=self.days - 1)

    @property
    def civil_days(self) -> list:
        return [self.first_day + timedelta(days=ahead) for ahead in range(self.days)]
