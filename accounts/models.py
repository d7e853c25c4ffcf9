"""Tables for people, organisations, roles, the audit trail and long-running jobs."""

import uuid

import rules
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Lower, Now
from django.utils import timezone

from .permissions import PERMISSION_NAMES, Permission, Role, permissions_of_roles
from .scoping import OrganisationScopedQuerySet

ROLE_CHOICES = [(role.value, role.label) for role in Role]


class UserManager(BaseUserManager):
    def create_user(self, email, password=None, **fields):
        """A user without any role. Raises ValueError without an e-mail address."""
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_platform_administrator=True, **fields)

    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)


class User(AbstractBaseUser):
    """A person who signs in by e-mail. Platform administration is separate from roles in organisations."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(unique=True)
    full_name = models.CharField(max_length=150, blank=True)
    is_active = models.BooleanField(default=True)
    is_platform_administrator = models.BooleanField(
        default=False, help_text="Loads data, publishes models and uses the Django admin."
    )
    is_demo = models.BooleanField(default=False, help_text="Demo account: can be entered with one click in demo mode.")
    date_joined = models.DateTimeField(default=timezone.now)

    objects = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_is_lower_case"),
        ]

    def __str__(self):
        return self.full_name or self.email

    def get_full_name(self):
        return self.full_name or self.email

    def get_short_name(self):
        return self.full_name.split(" ")[0] if self.full_name else self.email

    @property
    def may_act(self):
        """Demo accounts, whose password everybody knows, are worth nothing once the demo mode is off."""
        return self.is_active and (settings.DEMO_MODE or not self.is_demo)

    # The Django admin asks these names; access to it is a platform permission.
    @property
    def is_staff(self):
        return self.may_act and self.is_platform_administrator

    @property
    def is_superuser(self):
        return self.may_act and self.is_platform_administrator

    def permissions_in(self, organisation) -> frozenset[Permission]:
        """Permissions through the membership in `organisation`, read once per instance and organisation."""
        cache = self.__dict__.setdefault("_permissions_by_organisation", {})
        if organisation.pk not in cache:
            membership = self.memberships.active().filter(organisation=organisation).first()
            cache[organisation.pk] = permissions_of_roles(membership.roles) if membership else frozenset()
        return cache[organisation.pk]

    def has_perm(self, permission, target=None):
        """Whether the person holds a permission of `Permission`, or a model permission of the Django admin.

        The first are decided by `rules` and nowhere else: Django's ModelBackend would look for permissions
        stored per user, which do not exist here. The second belong to platform administrators.
        """
        if not self.may_act:
            return False
        if str(permission) in PERMISSION_NAMES:
            return rules.has_perm(str(permission), self, target)
        return self.is_platform_administrator

    def has_perms(self, permissions, target=None):
        return all(self.has_perm(permission, target) for permission in permissions)

    def has_module_perms(self, app_label):
        return self.may_act and self.is_platform_administrator


class Organisation(models.Model):
    """An NHS provider whose teams, plans and visits are kept apart from everybody else's."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200, unique=True)
    ods_code = models.CharField("ODS code", max_length=10, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name


class MembershipQuerySet(OrganisationScopedQuerySet):
    def active(self):
        return self.filter(suspended_at__isnull=True)


class Membership(models.Model):
    """One or several roles of a person in one organisation."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    roles = ArrayField(models.CharField(max_length=20, choices=ROLE_CHOICES), help_text="One or several roles.")
    suspended_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["organisation__name"]
        constraints = [
            models.UniqueConstraint(fields=["user", "organisation"], name="membership_once_per_organisation"),
            models.CheckConstraint(
                condition=Q(roles__contained_by=[role.value for role in Role]) & Q(roles__len__gt=0),
                name="membership_roles_are_known",
            ),
        ]

    def __str__(self):
        return f"{self.user} in {self.organisation}"

    @property
    def role_names(self) -> str:
        return ", ".join(Role(role).label for role in self.roles)


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

    A trigger gives the number, the time and both digests, whatever the writer says (migration 0002);
    the defaults below only make Django read them back.
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
        indexes = [
            models.Index(fields=["organisation_id", "-sequence"], name="audit_by_organisation"),
            models.Index(fields=["target_type", "target_id"], name="audit_by_target"),
        ]
        constraints = [
            # Two rows that follow the same row would be a forked chain.
            models.UniqueConstraint(fields=["previous_digest"], name="audit_chain_does_not_fork"),
            models.CheckConstraint(
                condition=Q(actor_kind__in=["user", "system"]) & ~Q(actor_id="") & ~Q(action=""),
                name="audit_names_actor_and_action",
            ),
        ]

    def __str__(self):
        return f"{self.sequence} {self.action}"


class JobState(models.TextChoices):
    QUEUED = "queued", "Waiting for a worker"
    RUNNING = "running", "Running"
    SUCCEEDED = "succeeded", "Finished"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"
    INTERRUPTED = "interrupted", "Interrupted"

    @classmethod
    def finished(cls):
        return [cls.SUCCEEDED, cls.FAILED, cls.CANCELLED, cls.INTERRUPTED]


class JobQuerySet(OrganisationScopedQuerySet):
    def visible_to(self, user, organisation):
        """Jobs of the organisation, and those of the platform (data loads, scoring) for its administrators."""
        own = Q(organisation=organisation) if organisation is not None else Q(pk__in=[])
        return self.filter(own | Q(organisation__isnull=True) if user.is_superuser else own)

    def unfinished(self):
        return self.filter(state__in=[JobState.QUEUED, JobState.RUNNING])


class Job(models.Model):
    """Long work in the background: state, progress, cancel, retry.

    The heartbeat tells a slow worker from a dead one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, null=True, related_name="jobs")
    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=JobState.choices, default=JobState.QUEUED)
    progress = models.PositiveSmallIntegerField(default=0, help_text="Percent.")
    message = models.CharField(max_length=300, blank=True)
    url = models.CharField(max_length=300, blank=True, help_text="Page of the portal that shows the outcome.")
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="jobs")
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    cancel_requested_at = models.DateTimeField(null=True)
    attempt = models.PositiveSmallIntegerField(default=1)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["state", "heartbeat_at"], name="job_by_state")]
        constraints = [
            models.CheckConstraint(condition=Q(progress__lte=100), name="job_progress_is_percent"),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True, state__in=["queued", "running"])
                | Q(finished_at__isnull=False, state__in=["succeeded", "failed", "cancelled", "interrupted"]),
                name="job_finished_when_it_has_an_end",
            ),
            models.CheckConstraint(
                condition=~Q(state="running") | Q(started_at__isnull=False, heartbeat_at__isnull=False),
                name="job_running_has_a_heartbeat",
            ),
        ]

    def __str__(self):
        return f"{self.title} ({self.get_state_display()})"


class NotificationQuerySet(models.QuerySet):
    def for_user(self, user):
        return self.filter(user=user)

    def unread(self):
        return self.filter(read_at__isnull=True)


class Notification(models.Model):
    """A message to one person in the portal."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notifications")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, null=True)
    text = models.CharField(max_length=300)
    url = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["user", "-created_at"], name="notification_by_user")]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="notification_says_something")]

    def __str__(self):
        return self.text
