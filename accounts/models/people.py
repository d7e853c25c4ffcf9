"""People, organisations, and who belongs where with which roles."""

import uuid
from datetime import time

import rules
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone

from ..permissions import PERMISSION_NAMES, Permission, Role, permissions_of_roles
from ..privacy.fields import EncryptedTextField
from ..scoping import OrganisationScopedQuerySet

ROLE_CHOICES = [(role.value, role.label) for role in Role]
# Ways to travel that `routing.models.TravelProfile` knows; a test there holds the two together.
TRAVEL_CHOICES = [("car", "Car"), ("bicycle", "Bicycle"), ("foot", "On foot")]
# Bounds of what an organisation may choose for itself; the house's idle minutes may lie below the longest.
IDLE_MINUTES = (3, 60)
REVIEW_MONTHS = (1, 12)
BREAK_MINUTES = (0, 120)


class UserManager(BaseUserManager):
    def create_user(self, email, password=None, **fields):
        """A user without any role. Raises ValueError without an email address."""
        if not email:
            raise ValueError("A user needs an email address.")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_platform_administrator=True, **fields)

    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)


class User(AbstractBaseUser):
    """A person who signs in by email. Platform administration is separate from roles in organisations."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(unique=True)
    full_name = models.CharField(max_length=150, blank=True)
    is_active = models.BooleanField(default=True)
    is_platform_administrator = models.BooleanField(
        default=False, help_text="Loads data, publishes models and uses the Django admin."
    )
    is_demo = models.BooleanField(default=False, help_text="Demo account: can be entered with one click in demo mode.")
    is_break_glass = models.BooleanField(
        default=False, help_text="Emergency account: its password works although passwords are switched off."
    )
    needs_second_factor = models.BooleanField(
        default=False, help_text="Was asked for a second factor, whatever roles they hold."
    )
    date_joined = models.DateTimeField(default=timezone.now)
    erased_at = models.DateTimeField(
        null=True, editable=False, help_text="When the person was erased: nothing is left of them."
    )

    # What an API key that acts in this person's name is limited to (accounts.credentials.key_limits). Never saved.
    limit = None

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
        return self.may_act and self.is_platform_administrator and self.limit is None

    @property
    def is_superuser(self):
        return self.is_staff

    def permissions_in(self, organisation) -> frozenset[Permission]:
        """Permissions through the membership in `organisation`, read once per instance and organisation."""
        cache = self.__dict__.setdefault("_permissions_by_organisation", {})
        if organisation.pk not in cache:
            membership = self.memberships.in_force().filter(organisation=organisation).first()
            cache[organisation.pk] = permissions_of_roles(membership.roles) if membership else frozenset()
        held = cache[organisation.pk]
        return held if self.limit is None else self.limit.of(held, organisation)

    def remember(self, memberships):
        """Active memberships of this person that were read already, with their organisations: nothing asks for them
        again. A suspended organisation gives no rights (`MembershipQuerySet.in_force`).
        """
        known = self.__dict__.setdefault("_permissions_by_organisation", {})
        for membership in memberships:
            roles = () if membership.organisation.is_suspended else membership.roles
            known[membership.organisation_id] = permissions_of_roles(roles)

    def has_perm(self, permission, target=None):
        """Whether the person holds a permission of `Permission`, or a model permission of the Django admin.

        The first are decided by `rules` and nowhere else: Django's ModelBackend would look for permissions
        stored per user, which do not exist here. The second belong to platform administrators.
        """
        if not self.may_act:
            return False
        if self.limit is not None and not self.limit.covers(permission):
            return False
        if str(permission) in PERMISSION_NAMES:
            return rules.has_perm(str(permission), self, target)
        return self.is_platform_administrator

    def has_perms(self, permissions, target=None):
        return all(self.has_perm(permission, target) for permission in permissions)

    def has_module_perms(self, app_label):
        return self.is_staff


class OrganisationQuerySet(models.QuerySet):
    def in_force(self):
        return self.filter(suspended_at__isnull=True)

    def with_counts(self):
        """`member_count`, `administrator_count` of those who can act, `reviewed_at` of the last review of access."""
        acting = Q(memberships__suspended_at__isnull=True, memberships__user__is_active=True)
        administrators = acting & Q(memberships__roles__contains=[Role.ADMINISTRATOR])
        return self.annotate(
            member_count=models.Count("memberships", distinct=True),
            administrator_count=models.Count("memberships", filter=administrators, distinct=True),
            reviewed_at=models.Max("access_reviews__finished_at"),
        )


class Organisation(models.Model):
    """An NHS provider whose teams, plans and visits are kept apart from everybody else's."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200, unique=True)
    ods_code = models.CharField("ODS code", max_length=10, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    # Settings of its administrators.
    sign_in_domains = ArrayField(
        models.CharField(max_length=253),
        default=list,
        blank=True,
        help_text="New people need an address of these; none: any.",
    )
    search_seconds = models.PositiveSmallIntegerField(default=30, help_text="Time to search that new plans begin with.")
    holds_core20 = models.BooleanField(default=False, help_text="New plans begin with this wish.")
    shares_work = models.BooleanField(default=False, help_text="New plans begin with this wish.")
    travel_profile = models.CharField(
        max_length=10, choices=TRAVEL_CHOICES, default="car", help_text="How new staff travel."
    )
    shift_starts = models.TimeField(default=time(8), help_text="New shifts begin with this, local time.")
    shift_ends = models.TimeField(default=time(16, 30), help_text="At or before the start: on the next day.")
    shift_break_minutes = models.PositiveSmallIntegerField(default=30)
    idle_minutes = models.PositiveSmallIntegerField(
        null=True, help_text="Sessions of its people end after so long without doing anything; none: as the house says."
    )
    review_months = models.PositiveSmallIntegerField(default=6, help_text="Access is reviewed at least so often.")
    privacy_contact = models.EmailField(blank=True, help_text="A mailbox of the organisation, not of a person.")
    retention_days = models.JSONField(
        default=dict, blank=True, help_text="Days by retention rule where they are not the usual ones."
    )
    setup_hidden_at = models.DateTimeField(
        null=True, help_text="When an administrator put the checklist of setting up away."
    )
    # Limits that the platform sets.
    most_members = models.PositiveIntegerField(default=500)
    most_api_keys = models.PositiveIntegerField(default=20)
    most_plans_per_day = models.PositiveIntegerField(
        default=200, help_text="Plans made on one day, scenarios among them."
    )
    suspended_at = models.DateTimeField(null=True)
    suspended_reason = models.CharField(max_length=300, blank=True, help_text="Shown to its people. No names.")
    # New with each change of a feature: what was remembered under the one before is never asked for again.
    features_version = models.UUIDField(default=uuid.uuid4, editable=False)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(suspended_at__isnull=True, suspended_reason="")
                | Q(suspended_at__isnull=False) & ~Q(suspended_reason=""),
                name="organisation_suspended_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(search_seconds__gte=1, search_seconds__lte=600), name="organisation_search_time_plausible"
            ),
            models.CheckConstraint(condition=Q(most_members__gte=1), name="organisation_has_room_for_somebody"),
            models.CheckConstraint(
                condition=Q(idle_minutes__isnull=True) | Q(idle_minutes__range=IDLE_MINUTES),
                name="organisation_idle_minutes_plausible",
            ),
            models.CheckConstraint(
                condition=Q(review_months__range=REVIEW_MONTHS), name="organisation_review_months_plausible"
            ),
            models.CheckConstraint(
                condition=Q(shift_break_minutes__range=BREAK_MINUTES), name="organisation_break_plausible"
            ),
            models.CheckConstraint(
                condition=Q(travel_profile__in=[profile for profile, _ in TRAVEL_CHOICES]),
                name="organisation_travel_is_known",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def is_suspended(self) -> bool:
        return self.suspended_at is not None

    def has_flag(self, flag) -> bool:
        """Whether a feature (`accounts.people.flags.Flag`) is on for this organisation."""
        from ..people.flags import is_on

        return is_on(flag, self)


class MembershipQuerySet(OrganisationScopedQuerySet):
    def active(self):
        """Not suspended now; a suspension with a last day ends by itself."""
        return self.filter(Q(suspended_at__isnull=True) | Q(suspended_until__lte=timezone.now()))

    def suspended(self):
        return self.exclude(pk__in=self.active().values("pk"))

    def in_force(self):
        """What gives rights: neither the person nor the organisation is suspended."""
        return self.active().filter(organisation__suspended_at__isnull=True)

    def administrators(self):
        """Administrators who can act: not suspended, and their account is open."""
        return self.active().filter(user__is_active=True, roles__contains=[Role.ADMINISTRATOR])


class Membership(models.Model):
    """One or several roles of a person in one organisation."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    roles = ArrayField(models.CharField(max_length=20, choices=ROLE_CHOICES), help_text="One or several roles.")
    suspended_at = models.DateTimeField(null=True, blank=True)
    suspended_until = models.DateTimeField(null=True, blank=True, help_text="The suspension ends by itself.")
    suspended_reason = EncryptedTextField(subject="user", blank=True, default="")
    first_link_made_at = models.DateTimeField(null=True, blank=True)
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
            models.CheckConstraint(
                condition=Q(suspended_until__isnull=True)
                | Q(suspended_at__isnull=False, suspended_until__gt=F("suspended_at")),
                name="membership_suspension_ends_after_it_begins",
            ),
        ]

    def __str__(self):
        return f"{self.user} in {self.organisation}"

    @property
    def is_suspended(self) -> bool:
        ended = self.suspended_until is not None and self.suspended_until <= timezone.now()
        return self.suspended_at is not None and not ended

    @property
    def role_names(self) -> str:
        return ", ".join(Role(role).label for role in self.roles)
