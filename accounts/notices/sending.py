"""Telling people: one row for each in the portal, and one for each email, in the transaction of whatever happened."""

from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction
from django.db.models import CharField, F, Func, Value
from django.db.models.functions import Cast
from django.utils import timezone

from ..models import EmailDelivery, EmailState, Notification, Organisation, User
from ..models.notifications import EmailCadence
from . import unread
from .choices import chosen, defaults_by_organisation, settings_by_user
from .kinds import Importance, Kind, kind_of
from .recipients import holders, holders_anywhere
from .times import after_quiet, next_digest

MOST_TEXT = 300
BATCH = 1_000


@transaction.atomic
def notify_all(
    *,
    users,
    kind: str,
    text: str,
    url: str = "",
    organisation=None,
    about: str = "",
    together: str = "",
    together_text: str = "",
    together_url: str = "",
) -> int:
    """Tell each of `users` (an iterable of User, or a QuerySet) once; returns how many were told now.

    `about` identifies what happened: who was told of it before is left out. Unread messages of the kind with the same
    `together` become one that reads `together_text`, in which {count} is their number, and leads to `together_url`.
    KeyError for an unknown kind. Not audited: what caused it was. Queries do not grow with the number of people.
    """
    what = kind_of(kind)
    people = list({user.pk: user for user in users}.values())
    if about:
        people = _not_told(people, kind, about)
    if not people:
        return 0
    values = {"together": together[:120], "url": url, "organisation": organisation, "about": about[:120]}
    joined = _join(people, {**values, "kind": kind}, together_text, together_url) if together else {}
    return _write(what, [Message(user, text, **values) for user in people], joined)


@dataclass(frozen=True)
class Message:
    """What one person is told. `about` must be new to them."""

    user: User
    text: str
    url: str = ""
    organisation: Organisation | None = None
    about: str = ""
    together: str = ""


@transaction.atomic
def notify_each(*, kind: str, messages: list[Message]) -> int:
    """Tell many people, each in their own words; returns how many messages there are. Queries do not grow with them."""
    return _write(kind_of(kind), messages, {}) if messages else 0


def _write(what: Kind, messages: list[Message], joined: dict) -> int:
    """The rows in the portal and the emails. `joined`: user id -> notification that took the message in."""
    settings_of = settings_by_user({message.user.pk for message in messages})
    defaults = defaults_by_organisation({message.organisation for message in messages})
    planned = []
    for message in messages:
        own = settings_of.get(message.user.pk)
        way = chosen(what, own.choices if own else None, defaults.get(message.organisation))
        if way.in_app or way.email != EmailCadence.OFF:
            planned.append((message, own, way))
    new = {
        place: Notification(
            user=message.user,
            kind=what.code,
            about=message.about,
            together=message.together,
            text=message.text[:MOST_TEXT],
            url=message.url,
            organisation=message.organisation,
            is_listed=way.in_app,
        )
        for place, (message, _, way) in enumerate(planned)
        if message.user.pk not in joined
    }
    Notification.objects.bulk_create(new.values(), batch_size=BATCH)
    told = [
        (new[place].pk if place in new else joined[message.user.pk], message.user, own, way)
        for place, (message, own, way) in enumerate(planned)
    ]
    _queue_emails(what, told)
    unread.forget({user.pk for _, user, _, _ in told})
    return len(told)


@transaction.atomic
def tell(*, kind: str, organisation=None, text: str, url: str = "", about: str = "", without=(), **more) -> int:
    """Tell everybody who holds the kind's permission, in the organisation unless it is one of the platform. `without`:
    ids of users who know already, such as whoever did it. ValueError for a kind that is about one person.
    """
    what = kind_of(kind)
    if what.permission is None:
        raise ValueError(f"{kind} is about one person: say whom to tell.")
    people = holders(what.permission, organisation).exclude(pk__in=[one for one in without if one])
    return notify_all(users=people, kind=kind, text=text, url=url, organisation=organisation, about=about, **more)


@transaction.atomic
def tell_everywhere(*, kind: str, text: str, url: str = "", about: str = "") -> int:
    """Tell everybody who holds the kind's permission in any organisation: of what is common to all of them."""
    people = holders_anywhere(kind_of(kind).permission)
    return notify_all(users=people, kind=kind, text=text, url=url, about=about)


def _queue_emails(what: Kind, told: list[tuple]) -> None:
    """Emails for notifications: (id, user, NotificationSettings or None, Chosen). One that waits already says all that
    this one would: emails name kinds, not things.
    """
    if not settings.EMAIL_NOTICES:
        return
    now = timezone.now()
    wanted = [
        (pk, user, own, way.email)
        for pk, user, own, way in told
        if way.email != EmailCadence.OFF and (own is None or own.email_stopped_at is None)
    ]
    if not wanted:
        return
    waiting = EmailDelivery.objects.filter(notification__in=[pk for pk, *_ in wanted], state=EmailState.WAITING)
    already = set(waiting.values_list("notification_id", flat=True))
    emails = [
        EmailDelivery(
            user=user,
            notification_id=pk,
            kind=what.code,
            cadence=cadence,
            created_at=now,
            due_at=due_at(what, cadence, own, now),
        )
        for pk, user, own, cadence in wanted
        if pk not in already
    ]
    EmailDelivery.objects.bulk_create(emails, batch_size=BATCH)
    if any(email.due_at <= now for email in emails):
        from .tasks import deliver_soon

        transaction.on_commit(deliver_soon)


def due_at(what: Kind, cadence: str, own, now):
    """When an email goes. `own`: the person's NotificationSettings, or None. Urgent ones know no quiet hours."""
    if cadence == EmailCadence.IMMEDIATE:
        if own is None or what.importance == Importance.URGENT:
            return now
        return after_quiet(now, own.quiet_from, own.quiet_until)
    hour, weekday = (own.digest_hour, own.digest_weekday) if own else (8, 0)
    return next_digest(cadence, now, hour, weekday)


def _not_told(people: list[User], kind: str, about: str) -> list[User]:
    """Those who have not been told of it. Whoever tells of the same thing at the same moment waits here."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"notice:{kind}:{about}"])
    told = Notification.objects.filter(user__in=people, kind=kind, about=about).values_list("user_id", flat=True)
    told = set(told)
    return [user for user in people if user.pk not in told]


def _join(people, values, text, url) -> dict:
    """Unread messages that take this one in: user id -> notification id."""
    places = {name: values[name] for name in ("kind", "together")}
    if values["organisation"] is None:
        places["organisation__isnull"] = True
    else:
        places["organisation"] = values["organisation"]
    unread_ones = Notification.objects.unread().filter(user__in=people, **places).order_by("user", "-created_at")
    rows = dict(unread_ones.distinct("user").values_list("user_id", "pk"))
    counted = Func(
        Value(text),
        Value("{count}"),
        Cast(F("count") + 1, CharField()),
        function="replace",
        output_field=CharField(),
    )
    Notification.objects.filter(pk__in=rows.values()).update(
        count=F("count") + 1,
        text=Func(counted, Value(MOST_TEXT), function="left", output_field=CharField()),
        url=url or values["url"],
        about=values["about"],
        created_at=timezone.now(),
    )
    return rows
