"""How large a request may be, by its address: one table for the server and for Django."""

import re

from django.conf import settings

MIB = 1024 * 1024
# Fields and borders around the files of a form.
AROUND_FILES = 64 * 1024
# A file that is a little too large reaches its form, which says so beside the field; what is far too large is not read.
LEEWAY = 1.1
# Addresses that take more than a form does, and how much all their files may weigh; the forms themselves know the same.
DOORS = [
    (re.compile(r"^/data/load/$"), 500 * MIB),
    (re.compile(r"^/data/own/"), 20 * MIB),
    (re.compile(r"^/teams/[0-9a-f-]{36}/rota/files/$"), 10 * MIB),
]


def is_door(path: str) -> bool:
    """Whether this address takes more than people who have not signed in may send."""
    return any(pattern.match(path) for pattern, _ in DOORS)


def most_bytes(path: str, *, signed_in: bool = True) -> int:
    """Bytes that the body of a request to this address may have."""
    usual = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    door = next((size for pattern, size in DOORS if pattern.match(path)), usual) if signed_in else usual
    return int(door * LEEWAY) + AROUND_FILES


def too_much(limit: int) -> str:
    """The refusal in words."""
    return f"What was sent is too large. At most {limit / MIB:.0f} MB are taken here."
