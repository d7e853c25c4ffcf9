"""What pages tell of a plan, as plain values for other programs: a run sheet, and planned against actual.

Times are ISO 8601 on the wall clock in Europe/London with their offset from UTC. Null is not zero: not recorded, does
not apply, or not known.
"""

from datetime import datetime

from routing.actuals import Totals, grouped_totals
from routing.civil_time import LONDON
from routing.presenters.actual import ActualPage
from routing.presenters.run_sheets import NO_ACCESS

from .contents import RoundContents


def run_sheet_of(day: RoundContents) -> dict:
    """One person's day as the run sheet has it: stops in order, breaks among them."""
    each, assignment = day.round, day.round.assignment
    return {
        "plan": str(day.plan.pk),
        "day": day.plan.day.isoformat(),
        "team": day.plan.team.name,
        "version": day.plan.version,
        "state": day.plan.state,
        "standing": day.contents.standing,
        "staff": {"id": str(day.staff.pk), "reference": day.staff.reference, "name": day.staff.display_name},
        "departs_at": _moment(assignment.departs_at),
        "returns_at": _moment(assignment.returns_at),
        "starts_from": each.starts_from,
        "ends_at": each.ends_at,
        "travel_seconds": assignment.travel_seconds,
        "travel_metres": assignment.travel_metres,
        "travel_back_seconds": each.way_back_seconds,
        "overtime_seconds": each.overtime_seconds,
        "stops": [_stop(stop, row) for stop, row in zip(assignment.stops.all(), each.rows, strict=True)],
        "no_access": list(NO_ACCESS),
        "attribution": day.contents.attribution,
    }


def _stop(stop, row) -> dict:
    told = {
        "kind": "break" if stop.visit_id is None else "visit",
        "number": row["number"],
        "arrives_at": _moment(stop.arrives_at),
        "starts_at": _moment(stop.starts_at),
        "leaves_at": _moment(stop.leaves_at),
    }
    if stop.visit_id is None:
        return told
    visit = row["visit"]
    return told | {
        "visit": visit.reference,
        "tier": visit.tier,
        "postcode": visit.postcode or None,
        "area_code": row["area_code"],
        "area_name": row["area"],
        "minutes": visit.minutes,
        "window_start": _moment(visit.window_start),
        "window_end": _moment(visit.window_end),
        "skills": sorted(skill.code for skill in visit.skills.all()),
        "with": row["companions"],
        "links": row["links"],
        "travel_seconds": stop.travel_seconds,
        "travel_metres": stop.travel_metres,
        "is_travel_estimated": stop.is_travel_estimated,
    }


def actual_of(plan, *, now: datetime) -> dict:
    """Planned against recorded: every person's part in every visit, and totals of visits. Groups of few visits, and
    those that would give them away, are null and `hidden` (the small-number rule).
    """
    page = ActualPage(plan, now=now)
    tiers, fifths = grouped_totals(page.visits)
    return {
        "plan": str(plan.pk),
        "day": plan.day.isoformat(),
        "state": plan.state,
        "version": plan.version,
        "as_of": _moment(now),
        "totals": _totals(page.totals),
        "by_tier": [{"tier": tier, **_totals(found)} for tier, found in sorted(tiers.items())],
        "by_fifth": [
            {"fifth": fifth or None, **_totals(found)}
            for fifth, found in sorted(fifths.items(), key=lambda item: item[0] or 9)
        ],
        "visits": [_actual(standing, row) for standing, row in _rows(page)],
    }


def _rows(page: ActualPage):
    for standing, person in zip(page.rounds, page.people, strict=True):
        for row in person["rows"]:
            yield standing, row


def _actual(standing, row) -> dict:
    return {
        "staff": standing.staff.reference,
        "staff_name": standing.staff.display_name,
        "stop": row.number,
        "visit": row.visit.reference,
        "tier": row.visit.tier,
        "imd_decile": row.visit.imd_decile,
        "planned_start": _moment(row.stop.starts_at),
        "arrived_at": _moment(row.arrived_at),
        "finished_at": _moment(row.finished_at),
        "outcome": row.outcome or None,
        "was_in_time": row.was_in_time,
        "later_by_minutes": _minutes(row.later_by),
        "planned_minutes": _minutes(row.planned_minutes),
        "actual_minutes": _minutes(row.minutes),
        "planned_drive_minutes": _minutes(row.stop.travel_seconds / 60),
        "actual_drive_minutes": _minutes(row.drive_minutes),
    }


def _totals(found: Totals) -> dict:
    names = ("visits", "done", "no_access", "started", "in_time")
    return {name: None if found.hidden else getattr(found, name) for name in names} | {"hidden": found.hidden}


def _minutes(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(LONDON).isoformat(timespec="seconds")
