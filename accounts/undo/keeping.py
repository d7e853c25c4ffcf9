"""Remembers how rows were while a service changes them."""

import json
import secrets
from collections.abc import Iterable
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from hashlib import sha256

import structlog
from django.core.cache import cache
from django.db import models, transaction
from django.utils import timezone

from ..privacy.encryption import encrypt
from . import rows
from .kinds import kinds

log = structlog.get_logger(__name__)
MINUTES = 10
# What is larger is not kept: a deletion of so much is no slip.
MOST_ROWS = 2_000
MOST_LETTERS = 1_000_000
ABOUT = "undo"
TAG = "undo:"


@dataclass
class Kept:
    """What `keeping` gives: `tag` is the extra_tags of the message that offers the way back, "" where there is none."""

    token: str = ""

    @property
    def tag(self) -> str:
        return f"{TAG}{self.token}" if self.token else ""


@contextmanager
def keeping(request, *, kind: str, thing: models.Model | Iterable[models.Model], back: str, done: str):
    """Within, one service changes or deletes `thing` (a row or several of one model) in one transaction.

    `back` is the address that the person comes to afterwards, `done` what they are told. KeyError for a kind that
    nobody registered. Errors of the service go through, and nothing is kept. Nothing is kept either where it is too
    much, or where the cache is away: then `tag` stays empty and no way back is offered.
    """
    kinds[kind]
    things = [thing] if isinstance(thing, models.Model) else list(thing)
    label, pks = things[0]._meta.label_lower if things else "", [str(each.pk) for each in things]
    kept = Kept()
    with transaction.atomic():
        _lock(things)
        keys = rows.reach(things)
        before = rows.read(keys)
        yield kept
        changes = rows.differences(before, rows.read(keys))
    about = {"kind": kind, "model": label, "keys": pks, "back": back, "done": done}
    if changes and (token := _store(request, changes, about)):
        kept.token = token


def _lock(things) -> None:
    """First of all, as the services do: what hangs on a thing does not change while it is held."""
    if things:
        model = type(things[0])
        list(model._base_manager.select_for_update(of=("self",)).filter(pk__in=[each.pk for each in things]).only("pk"))


def _store(request, changes, about) -> str:
    organisation = getattr(request, "organisation", None)
    told = about | {
        "user": str(request.user.pk),
        "organisation": str(organisation.pk) if organisation else "",
        "at": timezone.now().isoformat(),
        "changes": [asdict(change) for change in changes],
    }
    text = json.dumps(told)
    if len(changes) > MOST_ROWS or len(text) > MOST_LETTERS:
        log.info("undo_too_large", kind=about["kind"], rows=len(changes))
        return ""
    token = secrets.token_urlsafe(32)
    cache.set(place_of(token), encrypt(text, about=ABOUT), MINUTES * 60)
    return token if cache.get(place_of(token)) else ""


def place_of(token: str) -> str:
    """Where it lies. The token itself is known to the person's browser alone."""
    return f"undo-{sha256(token.encode()).hexdigest()}"
