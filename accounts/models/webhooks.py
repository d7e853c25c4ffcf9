"""Other systems that an organisation tells of what happens: endpoints, events, deliveries and each attempt."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from ..privacy.fields import EncryptedTextField
from ..scoping import OrganisationScopedQuerySet
from .people import Organisation, User


class WebhookEndpointQuerySet(OrganisationScopedQuerySet):
    def active(self):
        return self.filter(switched_off_at__isnull=True, organisation__suspended_at__isnull=True)


class WebhookEndpoint(models.Model):
    """An address that is told of chosen events. Its secrets lie encrypted and are shown once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="webhook_endpoints")
    name = models.CharField(max_length=80)
    url = models.CharField(max_length=500)
    events = ArrayField(models.CharField(max_length=60), default=list)
    secret = EncryptedTextField(max_length=100)
    previous_secret = EncryptedTextField(max_length=100, blank=True, default="")
    previous_until = models.DateTimeField(null=True, help_text="Until then both secrets sign.")
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    failing_since = models.DateTimeField(null=True, help_text="First failure since the last success.")
    last_success_at = models.DateTimeField(null=True)
    switched_off_at = models.DateTimeField(null=True)
    switched_off_because = models.CharField(max_length=200, blank=True)

    objects = WebhookEndpointQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=~Q(name="") & ~Q(url=""), name="webhook_has_name_and_address"),
            models.CheckConstraint(condition=Q(events__len__gte=1), name="webhook_has_an_event"),
            models.CheckConstraint(
                condition=Q(switched_off_at__isnull=True, switched_off_because="")
                | Q(switched_off_at__isnull=False) & ~Q(switched_off_because=""),
                name="webhook_switched_off_for_a_reason",
            ),
            models.UniqueConstraint(fields=["organisation", "name"], name="webhook_name_once_per_organisation"),
        ]

    def __str__(self):
        return self.name

    @property
    def is_active(self) -> bool:
        return self.switched_off_at is None


class WebhookEventQuerySet(OrganisationScopedQuerySet):
    pass


class WebhookEvent(models.Model):
    """Something that happened, as other systems are told of it. The number names it to them (`webhook-id`)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="webhook_events")
    type = models.CharField(max_length=60)
    about = models.CharField(max_length=120, blank=True, help_text="Identifier of what happened: told once.")
    payload = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)

    objects = WebhookEventQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "type", "about"], condition=~Q(about=""), name="webhook_event_once_about_it"
            ),
        ]

    def __str__(self):
        return self.type


class WebhookState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    DELIVERED = "delivered", "Delivered"
    FAILED = "failed", "Given up"
    CANCELLED = "cancelled", "Not sent: switched off"


class WebhookDeliveryQuerySet(OrganisationScopedQuerySet):
    organisation_lookup = "endpoint__organisation"

    def due(self, now):
        return self.filter(state=WebhookState.WAITING, due_at__lte=now)


class WebhookDelivery(models.Model):
    """One event for one endpoint. A worker that takes it moves `due_at` on by a lease, so that none is lost."""

    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries")
    event = models.ForeignKey(WebhookEvent, on_delete=models.CASCADE, related_name="deliveries")
    state = models.CharField(max_length=9, choices=WebhookState.choices, default=WebhookState.WAITING)
    due_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)

    objects = WebhookDeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "webhook deliveries"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["due_at"], condition=Q(state="waiting"), name="webhook_waiting_by_time")]
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint", "event"], condition=Q(state="waiting"), name="webhook_delivery_waits_once"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", ended_at__isnull=True) | ~Q(state="waiting") & Q(ended_at__isnull=False),
                name="webhook_delivery_ended_or_waiting",
            ),
        ]

    def __str__(self):
        return f"{self.event_id} to {self.endpoint_id}: {self.get_state_display()}"


class WebhookAttemptQuerySet(OrganisationScopedQuerySet):
    organisation_lookup = "delivery__endpoint__organisation"


class WebhookAttempt(models.Model):
    """What came of one try. Of the answer its status is kept, not its words: they are somebody else's."""

    delivery = models.ForeignKey(WebhookDelivery, on_delete=models.CASCADE, related_name="tries")
    number = models.PositiveSmallIntegerField()
    at = models.DateTimeField(default=timezone.now)
    milliseconds = models.PositiveIntegerField()
    status = models.PositiveSmallIntegerField(null=True, help_text="HTTP status; none: there was no answer.")
    outcome = models.CharField(max_length=200, help_text="In words.")

    objects = WebhookAttemptQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["delivery", "number"], name="webhook_attempt_numbered_once"),
        ]

    def __str__(self):
        return f"{self.number}: {self.outcome}"
