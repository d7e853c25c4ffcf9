"""What was noticed in the trail, and what organisations call unusual."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from ..privacy.fields import EncryptedTextField
from ..scoping import OrganisationScopedQuerySet
from .people import Organisation, User


class UnusualRule(models.TextChoices):
    """What the trail is looked through for every hour: `accounts.trail.unusual`."""

    MANY_PEOPLE = "many_people", "Looked at many more people than others"
    MORE_THAN_BEFORE = "more_than_before", "Looked at many more people than on their own days before"
    REFUSALS = "refusals", "Was refused many times"
    NIGHT_EXPORTS = "night_exports", "Took files away at night"
    OTHER_CASELOADS = "other_caseloads", "Looked at many people of teams whose work they do not do"
    FAILED_SIGN_INS = "failed_sign_ins", "Failed sign-ins over many accounts"


class UnusualState(models.TextChoices):
    OPEN = "open", "Not looked at yet"
    HARMLESS = "harmless", "Looked at, harmless"
    FOLLOWED_UP = "followed_up", "Looked at, followed up"


class UnusualBehaviourQuerySet(OrganisationScopedQuerySet):
    def of_platform(self):
        return self.filter(organisation__isnull=True)

    def waiting(self):
        return self.filter(state=UnusualState.OPEN)


class UnusualBehaviour(models.Model):
    """Something that a rule noticed on one day, and what a person decided about it.

    `actor_id` is the pseudonym of the person ("" where the rule is about nobody in particular), `number` what was
    counted, `threshold` the limit at that time, `usual` what it was compared with (null: with nothing). Without an
    organisation it concerns the platform.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, null=True, related_name="unusual_behaviour"
    )
    rule = models.CharField(max_length=30, choices=UnusualRule.choices)
    day = models.DateField(help_text="Civil day in Europe/London.")
    actor_id = models.CharField(max_length=100, blank=True)
    number = models.PositiveIntegerField()
    threshold = models.PositiveIntegerField()
    usual = models.PositiveIntegerField(null=True)
    noticed_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=12, choices=UnusualState.choices, default=UnusualState.OPEN)
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    note = EncryptedTextField(max_length=500, blank=True, default="")

    objects = UnusualBehaviourQuerySet.as_manager()

    class Meta:
        ordering = ["-noticed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "rule", "day", "actor_id"],
                nulls_distinct=False,
                name="unusual_noticed_once_a_day",
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True)
                | (~Q(state="open") & Q(decided_at__isnull=False) & ~Q(note="")),
                name="unusual_is_decided_with_a_reason",
            ),
        ]

    def __str__(self):
        return f"{self.get_rule_display()}, {self.day:%d/%m/%Y}"


class UnusualThreshold(models.Model):
    """From which number on a rule speaks up in an organisation; null switches the rule off there. Without a row the
    rule's own number holds. Without an organisation: for the platform.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, null=True, related_name="unusual_thresholds"
    )
    rule = models.CharField(max_length=30, choices=UnusualRule.choices)
    threshold = models.PositiveIntegerField(null=True)

    objects = OrganisationScopedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "rule"], nulls_distinct=False, name="unusual_threshold_once"
            )
        ]

    def __str__(self):
        return f"{self.get_rule_display()}: {self.threshold if self.threshold is not None else 'off'}"
