"""What tables and their fields are called on pages: privacy, erasure and the history of one thing.

Each app says so in its own `field_words.py`, which its `personal_data.py` brings in at start. What nobody named goes by
the model's own words.
"""

from django.apps import apps
from django.db import models

_words: dict[str, str] = {}


def describe(model: str, name: str, fields: dict[str, str]) -> None:
    """`model`: "app.Model"; `name` and the words of `fields` begin in lower case unless they are names."""
    label = model.lower()
    _words[label] = name
    _words.update({f"{label}.{field}": words for field, words in fields.items()})


def words_of_model(model: type[models.Model]) -> str:
    """E.g. "Background work"."""
    return _capital(_words.get(model._meta.label_lower) or str(model._meta.verbose_name))


def words_of_field(model: type[models.Model], field: str) -> str:
    """E.g. "decision reason", in lower case."""
    own = _words.get(f"{model._meta.label_lower}.{field}")
    return own or str(model._meta.get_field(field).verbose_name).replace("_", " ")


def words_by_name(name: str) -> str:
    """Of "app.Model.field", e.g. "Staff member: home postcode"."""
    label, _, field = name.rpartition(".")
    model = apps.get_model(label)
    return f"{words_of_model(model)}: {words_of_field(model, field)}"


def is_described(name: str) -> bool:
    """Whether somebody gave "app.Model.field" words."""
    return name.lower() in _words


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
