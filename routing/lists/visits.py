"""Visits of a team with their links, and the people on its caseload."""

from collections.abc import Sequence

from accounts.list_files import Column, Kind, ListFile, Notes

AREAS = (
    "Areas: LSOA 2021, Office for National Statistics, Open Government Licence v3.0. IMD deciles as loaded when the "
    "visit was made."
)
PEOPLE = "Personal data: references and postcodes of people who are visited. Keep it as your organisation's rules say."
PLANNERS = "those who may see visit plans of the organisation"


def _of(name):
    return lambda row: getattr(row["visit"], name)


VISIT_COLUMNS = (
    Column("day", "Civil day in Europe/London", Kind.DATE, _of("day")),
    Column("visit", "Reference of the visit", Kind.CODE, _of("reference")),
    Column("state", "Status when the file was made", value=lambda row: row["state"]["text"]),
    Column("tier", "1 (served first) to 4", Kind.WHOLE, _of("tier")),
    Column(
        "imd_decile",
        "IMD decile of the home area; 1 is the most deprived tenth; empty: not known",
        Kind.WHOLE,
        _of("imd_decile"),
    ),
    Column(
        "core20",
        "Whether it is in deciles 1 or 2; empty: not known",
        Kind.YES_NO,
        lambda row: None if row["visit"].imd_decile is None else row["visit"].is_core20,
    ),
    Column("area_code", "LSOA 2021 code of the home area", Kind.CODE, lambda row: row["visit"].area.code),
    Column("area_name", "Its name", value=lambda row: row["visit"].area.name),
    Column("postcode", "Postcode of the visit", Kind.CODE, _of("postcode")),
    Column("minutes", "Time at the visit", Kind.WHOLE, _of("minutes")),
    Column("window_start", "First possible start", Kind.MOMENT, _of("window_start")),
    Column("window_end", "Last possible start", Kind.MOMENT, _of("window_end")),
    Column("staff_required", "How many people it needs at once", Kind.WHOLE, _of("staff_required")),
    Column("needs", "Skills, and people at once", value=lambda row: row["needs"]),
    Column("people", "Who is preferred, and who is not to come", value=lambda row: row["people"]),
    Column("due", "How long overdue, and the last day", value=lambda row: row["due"]),
    Column("days_deferred", "Days by which it was put off", Kind.WHOLE, _of("days_deferred")),
    Column("links", "Visits that it is bound to, and how", value=lambda row: _links(row["links"])),
    Column("source", "Where the visit is from", value=lambda row: row["visit"].get_source_display()),
)
CASELOAD_COLUMNS = (
    Column("reference", "Reference of the person; never a name or NHS number", Kind.CODE, "reference"),
    Column("active", "no: paused", Kind.YES_NO, "is_active"),
    Column("area_code", "LSOA 2021 code of the home area", Kind.CODE, "area.code"),
    Column("area_name", "Its name", value="area.name"),
    Column("postcode", "Postcode of the visits", Kind.CODE, "postcode"),
    Column("minutes", "Time at each visit", Kind.WHOLE, "minutes"),
    Column("interval_days", "Days from one visit to the next", Kind.WHOLE, "interval_days"),
    Column("next_due", "Day on which the next visit falls due", Kind.DATE, "next_due"),
    Column("last_done", "Day of the last visit", Kind.DATE, "last_done"),
    Column("most_days_late", "Days after it falls due by which it must be done", Kind.WHOLE, "most_days_late"),
    Column("window_start", "First possible start, local time of day", Kind.TIME, "window_opens"),
    Column("window_end", "Last possible start, local time of day", Kind.TIME, "window_closes"),
    Column("skills", "Codes of skills, with semicolons", value=lambda one: _joined(one.skills, "code")),
    Column("staff_required", "How many people a visit needs at once", Kind.WHOLE, "staff_required"),
    Column(
        "preferred_staff", "Short names, with semicolons", value=lambda one: _joined(one.preferred_staff, "reference")
    ),
    Column("plus_groups", "Codes of PLUS groups, with semicolons", value=lambda one: _joined(one.plus_groups, "code")),
)


def visit_list(team, days: Sequence[dict], filters: Sequence[str]) -> ListFile:
    """`days` of `visit_days`."""
    rows = [row for day in days for row in day["rows"]]
    notes = Notes("Visits entered in this portal", filters, PLANNERS, more=[AREAS, PEOPLE])
    return ListFile("visits", f"Visits of {team.name}", VISIT_COLUMNS, rows, notes, place=team.name)


def caseload_list(team, entries, filters: Sequence[str]) -> ListFile:
    """`entries` `.for_display()` with preferred_staff and plus_groups; headings are those of files to bring in."""
    notes = Notes("Caseload entered in this portal", filters, "those who plan visits", more=[AREAS, PEOPLE])
    return ListFile("caseload", f"Caseload of {team.name}", CASELOAD_COLUMNS, entries, notes, place=team.name)


def _joined(related, name) -> str:
    return "; ".join(getattr(each, name) for each in related.all())


def _links(words) -> str:
    return "; ".join(str(word.get("text", word)) if isinstance(word, dict) else str(word) for word in words)
