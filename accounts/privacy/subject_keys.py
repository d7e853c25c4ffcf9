"""A key of their own for each person: what it encrypted is unreadable once it is destroyed, backups of the texts
included.

A text of a person is "hers1:ID OF THE KEY:DATA". The data key (256 random bits) lies in `SubjectKey`, wrapped by the
keys of FIELD_ENCRYPTION_KEYS. Unwrapped keys stay in the process for a minute: so long may another process go on
reading after an erasure.
"""

import base64
import os
import re
import time
import uuid
from datetime import timedelta

from django.db import models, transaction
from django.utils import timezone

from ..models import SubjectKey
from . import encryption

PREFIX = "hers1"
SEALED = re.compile(r"hers1:([0-9a-f]{32}):([A-Za-z0-9_-]{38,}={0,2})")
KEPT_SECONDS = 60
MOST_KEPT = 2000
NEAR, MOST_NEIGHBOURS = timedelta(hours=1), 500
_unwrapped: dict[str, tuple[float, bytes | None]] = {}


class SubjectErased(ValueError):
    """The person was erased: nothing more can be encrypted for them."""


def is_sealed(text: str) -> bool:
    return text.startswith(f"{PREFIX}:")


def encrypt_for(person: models.Model, text: str, *, about: str = "", rows=SubjectKey.objects) -> str:
    """The text sealed under the person's key, which is made at first use. SubjectErased once it was destroyed.

    `rows`: manager of the keys (migrations have one of their own).
    """
    row = key_of(person, rows)
    key = _unwrap(row.pk.hex, row)
    if key is None:
        raise SubjectErased(f"{person._meta.label} {person.pk} was erased.")
    return f"{PREFIX}:{row.pk.hex}:{encryption.seal(text.encode(), key, f'{row.pk.hex}:{about}')}"


def decrypt(sealed: str, *, about: str = "") -> str | None:
    """The text; None where the person's key was destroyed. Undecryptable for a text altered or moved."""
    found = SEALED.fullmatch(sealed)
    if found is None:
        raise encryption.Undecryptable("This is not a text sealed for a person.")
    key_id, data = found.groups()
    key = _unwrap(key_id)
    return None if key is None else encryption.unseal(data, key, f"{key_id}:{about}").decode()


def rebound(sealed: str, *, old: str, new: str) -> str:
    """The same text sealed about something else; as it is where the person's key was destroyed."""
    key_id, data = SEALED.fullmatch(sealed).groups()
    key = _unwrap(key_id)
    if key is None:
        return sealed
    content = encryption.unseal(data, key, f"{key_id}:{old}")
    return f"{PREFIX}:{key_id}:{encryption.seal(content, key, f'{key_id}:{new}')}"


def key_of(person: models.Model, rows=SubjectKey.objects) -> SubjectKey:
    """The person's row, made where there is none."""
    subject = {"subject_type": person._meta.label_lower, "subject_id": str(person.pk)}
    row = rows.filter(**subject).first()
    if row is None:
        key_id = uuid.uuid4()
        data_key = base64.urlsafe_b64encode(os.urandom(32)).decode()
        wrapped = encryption.encrypt(data_key, about=f"subject key {key_id}")
        row, _ = rows.get_or_create(**subject, defaults={"id": key_id, "wrapped_key": wrapped})
    return row


def destroy(subject_type: str, subject_id) -> bool:
    """Forget a person's key for good. The row stays and refuses a second key. Returns whether there was one."""
    row = SubjectKey.objects.filter(subject_type=subject_type, subject_id=str(subject_id)).first()
    if row is None or row.destroyed_at is not None:
        return False
    row.wrapped_key, row.destroyed_at = "", timezone.now()
    row.save(update_fields=["wrapped_key", "destroyed_at"])
    transaction.on_commit(lambda: _unwrapped.pop(row.pk.hex, None))
    _unwrapped.pop(row.pk.hex, None)
    return True


def unwrap(row: SubjectKey) -> str:
    """The data key as it is wrapped (base 64)."""
    return encryption.decrypt(row.wrapped_key, about=f"subject key {row.pk}")


def rewrap(row: SubjectKey) -> None:
    """Wrap the same data key under the first key of the setting: texts stay as they are."""
    row.wrapped_key = encryption.encrypt(unwrap(row), about=f"subject key {row.pk}")
    row.save(update_fields=["wrapped_key"])


def forget() -> None:
    """Drop what this process has unwrapped."""
    _unwrapped.clear()


def _unwrap(key_id: str, row: SubjectKey | None = None) -> bytes | None:
    """None where it was destroyed, or its row is gone."""
    until, key = _unwrapped.get(key_id, (0, None))
    if row is None and time.monotonic() < until:
        return key
    row = row or SubjectKey.objects.filter(pk=uuid.UUID(key_id)).first()
    if row is None or row.destroyed_at is not None:
        return None
    if key is None:
        _keep_neighbours(row)
        key = base64.urlsafe_b64decode(unwrap(row))
    _keep(key_id, key)
    return key


def _keep_neighbours(row: SubjectKey) -> None:
    """People who were entered together are read together: a list of a hundred must not ask a hundred times."""
    near = SubjectKey.objects.filter(
        subject_type=row.subject_type,
        destroyed_at__isnull=True,
        created_at__range=(row.created_at - NEAR, row.created_at + NEAR),
    )
    for other in near.exclude(pk=row.pk)[:MOST_NEIGHBOURS]:
        try:
            _keep(other.pk.hex, base64.urlsafe_b64decode(unwrap(other)))
        except encryption.Undecryptable:
            # It is told where that person's text is read.
            continue


def _keep(key_id: str, key: bytes) -> None:
    if len(_unwrapped) >= MOST_KEPT:
        _unwrapped.clear()
    _unwrapped[key_id] = (time.monotonic() + KEPT_SECONDS, key)
