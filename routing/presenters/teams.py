"""Teams, their people and the days they work."""

from itertools import groupby

from routing.civil_time import clock

from .wording import counted


def staff_rows(staff) -> list[dict]:
    """`staff` with base and skills fetched."""
    return [
        {
            "person": person,
            "skills": ", ".join(skill.name for skill in person.skills.all()) or "none",
            "state": "" if person.is_active else "Not active",
        }
        for person in staff
    ]


def shift_days(shifts) -> list[dict]:
    """Shifts by day, ordered by start."""
    days = []
    for day, of_day in groupby(sorted(shifts, key=lambda shift: (shift.day, shift.starts_at)), lambda shift: shift.day):
        rows = [_shift_row(shift) for shift in of_day]
        days.append({"day": day, "rows": rows, "count": counted(len(rows), "person", "people")})
    return days


def _shift_row(shift) -> dict:
    lunch = "no break"
    if shift.break_minutes:
        lunch = f"{shift.break_minutes} min break from {clock(shift.break_earliest)} to {clock(shift.break_latest)}"
    times = f"{clock(shift.starts_at)} to {clock(shift.ends_at)}"
    return {"shift": shift, "name": shift.staff.display_name, "times": times, "lunch": lunch}
