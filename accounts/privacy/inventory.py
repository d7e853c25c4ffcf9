"""Which personal data are kept, where, why, for how long, and what erasing a person does to them.

Each app says so of its own tables in `personal_data.py`, found at start. `undeclared_fields` names every field that
could hold something about a person and of which nobody said whether it does; a system check and a test fail for it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from django.apps import apps
from django.contrib.gis.db.models import GeometryField
from django.contrib.postgres.fields import ArrayField
from django.db import models

TELLING_FIELDS = (
    *(models.CharField, models.TextField, models.JSONField, models.BinaryField, models.FileField),
    *(models.GenericIPAddressField, ArrayField, GeometryField),
)
# Of other people's apps, which declare nothing themselves, `accounts` declares.
USER = "accounts.user"


class OnErasure(StrEnum):
    """What erasing a person does to a field."""

    ROW_DELETED = "deleted"
    CLEARED = "emptied"
    REPLACED = "the person's names are replaced"
    ANONYMISED = "replaced by a pseudonym"
    EMPTIED = "the text is removed"
    BLURRED = "replaced by the middle of the area"
    UNREADABLE = "made unreadable: its key is destroyed"
    KEPT = "kept"


class Basis(StrEnum):
    """Lawful basis, UK GDPR Article 6(1) and, for health, 9(2)."""

    PUBLIC_TASK = "public task, Article 6(1)(e)"
    LEGAL_OBLIGATION = "legal obligation, Article 6(1)(c)"
    CARE = "public task and provision of care, Articles 6(1)(e) and 9(2)(h)"


@dataclass(frozen=True)
class PersonalField:
    """One field that holds or may hold something about a person.

    `about` leads from the row to the people it is about: {"accounts.user": "user", "routing.staffmember": "staff"},
    "" for the row itself. Fields without it may mention people (free text, routes of a plan): they are searched for
    names.
    """

    model: str
    field: str
    why: str
    kept_for: str
    on_erasure: OnErasure
    basis: Basis = Basis.PUBLIC_TASK
    about: dict[str, str] = field(default_factory=dict, hash=False)
    is_secret: bool = False
    # Texts that are erased with the person they are about and may name somebody else.
    names_others: bool = False
    # Where erasing one kind of person does something else to it than `on_erasure`: by model label.
    otherwise: dict[str, OnErasure] = field(default_factory=dict, hash=False)

    @property
    def name(self) -> str:
        return f"{self.model}.{self.field}"


@dataclass(frozen=True)
class NotPersonal:
    """Fields ("*": all) that hold nothing about a person, and why that is so."""

    model: str
    fields: tuple[str, ...]
    because: str


@dataclass(frozen=True)
class PersonalPlace:
    """Personal data outside of tables: Redis, files, logs, browsers."""

    name: str
    holds: str
    why: str
    kept_for: str
    on_erasure: str
    basis: Basis = Basis.PUBLIC_TASK


@dataclass(frozen=True)
class SealedWithin:
    """A field that holds texts of `encryption.encrypt` among others (a secret in JSON), and what they were sealed
    about.
    """

    model: str
    field: str
    about: str = ""


_sealed_within: dict[tuple[str, str], SealedWithin] = {}
_personal: dict[tuple[str, str], PersonalField] = {}
_not_personal: dict[str, list[NotPersonal]] = {}
_places: dict[str, PersonalPlace] = {}


def declare(*entries: PersonalField | NotPersonal | PersonalPlace | SealedWithin) -> None:
    """Called by `personal_data.py` of each app. ValueError where a field is declared twice in different words."""
    for entry in entries:
        if isinstance(entry, PersonalPlace):
            _places[entry.name] = entry
        elif isinstance(entry, SealedWithin):
            _sealed_within[entry.model.lower(), entry.field] = entry
        elif isinstance(entry, NotPersonal):
            _not_personal.setdefault(entry.model.lower(), []).append(entry)
        else:
            key = (entry.model.lower(), entry.field)
            if _personal.get(key, entry) != entry:
                raise ValueError(f"{entry.name} is declared twice.")
            _personal[key] = entry


def personal_fields(model: type[models.Model] | None = None) -> list[PersonalField]:
    """Of one model, or all of them, by app and model."""
    wanted = None if model is None else model._meta.label_lower
    return [entry for (label, _), entry in sorted(_personal.items()) if wanted in (None, label)]


def personal_field_names(model: type[models.Model]) -> frozenset[str]:
    """Names of the fields of a model that row history, logs and exports for others leave out."""
    return frozenset(entry.field for entry in personal_fields(model))


def places() -> list[PersonalPlace]:
    return sorted(_places.values(), key=lambda place: place.name)


def sealed_within() -> list[SealedWithin]:
    return list(_sealed_within.values())


def undeclared_fields() -> list[str]:
    """ "app.Model.field" of each telling field that nobody declared."""
    return sorted(f"{model._meta.label}.{name}" for model, name in telling_fields() if not _is_declared(model, name))


def declared_in_vain() -> list[str]:
    """Declarations of models or fields that do not exist (any more)."""
    known = {(model._meta.label_lower, one.name) for model in apps.get_models() for one in model._meta.fields}
    models_known = {label for label, _ in known}
    gone = [entry.name for key, entry in _personal.items() if key not in known]
    for label, entries in _not_personal.items():
        for entry in entries:
            if label not in models_known:
                gone.append(entry.model)
            gone += [f"{entry.model}.{name}" for name in entry.fields if name != "*" and (label, name) not in known]
    return sorted(set(gone))


def telling_fields() -> Iterator[tuple[type[models.Model], str]]:
    """Every field of every managed table that can hold text, files, addresses or places. A choice among fixed values
    says nothing that its model does not say already; nor does a reference.
    """
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.managed or model._meta.proxy:
            continue
        for one in model._meta.local_fields:
            if isinstance(one, TELLING_FIELDS) and not one.choices:
                yield model, one.name


def _is_declared(model, name) -> bool:
    tracked = getattr(model, "pgh_tracked_model", None)
    if tracked is not None:
        # Row history: what it copies is declared where it comes from; its own columns hold a label and a pseudonym.
        return name.startswith("pgh_") or (
            (tracked._meta.label_lower, name) not in _personal and _is_declared(tracked, name)
        )
    label = model._meta.label_lower
    if (label, name) in _personal:
        return True
    return any(name in entry.fields or "*" in entry.fields for entry in _not_personal.get(label, []))
