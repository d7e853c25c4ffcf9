"""How iCalendar is written (RFC 5545): content lines, escaped text, folded after 75 octets."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime

LONGEST = 75  # octets, the end of line apart (3.1)
# Control characters have no place in text (3.1, CONTROL), tabs and line feeds apart.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def text(value: str) -> str:
    """A TEXT value (3.3.11)."""
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    value = _CONTROL.sub("", value)
    for sign, told in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        value = value.replace(sign, told)
    return value


def moment(value: datetime) -> str:
    """A DATE-TIME in UTC (3.3.5, form 2): every calendar shows it in the reader's own time."""
    return value.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def component(name: str, lines: Iterable[tuple[str, str]], parts: Iterable[list[str]] = ()) -> list[str]:
    """Content lines of a component with its properties, whose values are written already, and components inside."""
    inner = [line for part in parts for line in part]
    return [f"BEGIN:{name}", *(f"{key}:{value}" for key, value in lines), *inner, f"END:{name}"]


def written(lines: Iterable[str]) -> bytes:
    """The content lines as a file."""
    return b"".join(folded(line) + b"\r\n" for line in lines)


def folded(line: str) -> bytes:
    """A content line, broken before it grows too long and never inside a character (3.1)."""
    pieces, piece = [], b""
    for character in line:
        octets = character.encode()
        # A line that goes on begins with a space, which counts.
        if len(piece) + len(octets) > LONGEST - bool(pieces):
            pieces.append(piece)
            piece = b""
        piece += octets
    return b"\r\n ".join([*pieces, piece])
