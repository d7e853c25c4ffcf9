"""Erases a person: names, texts, keys and links go; figures and the pseudonymous trail stay.

What happens to each field is what the inventory says. What the inventory cannot say (an account is anonymised, a home
is forgotten, a round in progress stands against it) is done by the duties of each app (`accounts.privacy.subjects`).
"""

import uuid
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.apps import apps
from django.db import connection, models, transaction

from .. import audit
from ..models import User
from . import holds, inventory, subject_keys
from .copies import rows_about
from .inventory import OnErasure
from .mentions import Replacements, mentioning_rows
from .subjects import Person, duties


class ErasureReason(models.TextChoices):
    REQUESTED = "requested", "The person asked for it"
    LEFT = "left", "The person left, and their data are not needed any more"
    MISTAKE = "mistake", "The account or the person was entered by mistake"
    UNLAWFUL = "unlawful", "The data must not be kept"


class ErasureRefused(ValueError):
    """What stands against it, one sentence each in `obstacles`."""

    def __init__(self, obstacles: list[str]):
        self.obstacles = obstacles
        super().__init__(" ".join(obstacles))


@dataclass
class ErasurePreview:
    """What would happen: [(where, what, rows)], what stays, and what stands against it."""

    effects: list[tuple[str, str, int]] = field(default_factory=list)
    stays: list[tuple[str, str]] = field(default_factory=list)
    obstacles: list[str] = field(default_factory=list)


def obstacles_for(person: Person, by) -> list[str]:
    """Why the person must not be erased (yet), in words; none: nothing stands against it."""
    found = []
    if isinstance(by, User) and person.account is not None and by.pk == person.account.pk:
        found.append("You cannot erase yourself. Ask another platform administrator.")
    if person.account is not None and person.account.erased_at is not None:
        found.append("This person was erased already.")
    if held := holds.refusal(person):
        found.append(held)
    return found + [words for duty in duties.values() for words in duty.obstacles(person)]


def preview(person: Person, *, by) -> ErasurePreview:
    """Counts by field, without changing anything. Reads every row in which the person may be named."""
    told = ErasurePreview(obstacles=obstacles_for(person, by))
    for entry in inventory.personal_fields():
        for effect, labels in _effects(entry).items():
            if effect == OnErasure.KEPT:
                told.stays.append((entry.name, entry.why))
            elif effect != OnErasure.REPLACED and (count := rows_about(entry, person, labels).count()):
                told.effects.append((entry.name, effect.value, count))
    mentions = mentioning_rows(person, Replacements(person, _pseudonyms(person)))
    named = Counter(f"{row._meta.label}.{name}" for row, changed in mentions for name in changed)
    told.effects += [(name, OnErasure.REPLACED.value, count) for name, count in sorted(named.items())]
    return told


@transaction.atomic
def erase_person(*, person: Person, by, reason: str, organisation=None) -> dict[str, int]:
    """Erase; returns how many rows of each kind were touched. ErasureRefused where something stands against it.

    One transaction: either nothing is left or nothing has changed. Caches and files go once it has committed.
    """
    reason = ErasureReason(reason)
    if person.account is not None:
        User.objects.select_for_update().get(pk=person.account.pk)
    if obstacles := obstacles_for(person, by):
        raise ErasureRefused(obstacles)
    subjects, pseudonyms = person.subjects(), _pseudonyms(person)
    replacements = Replacements(person, pseudonyms)
    counts = Counter()
    # Names in texts first: afterwards nobody knows any more what the person was called.
    with changed_words_allowed():
        for row, changed in mentioning_rows(person, replacements):
            for name, value in changed.items():
                setattr(row, name, value)
            row.save(update_fields=list(changed))
            counts[row._meta.label] += 1
    for entry in inventory.personal_fields():
        counts[entry.model] += _apply(entry, person)
    for duty in duties.values():
        counts.update(duty.erase(person, pseudonyms=pseudonyms, by=by))
    for subject_type, subject_id in subjects:
        counts["keys destroyed"] += subject_keys.destroy(subject_type, subject_id)
    transaction.on_commit(lambda: _clean_up(person))
    told = {name: count for name, count in sorted(counts.items()) if count}
    audit.record(
        action="person.erased",
        by=by,
        organisation=organisation,
        details={"reason": reason.value, "subjects": [list(each) for each in subjects], "counts": told},
    )
    return told


def _pseudonyms(person: Person) -> dict:
    """What stands for the short reference of each row: made from nothing, so that it leads nowhere."""
    return {row.pk: f"erased-{uuid.uuid4().hex[:8]}" for row, _, _ in person.references()}


def _effects(entry) -> dict[OnErasure, list[str]]:
    """Kinds of people by what erasing them does to a field."""
    effects = {} if entry.about else {entry.on_erasure: []}
    for label in entry.about:
        effects.setdefault(entry.otherwise.get(label, entry.on_erasure), []).append(label)
    return effects


def _apply(entry, person: Person) -> int:
    if "" in entry.about.values():
        return 0
    done = 0
    for effect, labels in _effects(entry).items():
        if effect == OnErasure.ROW_DELETED:
            done += rows_about(entry, person, labels).delete()[0]
        elif effect == OnErasure.CLEARED:
            field_ = apps.get_model(entry.model)._meta.get_field(entry.field)
            done += rows_about(entry, person, labels).update(**{entry.field: None if field_.null else ""})
    return done


@contextmanager
def changed_words_allowed():
    """Reasons of published models are frozen by a trigger; erasing somebody named in them is what it lets pass."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('healthequiroute.erasing', 'on', true)")
        yield
        cursor.execute("SELECT set_config('healthequiroute.erasing', 'off', true)")


def _clean_up(person: Person) -> None:
    subject_keys.forget()
    for duty in duties.values():
        duty.clean_up(person)
