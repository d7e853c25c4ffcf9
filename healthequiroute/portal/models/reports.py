"""Reports that an organisation has made again and again, and the editions that were made."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Job, Organisation
from accounts.scoping import OrganisationScopedQuerySet


class ReportKind(models.TextChoices):
    EQUITY = "equity", "Equity of visits"
    PRIORITIES = "priorities", "Priorities of a patch"
    PLANS = "plans", "Plans and visits"
    WORKLOAD = "workload", "Workload"
    DATA = "data", "Data quality"


class ReportSpan(models.TextChoices):
    """How far back an edition looks: whole weeks, Monday to Sunday, that are over when it is made."""

    WEEK = "week", "The last whole week"
    FOUR_WEEKS = "four-weeks", "The last four whole weeks"


class Cadence(models.TextChoices):
    BY_HAND = "by_hand", "When somebody asks for it"
    WEEKLY = "weekly", "Every week"
    MONTHLY = "monthly", "Every month"


class ReportWeekday(models.IntegerChoices):
    MONDAY = 0, "Monday"
    TUESDAY = 1, "Tuesday"
    WEDNESDAY = 2, "Wednesday"
    THURSDAY = 3, "Thursday"
    FRIDAY = 4, "Friday"
    SATURDAY = 5, "Saturday"
    SUNDAY = 6, "Sunday"


# A day that every month has.
LAST_MONTH_DAY = 28


class ReportQuerySet(OrganisationScopedQuerySet):
    def due(self, now):
        """Those whose time has come, of organisations that may work."""
        running = self.filter(is_paused=False, organisation__suspended_at__isnull=True)
        return running.exclude(cadence=Cadence.BY_HAND).filter(next_run_at__lte=now)

    def of_kinds(self, kinds):
        return self.filter(kind__in=kinds)


class Report(models.Model):
    """What is to be reported, about what, when and to whom. `team` and `patch` empty: every one of the organisation."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="reports")
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=12, choices=ReportKind.choices)
    team = models.ForeignKey("routing.Team", on_delete=models.CASCADE, null=True, blank=True, related_name="reports")
    patch = models.ForeignKey("lsoa.Patch", on_delete=models.CASCADE, null=True, blank=True, related_name="reports")
    span = models.CharField(max_length=12, choices=ReportSpan.choices, default=ReportSpan.FOUR_WEEKS)
    cadence = models.CharField(max_length=8, choices=Cadence.choices, default=Cadence.BY_HAND)
    weekday = models.PositiveSmallIntegerField(choices=ReportWeekday.choices, default=ReportWeekday.MONDAY)
    month_day = models.PositiveSmallIntegerField(default=1, help_text="1 to 28.")
    hour = models.PositiveSmallIntegerField(default=7, help_text="Full hour, Europe/London.")
    is_paused = models.BooleanField(default=False)
    next_run_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    recipients = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="reports_received")

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["name", "created_at"]
        indexes = [models.Index(fields=["next_run_at"], condition=Q(is_paused=False), name="report_by_next_run")]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="report_has_a_name"),
            models.CheckConstraint(condition=Q(hour__lte=23), name="report_hour_is_one"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="report_weekday_is_one"),
            models.CheckConstraint(
                condition=Q(month_day__gte=1, month_day__lte=LAST_MONTH_DAY), name="report_day_is_in_every_month"
            ),
            models.CheckConstraint(
                condition=Q(cadence="by_hand", next_run_at__isnull=True)
                | ~Q(cadence="by_hand") & Q(next_run_at__isnull=False),
                name="report_scheduled_has_a_next_run",
            ),
        ]

    def __str__(self):
        return self.name


class EditionState(models.TextChoices):
    MAKING = "making", "Being made"
    READY = "ready", "Ready"
    FAILED = "failed", "Failed"


class EditionQuerySet(OrganisationScopedQuerySet):
    organisation_lookup = "report__organisation"

    def unfinished(self):
        return self.filter(state=EditionState.MAKING)

    def without_content(self):
        """For lists: a document is larger than everything else of its row."""
        return self.defer("content")


class ReportEdition(models.Model):
    """One making of a report. `content` is the document in plain data: figures under the small-number rule, no names;
    page, PDF and workbook are made of it. `due_at`: when the schedule asked for it; None: somebody did.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="editions")
    due_at = models.DateTimeField(null=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=6, choices=EditionState.choices, default=EditionState.MAKING)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="+")
    content = models.JSONField(default=dict)
    problem = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    made_at = models.DateTimeField(null=True)

    objects = EditionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "due_at"], condition=Q(due_at__isnull=False), name="edition_once_for_its_time"
            ),
            models.CheckConstraint(
                condition=Q(state="ready", made_at__isnull=False) | ~Q(state="ready") & Q(made_at__isnull=True),
                name="edition_ready_when_made",
            ),
        ]

    def __str__(self):
        return f"{self.report}, {self.get_state_display().lower()}"
