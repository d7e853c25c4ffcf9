"""Puts a text into every column that may hold one, of everything that an organisation owns or a person wrote."""

from django.apps import apps
from django.db import DatabaseError, models, transaction

from accounts.privacy.fields import EncryptedPointField

OWN_APPS = ("accounts", "lsoa", "portal", "priorities", "routing")
# Append-only, or made by the database and the programs alone.
NOT_WRITTEN = {"AuditEvent", "ActorPseudonym", "AuditCheck", "Session"}
ROWS = 3
# In addresses, whose converters take letters and digits alone; a model's XML, which is read before it is kept; and
# pseudonyms, which the portal makes.
NOT_FREE = {"code", "definition", "actor_id"}


def text_fields(model) -> list[models.Field]:
    """Columns that hold free text: without choices, wide enough, and written by somebody."""
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and not isinstance(field, EncryptedPointField)
        and not field.primary_key
        and not field.choices
        and not field.is_relation
        and field.editable
        and not isinstance(field, models.SlugField)
        and field.name not in NOT_FREE
    ]


def plant(text: str) -> dict[str, int]:
    """Write `text` into the first rows of every table; returns how many columns took it, by model.

    The database's constraints are asked: what they refuse (a code, a digest) can hold no such text at all.
    """
    taken = {}
    for model in apps.get_models():
        if model._meta.app_label not in OWN_APPS or model.__name__ in NOT_WRITTEN or not model._meta.managed:
            continue
        columns = [field for field in text_fields(model) if _plant(model, field, text)]
        if columns:
            taken[model.__name__] = len(columns)
    return taken


def _plant(model, field, text) -> bool:
    rows = list(model._default_manager.order_by("pk")[:ROWS])
    done = False
    for number, row in enumerate(rows):
        worded = f"{text}{number}" if field.unique or number else text
        if field.max_length and len(worded) > field.max_length:
            continue
        setattr(row, field.attname, worded)
        try:
            with transaction.atomic():
                row.save(update_fields=[field.name])
                done = True
        except (DatabaseError, ValueError, TypeError):
            continue
    return done
