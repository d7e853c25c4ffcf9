"""Messages to one person in the portal, what each person wants to be told of and how, and their emails."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from .people import Organisation, User

HOURS = (0, 23)


class NotificationQuerySet(models.QuerySet):
    def for_user(self, user):
        return self.filter(user=user)

    def unread(self):
        return self.filter(read_at__isnull=True)

    def listed(self):
        """Without those that somebody wanted by email alone."""
        return self.filter(is_listed=True)


class Notification(models.Model):
    """A message to one person in the portal."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notifications")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, null=True)
    kind = models.CharField(max_length=60, default="other", help_text="Code of accounts.notices.kinds.")
    about = models.CharField(
        max_length=120, blank=True, default="", help_text="Identifier of what happened: nobody is told twice of it."
    )
    together = models.CharField(
        max_length=120, blank=True, default="", help_text="Unread messages of a kind with the same one become one."
    )
    count = models.PositiveIntegerField(default=1, help_text="How many messages it stands for.")
    is_listed = models.BooleanField(default=True, help_text="False: wanted by email alone.")
    text = models.CharField(max_length=300)
    url = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="notification_by_user"),
            models.Index(
                fields=["user"], condition=Q(read_at__isnull=True, is_listed=True), name="notification_unread"
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="notification_says_something"),
            models.CheckConstraint(condition=Q(count__gte=1), name="notification_stands_for_one_at_least"),
            models.UniqueConstraint(
                fields=["user", "kind", "about"], condition=~Q(about=""), name="notification_once_about_it"
            ),
        ]

    def __str__(self):
        return self.text


class EmailCadence(models.TextChoices):
    OFF = "off", "No email"
    IMMEDIATE = "immediate", "At once"
    DAILY = "daily", "Once a day"
    WEEKLY = "weekly", "Once a week"


class Weekday(models.IntegerChoices):
    MONDAY = 0, "Monday"
    TUESDAY = 1, "Tuesday"
    WEDNESDAY = 2, "Wednesday"
    THURSDAY = 3, "Thursday"
    FRIDAY = 4, "Friday"
    SATURDAY = 5, "Saturday"
    SUNDAY = 6, "Sunday"


class NotificationSettings(models.Model):
    """What one person chose. `choices`: kind -> {"in_app": bool, "email": EmailCadence}, as far as they chose."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="notification_settings")
    choices = models.JSONField(default=dict)
    digest_hour = models.PositiveSmallIntegerField(default=8, help_text="Full hour, Europe/London.")
    digest_weekday = models.PositiveSmallIntegerField(choices=Weekday.choices, default=Weekday.MONDAY)
    quiet_from = models.TimeField(null=True, help_text="No email from then on, local time.")
    quiet_until = models.TimeField(null=True)
    email_failures = models.PositiveSmallIntegerField(default=0, help_text="Refusals of the address in a row.")
    email_stopped_at = models.DateTimeField(null=True, help_text="When emails were given up after too many refusals.")

    class Meta:
        verbose_name_plural = "notification settings"
        constraints = [
            models.CheckConstraint(condition=Q(digest_hour__range=HOURS), name="notification_digest_hour_is_one"),
            models.CheckConstraint(
                condition=Q(digest_weekday__in=Weekday.values), name="notification_digest_weekday_is_one"
            ),
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False) & ~Q(quiet_from=models.F("quiet_until")),
                name="notification_quiet_has_both_ends",
            ),
        ]

    def __str__(self):
        return f"Notification settings of {self.user_id}"


class NotificationDefaults(models.Model):
    """What holds for people of an organisation who have not chosen themselves; `choices` as above."""

    organisation = models.OneToOneField(
        Organisation, on_delete=models.CASCADE, primary_key=True, related_name="notification_defaults"
    )
    choices = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "notification defaults"

    def __str__(self):
        return f"Notification defaults of {self.organisation}"


class EmailState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    SENT = "sent", "Sent"
    FAILED = "failed", "Given up"
    DROPPED = "dropped", "Not wanted any more"


class EmailQuerySet(models.QuerySet):
    def for_user(self, user):
        return self.filter(user=user)

    def due(self, now):
        return self.filter(state=EmailState.WAITING, due_at__lte=now)


class EmailDelivery(models.Model):
    """That somebody is to hear by email of a notification: written with it, sent by a worker.

    Those of one person that fall due together go in one email (`batch`, which is also its Message-ID: it stays the
    same when a worker died and another one sends it). A worker that takes a row moves `due_at` on by a lease.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="email_deliveries")
    notification = models.ForeignKey(Notification, on_delete=models.CASCADE, related_name="emails")
    kind = models.CharField(max_length=60)
    cadence = models.CharField(max_length=10, choices=EmailCadence.choices)
    state = models.CharField(max_length=8, choices=EmailState.choices, default=EmailState.WAITING)
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField()
    batch = models.UUIDField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=120, blank=True, help_text="What the mail server answered, without names.")
    ended_at = models.DateTimeField(null=True)

    objects = EmailQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "email deliveries"
        ordering = ["due_at", "pk"]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="email_waiting_by_time"),
            models.Index(fields=["user", "-created_at"], name="email_by_user"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", ended_at__isnull=True) | ~Q(state="waiting") & Q(ended_at__isnull=False),
                name="email_ended_or_waiting",
            ),
            models.CheckConstraint(
                condition=Q(cadence__in=["immediate", "daily", "weekly"]), name="email_cadence_sends_something"
            ),
            models.UniqueConstraint(fields=["notification"], condition=Q(state="waiting"), name="email_waits_once"),
        ]

    def __str__(self):
        return f"{self.kind}, {self.get_state_display()}"


class RuleQuerySet(models.QuerySet):
    def in_force(self):
        return self.filter(is_on=True, organisation__suspended_at__isnull=True)


class NotificationRule(models.Model):
    """A condition that somebody, or an organisation, wants to hear of. What it can be about: accounts.notices.rules.

    `condition` holds what the trigger needs, such as the patch or the areas, all of them checked by its form.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="notification_rules")
    user = models.ForeignKey(
        User,
        on_delete=models.CASCADE,
        null=True,
        related_name="notification_rules",
        help_text="Whose rule it is; empty: the organisation's.",
    )
    name = models.CharField(max_length=100)
    trigger = models.CharField(max_length=40)
    condition = models.JSONField(default=dict)
    is_on = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = RuleQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        indexes = [models.Index(fields=["trigger"], condition=Q(is_on=True), name="notification_rule_in_use")]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="notification_rule_has_a_name")]

    def __str__(self):
        return self.name


class RuleEvaluation(models.Model):
    """That rules were asked about an event: no event is asked about twice. `rule` is empty for the event as a whole."""

    rule = models.ForeignKey(NotificationRule, on_delete=models.CASCADE, null=True, related_name="evaluations")
    event = models.CharField(max_length=80, help_text="Such as score-run:UUID.")
    evaluated_at = models.DateTimeField(default=timezone.now)
    matched = models.PositiveIntegerField(default=0, help_text="Areas that met the condition.")

    class Meta:
        ordering = ["-evaluated_at"]
        constraints = [
            models.UniqueConstraint(fields=["rule", "event"], nulls_distinct=False, name="rule_asked_once_of_an_event"),
        ]

    def __str__(self):
        return self.event
