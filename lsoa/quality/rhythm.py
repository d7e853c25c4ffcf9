"""How often publishers bring out each publication, so that a page can say when a newer release is due."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

# Adapter keys begin with the first word. Months between releases, and months from the end of a release's period to its
# publication, as the publishers' release calendars had them in 2024-2026.
RHYTHMS = [
    ("qof", 12, 7),
    ("fingertips", 12, 12),
    ("gp-patients", 1, 1),
    ("gp-lists", 1, 1),
    ("gp-practice", 3, 1),
    ("epraccur", 3, 1),
    ("nspl", 3, 1),
    ("nhs-payments", 12, 7),
    ("ae-", 1, 2),
    ("admissions", 1, 2),
    ("activity", 1, 2),
]
# Twice the publisher's rhythm must have passed: a release that is some weeks late is no news.
PATIENCE = 2


@dataclass(frozen=True)
class Rhythm:
    months_between: int
    months_until_published: int


def rhythm_of(publication: str) -> Rhythm | None:
    """How often a publication comes out; None where it does not come out regularly (census, indices, boundaries)."""
    found = next((row for row in RHYTHMS if publication.startswith(row[0])), None)
    return Rhythm(*found[1:]) if found else None


def end_of_release(release: str) -> date | None:
    """Last day of what a release covers: "2024-25" (a financial year), "2026-07" (a month), "2021", "2026-07-01"."""
    match = re.match(r"^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?", release)
    if match is None:
        return None
    year, second, day = int(match[1]), match[2] and int(match[2]), match[3] and int(match[3])
    try:
        if day:
            return date(year, second, day)
        if second is None:
            return date(year, 12, 31)
        if second == (year + 1) % 100:
            # December 2011 cannot be told from the financial year 2011-12: the later end of the two.
            return date(year + 1, 3, 31)
        return date(year, second, calendar.monthrange(year, second)[1])
    except (ValueError, calendar.IllegalMonthError):
        return None


def due_since(publication: str, release: str, today: date) -> date | None:
    """The day by which a newer release should have come out, when that day has passed; else None."""
    rhythm, end = rhythm_of(publication), end_of_release(release)
    if rhythm is None or end is None:
        return None
    months = PATIENCE * rhythm.months_between + rhythm.months_until_published
    due = end + timedelta(days=round(months * 30.44))
    return due if due < today else None
