"""What programs prove themselves with: families of tokens, and API keys with their use."""

import uuid
from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from ..permissions import Permission
from ..scoping import OrganisationScopedQuerySet
from .people import Organisation, User

# What a key may be allowed: reading, exporting and planning. Decisions (approve, publish), people and the platform
# belong to persons who are there and answer for them.
KEY_SCOPES = (
    Permission.VIEW_AREAS,
    Permission.EXPORT_AREAS,
    Permission.VIEW_PLANS,
    Permission.EDIT_PLANS,
    Permission.OPTIMISE_PLANS,
)
LONGEST_KEY = timedelta(days=365)
MOST_REQUESTS_PER_MINUTE = 6000


class FamilyEnd(models.TextChoices):
    REVOKED = "revoked", "Given back by its holder"
    REUSED = "reused", "A refresh token was used a second time"
    SIGNED_OUT = "signed_out", "Signed out everywhere"
    PASSWORD = "password", "The password was changed"
    SUSPENDED = "suspended", "The account or a membership was suspended or removed"


class TokenFamilyQuerySet(models.QuerySet):
    def alive(self):
        return self.filter(ended_at__isnull=True, expires_at__gt=timezone.now())


class TokenFamily(models.Model):
    """All tokens that descend from one sign-in. None of them is kept, only which refresh token comes next."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="token_families")
    current = models.CharField(max_length=32, help_text="Identifier (jti) of the one refresh token that may be used.")
    password_mark = models.CharField(max_length=128, help_text="Changes with the password (keyed digest).")
    started_at = models.DateTimeField(default=timezone.now)
    renewed_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=12, choices=FamilyEnd.choices, blank=True)

    objects = TokenFamilyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "token families"
        indexes = [
            models.Index(fields=["user"], condition=Q(ended_at__isnull=True), name="token_family_alive"),
            models.Index(fields=["expires_at"], name="token_family_by_end"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_because="")
                | Q(ended_at__isnull=False) & Q(ended_because__in=FamilyEnd.values),
                name="token_family_ends_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("started_at")), name="token_family_expires_after_it_begins"
            ),
        ]

    def __str__(self):
        return f"Tokens since {self.started_at:%Y-%m-%d %H:%M}"


class ApiKeyQuerySet(OrganisationScopedQuerySet):
    def unrevoked(self):
        return self.filter(revoked_at__isnull=True)

    def usable(self):
        """Neither revoked nor expired. Whether the maker may still do what the key does is asked at each use."""
        return self.unrevoked().filter(expires_at__gt=timezone.now())


class ApiKey(models.Model):
    """A key for a machine. The secret itself is never kept: only its SHA-256 digest, in hexadecimal."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="api_keys")
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="api_keys")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=8, unique=True)
    secret_digest = models.CharField(max_length=64)
    previous_digest = models.CharField(max_length=64, blank=True)
    previous_until = models.DateTimeField(null=True, help_text="Until when the secret before the last change counts.")
    scopes = ArrayField(models.CharField(max_length=30))
    networks = ArrayField(models.CharField(max_length=50), default=list, help_text="CIDR; none: from anywhere.")
    requests_per_minute = models.PositiveIntegerField(default=120)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True, help_text="When the maker was told that it expires soon.")

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = "API key"
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="api_key_has_a_name"),
            models.CheckConstraint(
                condition=Q(scopes__contained_by=[scope.value for scope in KEY_SCOPES]) & Q(scopes__len__gt=0),
                name="api_key_scopes_are_for_machines",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at"), expires_at__lte=F("created_at") + LONGEST_KEY),
                name="api_key_ends_within_a_year",
            ),
            models.CheckConstraint(
                condition=Q(requests_per_minute__gte=1, requests_per_minute__lte=MOST_REQUESTS_PER_MINUTE),
                name="api_key_limit_plausible",
            ),
            models.CheckConstraint(
                condition=Q(previous_until__isnull=True, previous_digest="")
                | Q(previous_until__isnull=False) & ~Q(previous_digest=""),
                name="api_key_old_secret_has_an_end",
            ),
        ]

    def __str__(self):
        return self.name


class ApiKeyUsage(models.Model):
    """How many requests of a key for an operation were answered with a status on a day (Europe/London).

    `operation`: method and name of the address, as `GET area-list`; empty where no address was reached.
    """

    key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="usage")
    day = models.DateField()
    status = models.PositiveSmallIntegerField()
    operation = models.CharField(max_length=100, blank=True, default="", db_default="")
    requests = models.PositiveBigIntegerField()

    class Meta:
        verbose_name_plural = "API key usage"
        constraints = [
            models.UniqueConstraint(
                fields=["key", "day", "status", "operation"], name="api_key_usage_of_operation_once"
            )
        ]

    def __str__(self):
        return f"{self.day} {self.status}: {self.requests}"
