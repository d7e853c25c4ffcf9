"""Who is signed in where."""

from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.utils import timezone

from .people import User


class SessionQuerySet(models.QuerySet):
    def for_user(self, user):
        return self.filter(user=user)

    def living(self):
        """Those that would still be let in."""
        return self.filter(expire_date__gt=timezone.now())

    def over(self):
        return self.filter(expire_date__lte=timezone.now())


class Session(AbstractBaseSession):
    """A browser's session. Rows go when it ends; `expire_date` follows `last_active_at` (accounts.sessions.store).

    `session_data` says since when, how and with which device its person is signed in.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="sessions")
    last_active_at = models.DateTimeField(default=timezone.now)

    # Somebody has just signed in with it: from now on it ends when theirs do.
    is_new_person = False

    objects = BaseSessionManager.from_queryset(SessionQuerySet)()

    class Meta:
        ordering = ["-last_active_at"]

    @classmethod
    def get_session_store_class(cls):
        from ..sessions.store import SessionStore

        return SessionStore

    def save(self, *args, **kwargs):
        """What a request writes back must not undo that others have moved the end of the session meanwhile."""
        if kwargs.get("force_update"):
            end = ["last_active_at", "expire_date"] if self.is_new_person else []
            kwargs.setdefault("update_fields", ["session_data", "user", *end])
        super().save(*args, **kwargs)
