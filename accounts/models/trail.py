"""The audit trail: what people and the system did."""

import uuid

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Now

from ..scoping import OrganisationScopedQuerySet
from .people import User


class ActorPseudonym(models.Model):
    """Who stands behind an actor id of the audit trail; erasing a person deletes this row, never the trail."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="pseudonym")
    actor_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    def __str__(self):
        return str(self.actor_id)


class AuditEventQuerySet(OrganisationScopedQuerySet):
    def for_organisation(self, organisation):
        """Events of the organisation. Events carry no foreign keys, so they outlive what they describe."""
        return self.none() if organisation is None else self.filter(organisation_id=organisation.pk)

    def about(self, target):
        return self.filter(target_type=target._meta.label_lower, target_id=str(target.pk))


class AuditEvent(models.Model):
    """One thing somebody did. Append-only; `digest` chains every row to the one before it.

    The database gives the number, the time and both digests, and refuses a number that does not continue the chain
    (migration 0002); the defaults below only make Django read them back. Partitioned by number.
    """

    sequence = models.BigAutoField(primary_key=True)
    occurred_at = models.DateTimeField(db_default=Now())
    actor_kind = models.CharField(max_length=10, choices=[("user", "Person"), ("system", "System")])
    actor_id = models.CharField(max_length=100, help_text="Pseudonym of the person, or name of the system part.")
    organisation_id = models.UUIDField(null=True)
    action = models.CharField(max_length=60)
    target_type = models.CharField(max_length=60, blank=True)
    target_id = models.CharField(max_length=60, blank=True)
    details = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    request_id = models.CharField(max_length=60, blank=True)
    previous_digest = models.BinaryField(max_length=32, db_default=Value(b""))
    digest = models.BinaryField(max_length=32, db_default=Value(b""))

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        ordering = ["-sequence"]
        # Indexes and partitions are written in migration 0002: Django knows no partitions.
        constraints = [
            models.CheckConstraint(
                condition=Q(actor_kind__in=["user", "system"]) & ~Q(actor_id="") & ~Q(action=""),
                name="audit_names_actor_and_action",
            ),
        ]

    def __str__(self):
        return f"{self.sequence} {self.action}"
