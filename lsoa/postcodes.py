"""How postcodes are written (Royal Mail, Programmers' Guide: formats A9, A99, A9A, AA9, AA99, AA9A and 9AA)."""

import re

# With exactly one space.
CANONICAL = re.compile(r"[A-Z]{1,2}[0-9][0-9A-Z]? [0-9][A-Z]{2}")


def canonical(text: str) -> str | None:
    """The postcode with one space, however it was spaced ("sr1  1aa", "SR11AA"); None for anything else."""
    compact = "".join(text.split()).upper()
    written = f"{compact[:-3]} {compact[-3:]}"
    return written if CANONICAL.fullmatch(written) else None
