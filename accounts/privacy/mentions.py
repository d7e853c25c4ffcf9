"""Finds and replaces what a person is called in texts and JSON, wherever the inventory says that people may be
named.
"""

import re
from collections.abc import Iterator

from django.apps import apps
from django.db import models
from django.db.models import Q

from . import inventory
from .inventory import OnErasure, PersonalField
from .subjects import ERASED_NAME, Person, scopes

BATCH = 500


class Replacement:
    """Names become "Erased person", references the pseudonym given for them. Whole words only, upper and lower case
    alike (a single word that could be an ordinary one exactly as it is written).
    """

    def __init__(self, names: list[str], references: dict[str, str] | None = None):
        self.words = dict.fromkeys(names, ERASED_NAME) | (references or {})
        parts = [self._pattern(word) for word in sorted(self.words, key=len, reverse=True)]
        self._any = re.compile("|".join(parts)) if parts else None
        self._lower = {word.lower(): new for word, new in self.words.items()}

    @staticmethod
    def _pattern(word: str) -> str:
        spaced = r"\s+".join(re.escape(part) for part in word.split())
        is_plain_word = word.isalpha()
        return rf"(?<![\w@.-]){spaced}(?![\w@-])" if is_plain_word else rf"(?i:(?<![\w@-]){spaced}(?![\w@-]))"

    def text(self, text: str) -> str:
        if self._any is None:
            return text
        return self._any.sub(lambda found: self._lower[" ".join(found.group().lower().split())], text)

    def value(self, value):
        """The same for anything that JSON can hold, keys included."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.value(each) for each in value]
        if isinstance(value, dict):
            return {self.text(key): self.value(each) for key, each in value.items()}
        if isinstance(value, bytes | memoryview):
            return self._bytes(bytes(value))
        return value

    def _bytes(self, content: bytes) -> bytes:
        """Files of people are CSV: text in UTF-8, or else in an encoding of single bytes, which stay what they are."""
        for encoding in ("utf-8", "latin-1"):
            try:
                return self.text(content.decode(encoding)).encode(encoding)
            except UnicodeError:
                continue
        return content


def mention_fields() -> list[PersonalField]:
    """Fields in which anybody may be named."""
    named = inventory.personal_fields()
    return [entry for entry in named if entry.on_erasure == OnErasure.REPLACED or entry.names_others]


def rows_in_scope(model: type[models.Model], person: Person):
    """Where the person may be named: rows of their organisations, and those of nobody's."""
    scope = scopes.get(model._meta.app_label)
    if scope is not None:
        return scope.rows(model, person)
    rows = model._default_manager.all()
    if any(one.name == "organisation" for one in model._meta.fields):
        return rows.filter(Q(organisation__in=person.organisations) | Q(organisation__isnull=True))
    return rows


class Replacements:
    """The Replacement for each row: names everywhere, a short reference where it means this person."""

    def __init__(self, person: Person, pseudonyms: dict):
        self._names = person.names
        self._references = [
            (owner, word, telling, pseudonyms[owner.pk]) for owner, word, telling in person.references()
        ]
        self._made: dict[frozenset, Replacement] = {}

    def of(self, row: models.Model) -> Replacement:
        scope = scopes.get(row._meta.app_label)
        known = {
            word: pseudonym
            for owner, word, telling, pseudonym in self._references
            if (scope.knows(row, owner) if scope is not None else telling)
        }
        key = frozenset(known.items())
        if key not in self._made:
            self._made[key] = Replacement(self._names, known)
        return self._made[key]


def mentioning_rows(person: Person, replacements: Replacements) -> Iterator[tuple[models.Model, dict]]:
    """(row, changed values by field) of every row that names the person."""
    by_model: dict[str, list[str]] = {}
    for entry in mention_fields():
        by_model.setdefault(entry.model, []).append(entry.field)
    for label, names in by_model.items():
        rows = rows_in_scope(apps.get_model(label), person).order_by("pk").defer(None)
        for row in rows.iterator(chunk_size=BATCH):
            replacement = replacements.of(row)
            changed = {name: new for name in names if (new := _changed(row, name, replacement)) is not None}
            if changed:
                yield row, changed


def _changed(row, name, replacement):
    old = getattr(row, name)
    if old is None:
        return None
    new = replacement.value(old)
    if isinstance(old, str):
        longest = row._meta.get_field(name).max_length
        new = new[:longest] if longest else new
    return None if new == (bytes(old) if isinstance(old, memoryview) else old) else new
