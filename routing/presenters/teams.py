"""Teams, their people and the days they work."""

from itertools import groupby

from routing.civil_time import clock, today

from .people import day_ends_text, skills_text
from .wording import counted


def staff_rows(staff) -> list[dict]:
    """`staff` `for_display`."""
    return [
        {
            "person": person,
            "skills": skills_text(person, today()),
            "place": day_ends_text(person),
            "travel": person.get_travel_profile_display(),
            "state": "" if person.is_active else "Not active",
        }
        for person in staff
    ]


def shift_days(shifts) -> list[dict]:
    """Shifts by day, ordered by start."""
    days = []
    for day, of_day in groupby(sorted(shifts, key=lambda shift: (shift.day, shift.starts_at)), lambda shift: shift.day):
        rows = [_shift_row(shift) for shift in of_day]
        days.append(
            {"day": day, "rows": rows, "count": counted(len({row["name"] for row in rows}), "person", "people")}
        )
    return days


def _shift_row(shift) -> dict:
    lunch = "no break"
    if shift.break_minutes:
        lunch = f"{shift.break_minutes} min break from {clock(shift.break_earliest)} to {clock(shift.break_latest)}"
    times = f"{clock(shift.starts_at)} to {clock(shift.ends_at)}"
    return {"shift": shift, "name": shift.staff.display_name, "times": times, "lunch": lunch}
