"""What to say about a file that no adapter recognises."""

from lsoa.sources.base import Refused
from lsoa.sources.registry import SOURCES

# A table with this share of a publication's headings is that publication with a column missing or renamed.
ALIKE = 0.6


def explain_unrecognised(material) -> str:
    """Why it is left out. Raises Refused when it is damaged, or a table that we know but for single columns."""
    if material.kind != "spec" and not material.path.stat().st_size:
        raise Refused(expected="a publication", found="an empty file")
    material.check_packing()
    headings = list(material.columns)
    nearest = max(_resembling(headings), default=None, key=lambda found: found[0])
    if nearest is not None:
        _, source, absent = nearest
        found = ", ".join(sorted(headings))[:200]
        raise Refused(expected=f"the column {absent[0]!r} of {source.key}", found=f"the columns {found}")
    if material.kind == "other":
        return "it is no table, workbook or map that can be read"
    return "it is none of the publications that can be loaded: no such headings are known"


def _resembling(headings: list[str]):
    """(share of headings present, adapter, absent headings) of every layout that is nearly there."""
    exact, alike = set(headings), {_plain(heading) for heading in headings}
    for source in SOURCES:
        for layout in source.headings():
            # Spelt a little differently is resembling as well.
            present = [heading for heading in layout if _plain(heading) in alike]
            absent = [heading for heading in layout if heading not in exact]
            share = len(present) / len(layout)
            if absent and len(present) > 1 and share >= ALIKE:
                yield share, source, absent


def _plain(heading: str) -> str:
    """Letters and digits alone, in lower case."""
    return "".join(letter for letter in heading.casefold() if letter.isalnum())
