"""The session engine (SESSION_ENGINE): sessions know their person and when somebody last did something.

A session ends SESSION_IDLE_SECONDS after that (sooner where an organisation says so: `idle`), and
SESSION_LONGEST_SECONDS after the sign-in at the latest, whatever is done. The end is a column that is read with the
session itself, so that no request gets past it: neither a page nor a tile, neither the API nor an open stream, which
looks every few seconds.
"""

from datetime import UTC, datetime, timedelta

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import SESSION_KEY as USER_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from .idle import idle_seconds_of

SIGNED_IN = "signed_in"
# What somebody does is written down so often at most.
WRITE_EVERY_SECONDS = 30


class SessionStore(DatabaseStore):
    row = None

    @classmethod
    def get_model_class(cls):
        from ..models import Session

        return Session

    def _get_session_from_db(self):
        self.row = super()._get_session_from_db()
        return self.row

    async def _aget_session_from_db(self):
        self.row = await super()._aget_session_from_db()
        return self.row

    def create_model_instance(self, data):
        """A row to insert, or to update data and person of: the end is moved by signing in and by `touch` alone."""
        now = timezone.now()
        user_id = data.get(USER_KEY)
        idle_seconds = idle_seconds_of(user_id)
        instance = self.model(
            session_key=self._get_or_create_session_key(),
            session_data=self.encode(data),
            user_id=user_id,
            last_active_at=now,
            expire_date=end_of(last_active_at=now, signed_in=data.get(SIGNED_IN), idle_seconds=idle_seconds),
        )
        instance.is_new_person = bool(user_id) and (self.row is None or str(self.row.user_id) != user_id)
        return instance

    async def acreate_model_instance(self, data):
        return await sync_to_async(self.create_model_instance)(data)

    def save(self, must_create=False):
        super().save(must_create)
        # A new row, or a person who was not there when the row was made.
        if must_create:
            self.row = None

    def touch(self) -> None:
        """Somebody has done something in this session."""
        user_id = self._get_session().get(USER_KEY)
        if not user_id or self.row is None:
            return
        now = timezone.now()
        if (now - self.row.last_active_at).total_seconds() < WRITE_EVERY_SECONDS:
            return
        self.row.last_active_at = now
        signed_in, idle_seconds = self.get(SIGNED_IN), idle_seconds_of(user_id)
        self.row.expire_date = end_of(last_active_at=now, signed_in=signed_in, idle_seconds=idle_seconds)
        moved = {"last_active_at": now, "expire_date": self.row.expire_date}
        self.model.objects.filter(session_key=self.session_key).update(**moved)

    def seconds_left(self) -> tuple[int, int]:
        """Until the session ends if nobody does anything, and until it ends whatever is done."""
        now = timezone.now()
        hard = end_of(last_active_at=now + timedelta(days=3650), signed_in=self.get(SIGNED_IN))
        idle = self.row.expire_date if self.row is not None else end_of(last_active_at=now, signed_in=None)
        return tuple(max(0, int((end - now).total_seconds())) for end in (min(idle, hard), hard))


def end_of(*, last_active_at: datetime, signed_in: dict | None, idle_seconds: int | None = None) -> datetime:
    """When a session ends in which nothing is done after `last_active_at`. `signed_in` is None before the sign-in,
    `idle_seconds` where the house's count.
    """
    idle = last_active_at + timedelta(seconds=settings.SESSION_IDLE_SECONDS if idle_seconds is None else idle_seconds)
    if signed_in is None:
        return idle
    began = datetime.fromtimestamp(signed_in["at"], tz=UTC)
    return min(idle, began + timedelta(seconds=settings.SESSION_LONGEST_SECONDS))
