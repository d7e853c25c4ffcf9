"""Which channels a notice takes to whom: as the person chose, else as the organisation did, else as the kind says."""

from dataclasses import dataclass

from ..models import NotificationDefaults, NotificationSettings
from ..models.notifications import EmailCadence
from .kinds import Kind


@dataclass(frozen=True)
class Chosen:
    """`email` is an EmailCadence."""

    in_app: bool
    email: str


def standard(kind: Kind, defaults: dict | None = None) -> Chosen:
    """Without a choice of the person. `defaults`: the organisation's choices by kind."""
    return _merged(kind, (defaults or {}).get(kind.code, {}), Chosen(kind.in_app, kind.email))


def chosen(kind: Kind, own: dict | None, defaults: dict | None = None) -> Chosen:
    """`own`: the person's choices by kind."""
    return _merged(kind, (own or {}).get(kind.code, {}), standard(kind, defaults))


def _merged(kind, choice: dict, otherwise: Chosen) -> Chosen:
    email = choice.get("email", otherwise.email)
    return Chosen(
        in_app=kind.always_in_app or bool(choice.get("in_app", otherwise.in_app)),
        email=email if email in EmailCadence.values else otherwise.email,
    )


def defaults_of(organisation) -> dict:
    if organisation is None:
        return {}
    found = NotificationDefaults.objects.filter(organisation=organisation).values_list("choices", flat=True).first()
    return found or {}


def defaults_by_organisation(organisations) -> dict:
    """Choices of several organisations in one query; who made none is missing."""
    rows = NotificationDefaults.objects.filter(organisation__in=[one for one in organisations if one is not None])
    choices = {row.organisation_id: row.choices for row in rows}
    return {one: choices[one.pk] for one in organisations if one is not None and one.pk in choices}


def settings_of(user) -> NotificationSettings:
    """The person's settings; not yet saved where they never chose anything."""
    return NotificationSettings.objects.filter(user=user).first() or NotificationSettings(user=user)


def settings_by_user(user_ids) -> dict:
    """Settings of many in one query, by the user's id; who never chose is missing."""
    return {row.user_id: row for row in NotificationSettings.objects.filter(user__in=user_ids)}
