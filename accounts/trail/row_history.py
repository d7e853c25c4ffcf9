"""What happened to the rows of one thing: old and new values from the history that triggers keep, in words.

Personal fields are not kept there (`accounts.trail.history`), so that no page can show them: `untold` names them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.formats import date_format
from django.utils.timezone import is_aware, localtime

from ..field_words import words_of_field, words_of_model
from ..models import AuditEvent, User
from ..privacy import inventory

# An object has few changes; a page of the newest of these is enough to look at, files hold as many.
MOST = 2_000
LABELS = {"insert": "Added", "update": "Changed", "delete": "Deleted"}


@dataclass(frozen=True)
class FieldChange:
    name: str
    old: str
    new: str


@dataclass(frozen=True)
class RowChange:
    """One change of one row, by whom as the triggers were told: `actor_kind` "" where nobody told them."""

    at: datetime
    kind: str
    actor_kind: str
    actor_id: str
    address: str
    fields: list[FieldChange] = field(default_factory=list)

    @property
    def words(self) -> str:
        return LABELS.get(self.kind, self.kind)


@cache
def histories() -> dict[str, type[models.Model]]:
    """Label of each model that is followed -> the model of its history."""
    from pghistory.models import Event

    return {
        model.pgh_tracked_model._meta.label_lower: model
        for model in apps.get_models()
        if issubclass(model, Event) and hasattr(model, "pgh_tracked_model")
    }


def is_of(organisation, label: str, pk: str) -> bool:
    """Whether the thing is the organisation's: as it is now, or as the trail knew it while it was there."""
    model = histories()[label]
    rows = model.pgh_tracked_model._base_manager
    try:
        key = rows.model._meta.pk.to_python(pk)
    except ValidationError:
        return False
    if rows.model is User:
        return rows.filter(pk=key, memberships__organisation=organisation).exists()
    if rows.model is type(organisation):
        return key == organisation.pk
    scoped = getattr(rows.model._default_manager, "for_organisation", None)
    if scoped is not None and scoped(organisation).filter(pk=key).exists():
        return True
    if rows.filter(pk=key).exists():
        return False
    return AuditEvent.objects.for_organisation(organisation).filter(target_type=label, target_id=pk).exists()


def untold(label: str) -> list[str]:
    """Names of personal fields, whose values are not kept."""
    model = histories()[label].pgh_tracked_model
    return [words_of_field(model, entry.field) for entry in inventory.personal_fields(model)]


def changes(label: str, pk: str) -> list[RowChange]:
    """The newest MOST changes of the row, the newest first."""
    model = histories()[label]
    rows = list(model.objects.filter(pgh_obj_id=pk).order_by("-pgh_id")[:MOST])
    names = [one for one in model._meta.fields if not one.name.startswith("pgh_")]
    words = _Words(rows, names)
    return [_change(model, row, before, names, words) for row, before in zip(rows, [*rows[1:], None], strict=True)]


def _change(model, row, before, names, words) -> RowChange:
    told = row.pgh_context or {}
    pairs = ((one, before and getattr(before, one.attname), getattr(row, one.attname)) for one in names)
    if row.pgh_label == "delete":
        pairs = ((one, new, None) for one, _, new in pairs)
    fields = [
        FieldChange(_name(model.pgh_tracked_model, one), words.of(one, old), words.of(one, new))
        for one, old, new in pairs
        if old != new and one.attname != "id"
    ]
    return RowChange(
        at=row.pgh_created_at,
        kind=row.pgh_label,
        actor_kind=told.get("actor_kind", ""),
        actor_id=told.get("actor_id", ""),
        address=told.get("url", ""),
        fields=fields,
    )


def _name(model, one) -> str:
    words = words_of_field(model, one.name)
    return words[:1].upper() + words[1:]


class _Words:
    """Values as people read them. Accounts go by their names, other things by kind and the beginning of their id."""

    def __init__(self, rows, names):
        keys = {getattr(row, one.attname) for row in rows for one in names if _is_user(one)} - {None}
        self.users = {user.pk: user for user in User.objects.filter(pk__in=keys)}
        self.things = {one.attname: _things(one, rows) for one in names if one.is_relation and not _is_user(one)}

    def of(self, one, value) -> str:
        if value is None or value == "" or value == []:
            return "none"
        if _is_user(one):
            return str(self.users.get(value, "Erased person"))
        if one.is_relation:
            return self.things[one.attname].get(value) or f"{words_of_model(one.related_model)} {str(value)[:8]}"
        if one.choices:
            return str(dict(one.flatchoices).get(value, value))
        return _plain(value)


def _things(one, rows) -> dict:
    """Names of the things that a field leads to by key; of kinds whose names may tell of a person, none."""
    if inventory.personal_fields(one.related_model):
        return {}
    keys = {getattr(row, one.attname) for row in rows} - {None}
    return {pk: str(thing) for pk, thing in one.related_model._base_manager.in_bulk(keys).items()}


def _is_user(one) -> bool:
    return one.is_relation and one.related_model is User


def _plain(value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return date_format(localtime(value) if is_aware(value) else value, "j F Y, H:i")
    if isinstance(value, date):
        return date_format(value, "j F Y")
    if isinstance(value, list):
        return ", ".join(str(each).replace("_", " ") for each in value)
    text = str(value)
    return text if len(text) <= 200 else f"{text[:200]}…"


def people_named(label: str, pk: str) -> Iterator[User]:
    """Accounts that the changes name beside whoever made them."""
    model = histories()[label]
    names = [one for one in model._meta.fields if _is_user(one)]
    keys = {key for one in names for key in model.objects.filter(pgh_obj_id=pk).values_list(one.attname, flat=True)}
    yield from User.objects.filter(pk__in=keys - {None})
