"""What a person may have meant by a text: a code, a postcode or a part of one, or words. No database."""

import re
from dataclasses import dataclass

# Longer than the longest name of an ICB; whatever follows is no search.
LONGEST = 100
SHORTEST = 2
GSS_CODE = re.compile(r"[A-Z][0-9]{2,8}")
# Keys that look alike, by what should stand there.
TO_DIGIT = {"O": "0", "Q": "0", "I": "1", "L": "1", "Z": "2", "S": "5", "G": "6", "B": "8"}
TO_LETTER = {"0": "O", "1": "I", "5": "S", "2": "Z", "8": "B"}
# Outward codes, A for a letter and 9 for a digit (Royal Mail, Programmers' Guide).
OUTWARD = ("A9", "A99", "AA9", "AA99", "A9A", "AA9A")
# More slips than this are no slips: "BATH" is no postcode.
MOST_SLIPS = 2


def clean(text: str) -> str:
    """Single spaces, no control characters, at most LONGEST characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * LONGEST]).split())[:LONGEST].strip()


@dataclass(frozen=True, order=True)
class PostcodeReading:
    """One way to read a text as a postcode. `slips`: characters that had to be taken for others."""

    slips: int
    # area "WN", district "WN1", sector "WN1 1", part "WN1 1A" (of a unit), unit "WN1 1AA"
    level: str
    text: str


def postcode_readings(text: str) -> list[PostcodeReading]:
    """All ways to read a text as a postcode or its beginning, the likeliest first; none for what cannot be one.

    Missing and double spaces, lower case and look-alike keys (O for 0, I for 1, S for 5 ...) are forgiven.
    """
    text = clean(text).upper()
    outward, _, inward = text.partition(" ")
    compact = re.sub(r"[\s.\-]", "", text)
    if not re.fullmatch(r"[A-Z0-9]{1,7}", compact):
        return []
    found = set()
    if re.fullmatch(r"[A-Z]{1,2}", compact):
        found.add(PostcodeReading(0, "area", compact))
    for split in range(2, min(4, len(compact)) + 1):
        for slips, first in _readings(compact[:split], OUTWARD):
            found |= _with_inward(slips, first, compact[split:])
    # Where the space stands, the first part ends: "B1 1" is no B11.
    spaced = {r for r in found if inward and len(r.text.partition(" ")[0]) == len(outward)}
    likely = sorted(r for r in (spaced or found) if r.slips <= MOST_SLIPS)
    # What needs no slip at all leaves no room for guesses of another shape.
    exact = [r for r in likely if r.slips == 0 and (r.level == "unit" or any(c.isdigit() for c in compact))]
    return exact + [r for r in likely if r not in exact and (r.level in ("unit", "area") or not exact)]


def _with_inward(slips, outward, rest) -> set[PostcodeReading]:
    if not rest:
        return {PostcodeReading(slips, "district", outward)} if any(c.isdigit() for c in outward) else set()
    levels = {1: ("sector", "9"), 2: ("part", "9A"), 3: ("unit", "9AA")}
    if len(rest) not in levels:
        return set()
    level, shape = levels[len(rest)]
    return {PostcodeReading(slips + more, level, f"{outward} {inward}") for more, inward in _readings(rest, (shape,))}


def _readings(text, shapes):
    """(slips, text as it should be) for every shape that it can be read as."""
    for shape in shapes:
        if len(shape) != len(text):
            continue
        read, slips = "", 0
        for wanted, found in zip(shape, text, strict=True):
            right = found.isdigit() if wanted == "9" else found.isalpha()
            meant = found if right else (TO_DIGIT if wanted == "9" else TO_LETTER).get(found)
            if meant is None:
                break
            slips += not right
            read += meant
        else:
            yield slips, read


def normalise_postcode(text: str) -> str | None:
    """ "b13 8ql" -> "B13 8QL", "b138" -> "B13 8"; None for anything that is no postcode or sector without a slip."""
    readings = [r for r in postcode_readings(text) if r.slips == 0 and r.level in ("unit", "sector")]
    return readings[0].text if readings else None


def code_reading(text: str) -> str | None:
    """The ONS code (or its beginning, from three characters on) that a text may be: "e01 000 901", "EO1OOO9O1"."""
    compact = re.sub(r"[\s.\-]", "", clean(text).upper())
    if not 3 <= len(compact) <= 9 or not compact[0].isalpha():
        return None
    digits = "".join(c if c.isdigit() else {"O": "0", "I": "1", "S": "5"}.get(c, "?") for c in compact[1:])
    code = compact[0] + digits
    return code if GSS_CODE.fullmatch(code) and sum(c.isdigit() for c in compact) >= 2 else None
