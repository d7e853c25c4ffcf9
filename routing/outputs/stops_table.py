"""Everybody's stops as CSV, and the visits that are left out at the end."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone

from lsoa.exports.tables import safe_cell
from routing.civil_time import LONDON
from routing.presenters.rounds import late_seconds
from routing.presenters.wording import reason_label

from .contents import PlanContents

# Heading and what it means; docs/plan-files.md says the same.
COLUMNS = {
    "plan": "Identifier of the plan",
    "day": "Civil day in Europe/London",
    "version": "Version of the plan",
    "state": "Status of the plan when the file was made",
    "staff": "Short name of the person",
    "staff_name": "Name of the person",
    "stop": "Number of the visit in the person's day, from 1; empty for a break or the end",
    "kind": "visit, break, end (back at the base or home) or left_out",
    "visit": "Reference of the visit",
    "tier": "1 (served first) to 4",
    "core20": "yes where the home area is among the most deprived fifth of England; empty: not known",
    "area_code": "LSOA 2021 code of the home area",
    "area_name": "Its name",
    "postcode": "Postcode of the visit",
    "longitude": "WGS 84",
    "latitude": "WGS 84",
    "service_minutes": "Time at the visit",
    "staff_required": "How many people the visit needs at once",
    "with": "Short names of the others at the same visit",
    "skills": "Codes of the skills that the visit needs",
    "window_start": "First possible start",
    "window_end": "Last possible start",
    "arrives_at": "Planned arrival",
    "starts_at": "Planned start",
    "leaves_at": "Planned end",
    "travel_seconds": "Drive to this stop",
    "travel_metres": "Length of that drive",
    "travel_estimated": "yes where the time of that drive is estimated from a straight line",
    "late_seconds": "By how much the planned start is after the window",
    "arrived_at": "Recorded arrival; empty: not recorded",
    "finished_at": "Recorded end",
    "outcome": "done, no_access, or empty where nothing is recorded",
    "reason": "Why a visit is left out",
}


def stops_table(contents: PlanContents, *, notes: bool = True) -> Iterator[bytes]:
    """Yield the CSV (UTF-8 with a byte order mark for Excel). Times are ISO 8601 with their offset from UTC.

    With notes the first lines, each after "# ", say what it is, from when, how far it may be relied on and whose roads
    the travel times are from; without notes the table starts in the first line.
    """
    yield b"\xef\xbb\xbf"
    if notes:
        yield "".join(f"# {' '.join(line.split())}\r\n" for line in _sentences(contents)).encode()
    yield _lines([COLUMNS])
    yield _lines([_cell(value) for value in row.values()] for row in stop_rows(contents))


def stop_rows(contents: PlanContents) -> Iterator[dict]:
    """A row for each stop, then for each visit that is left out: values by the headings of COLUMNS."""
    for each in contents.rounds:
        yield from _of_round(contents, each)
    yield from _left_out(contents)


def _sentences(contents: PlanContents) -> list[str]:
    plan = contents.plan
    sentences = [
        f"Stops of the visit plan {plan.name}, {plan.team.name}, {plan.day:%-d %B %Y}",
        contents.standing,
        f"File made {_iso(timezone.now())}; routes from {_iso(contents.changed_at)}",
        "Personal data: references and postcodes of visits, names of staff. Keep it as your organisation's rules say.",
        "Areas: LSOA 2021, Office for National Statistics, Open Government Licence v3.0.",
    ]
    if contents.attribution:
        sentences.append(f"Travel times: {contents.attribution}.")
    if plan.is_travel_estimated:
        sentences.append("Some or all travel times are estimated from straight lines (column travel_estimated).")
    return [*sentences, "Columns are explained in docs/plan-files.md."]


def _of_round(contents, each) -> Iterator[dict]:
    assignment = each.assignment
    staff = {"staff": assignment.staff.reference, "staff_name": each.name}
    for row, stop in zip(each.rows, assignment.stops.all(), strict=True):
        times = {"arrives_at": stop.arrives_at, "starts_at": stop.starts_at, "leaves_at": stop.leaves_at}
        if stop.visit_id is None:
            yield _cells(contents, kind="break", **staff, **times)
            continue
        record = row["record"]
        recorded = {}
        if record:
            recorded = {"arrived_at": record.arrived_at, "finished_at": record.finished_at, "outcome": record.outcome}
        yield _cells(
            contents,
            kind="visit",
            stop=row["number"],
            **staff,
            **_visit(stop.visit),
            **times,
            **_drive(stop.travel_seconds, stop.travel_metres, stop.is_travel_estimated),
            late_seconds=late_seconds(stop),
            **recorded,
            **{"with": " ".join(person.reference for person in row["colleagues"])},
        )
    metres = assignment.travel_metres - sum(stop.travel_metres for stop in assignment.stops.all())
    back = _drive(each.way_back_seconds, metres, assignment.is_return_estimated)
    yield _cells(contents, kind="end", arrives_at=assignment.returns_at, **staff, **back)


def _drive(seconds, metres, is_estimated) -> dict:
    return {
        "travel_seconds": seconds, "travel_metres": metres, "travel_estimated": "yes" if is_estimated else "no",
    }  # fmt: skip


def _left_out(contents) -> Iterator[dict]:
    for left in contents.unserved:
        yield _cells(contents, kind="left_out", **_visit(left.visit), reason=left.detail or reason_label(left.reason))


def _visit(visit) -> dict:
    return {
        "visit": visit.reference,
        "tier": visit.tier,
        "core20": None if visit.imd_decile is None else "yes" if visit.is_core20 else "no",
        "area_code": visit.area.code,
        "area_name": visit.area.name,
        "postcode": visit.postcode,
        "longitude": round(visit.point.x, 6),
        "latitude": round(visit.point.y, 6),
        "service_minutes": visit.minutes,
        "staff_required": visit.staff_required,
        "skills": " ".join(skill.code for skill in visit.skills.all()),
        "window_start": visit.window_start,
        "window_end": visit.window_end,
    }


def _cells(contents, **values) -> dict:
    plan = contents.plan
    values |= {"plan": str(plan.pk), "day": plan.day.isoformat(), "version": plan.version, "state": plan.state}
    return {heading: values.get(heading) for heading in COLUMNS}


def _cell(value):
    return _iso(value) if isinstance(value, datetime) else safe_cell(value)


def _iso(moment: datetime) -> str:
    """E.g. 2026-07-01T09:05:00+01:00: the time on the wall, and what it is in UTC."""
    return moment.astimezone(LONDON).isoformat(timespec="seconds")


def _lines(rows) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue().encode()
