"""What the page for paper and the sheet of a PDF show of a list."""

from django.utils.text import capfirst

from .columns import NUMBERS, written
from .listing import ListFile

# Wider tables than this lie on their side.
UPRIGHT_COLUMNS = 5
# And wider ones than this are in smaller type.
SPACIOUS_COLUMNS = 9


def context_of(listed: ListFile) -> dict:
    """For the sheet of a PDF and the page for paper: the first column names its row."""
    kinds = [column.kind for column in listed.columns]
    rows = [
        [{"text": written(value, kind), "is_number": kind in NUMBERS} for value, kind in zip(cells, kinds, strict=True)]
        for cells in listed.cells()
    ]
    return {
        "listed": listed,
        "columns": [
            {"heading": words(column.heading), "is_number": column.kind in NUMBERS} for column in listed.columns
        ],
        "rows": rows,
        "notes": [(words(heading), meaning) for heading, _, meaning in listed.column_notes()],
        "is_wide": len(listed.columns) > UPRIGHT_COLUMNS,
        "is_dense": len(listed.columns) > SPACIOUS_COLUMNS,
    }


def words(heading: str) -> str:
    """A heading as people read it: names for programs are broken into words, which can stand below each other."""
    return capfirst(heading.replace("_", " "))
