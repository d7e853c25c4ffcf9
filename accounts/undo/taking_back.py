"""Writes rows again as they were before somebody's last step."""

import json
from dataclasses import dataclass

import structlog
from django.apps import apps
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils.dateparse import parse_datetime

from .. import audit
from ..access import RightMissing, allowed
from ..models import AuditEvent, Organisation, User
from ..privacy.encryption import Undecryptable, decrypt
from . import rows
from .keeping import ABOUT, MINUTES, place_of
from .kinds import kinds
from .refusal import UndoRefused

log = structlog.get_logger(__name__)
OVER = f"This cannot be undone any more: {MINUTES} minutes are over, or it was undone already. Nothing was changed."
NOT_THERE = "Something else stands in its place by now, or what it belongs to is gone. It cannot be undone."


@dataclass(frozen=True)
class TakenBack:
    """What the person is told, and where they come to."""

    done: str
    back: str


def take_back(*, token: str, by: User, organisation: Organisation | None) -> TakenBack:
    """Restore what `keeping` remembered under this token, in one transaction, with an event in the audit trail.

    UndoRefused: unknown, over, or somebody else's token; another organisation; changed since; no longer allowed by
    the rules of the thing. RightMissing when the person has lost the right. The token is good for one time.
    """
    told = _told(token, by)
    if told["organisation"] != (str(organisation.pk) if organisation else ""):
        raise UndoRefused("You did this in another organisation. Choose it on your account first, then undo.")
    kind = kinds[told["kind"]]
    if kind.permission is not None and not allowed(by, kind.permission, organisation):
        raise RightMissing(kind.permission)
    try:
        _restore(told, kind, by, organisation)
    except ValidationError as error:
        raise UndoRefused(f"{error.messages[0]} So it cannot be undone.") from error
    except DatabaseError as error:
        log.warning("undo_refused_by_database", kind=kind.code, error=type(error).__name__)
        raise UndoRefused(NOT_THERE) from error
    cache.delete(place_of(token))
    return TakenBack(told["done"], told["back"])


def _told(token, by) -> dict:
    sealed = cache.get(place_of(token)) if token else None
    if sealed is None:
        raise UndoRefused(OVER)
    try:
        told = json.loads(decrypt(sealed, about=ABOUT))
    except Undecryptable as error:
        raise UndoRefused(OVER) from error
    if told["user"] != str(by.pk):
        log.warning("undo_of_somebody_else", kind=told["kind"])
        raise UndoRefused(OVER)
    return told


@transaction.atomic
def _restore(told, kind, by, organisation) -> None:
    # Nobody who was erased comes back with a row that was kept before.
    if AuditEvent.objects.filter(action="person.erased", occurred_at__gte=parse_datetime(told["at"])).exists():
        raise UndoRefused("Data of a person were erased since, so nothing from before can be brought back.")
    rows.write_back([rows.RowChange(**change) for change in told["changes"]])
    if kind.check is not None:
        for key in told["keys"]:
            kind.check(key)
    details = {"undone": True, "number": len(told["keys"])}
    audit.record(action=kind.action, by=by, organisation=organisation, target=_target(told), details=details)


def _target(told):
    """The thing that came back; None for several."""
    if len(told["keys"]) != 1:
        return None
    return apps.get_model(told["model"])._base_manager.filter(pk=told["keys"][0]).first()
