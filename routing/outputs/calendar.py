"""One person's day as iCalendar (RFC 5545): an event for each visit, drive and break.

An event keeps its UID while the plan has it, whatever its time, and SEQUENCE is the version of the plan: a calendar
that takes the file again moves what moved. A visit that an earlier version gave to this person and this one does not
is in the file as cancelled, so that it goes away. Times are in UTC.
"""

from itertools import count
from uuid import uuid5

from routing.civil_time import moment_of
from routing.models import PlanVersion
from routing.presenters.wording import duration

from .contents import RoundContents
from .icalendar import component, moment, text, written

PRODUCT = "-//HealthEquiRoute//Visit plans//EN"


def calendar_of(day: RoundContents) -> bytes:
    """The file. Drives and breaks do not block time (TRANSP), visits do."""
    plan = day.plan
    head = [
        ("VERSION", "2.0"),
        ("PRODID", PRODUCT),
        ("CALSCALE", "GREGORIAN"),
        ("METHOD", "PUBLISH"),
        ("X-WR-CALNAME", text(f"Visits of {day.round.name}, {plan.day:%-d %B %Y}")),
    ]
    return written(component("VCALENDAR", head, [*_events(day), *_cancelled(day)]))


def uid(plan, staff_reference: str, what: str) -> str:
    """The same for the same visit of the same person in the same plan, in every version of it."""
    return f"{uuid5(plan.pk, f'{staff_reference}/{what}')}@healthequiroute"


def _events(day: RoundContents) -> list[list[str]]:
    """A break may cut a drive in two: each part is an event of its own, known by where the drive leads."""
    events, drives, breaks = [], [], count()
    for segment in day.round.segments:
        if segment["kind"] == "drive":
            drives.append(segment)
        elif segment["kind"] == "break":
            events.append(_aside(day, f"break/{next(breaks)}", segment, "Break"))
        elif segment["kind"] == "visit":
            reference = segment["row"]["reference"]
            events += _drives(day, drives, f"to/{reference}", f"Drive to {reference}")
            events.append(_visit(day, segment, segment["row"]))
            drives = []
    home = day.round.ends_at
    return events + _drives(day, drives, "back", "Drive home" if home == "home" else f"Drive back to {home}")


def _drives(day, segments, where, words) -> list[list[str]]:
    return [_aside(day, f"drive/{where}/{part}", segment, words) for part, segment in enumerate(segments)]


def _aside(day, what, segment, words) -> list[str]:
    lines = [("SUMMARY", text(words)), ("TRANSP", "TRANSPARENT")]
    return _event(day, what, segment["start"], segment["end"], lines)


def _visit(day: RoundContents, segment, row) -> list[str]:
    visit = row["visit"]
    told = [
        f"Stop {row['number']}, {row['minutes']} minutes, may start {row['window']}",
        f"Tier {row['tier']}{', Core20' if row['is_core20'] else ''}",
        f"Skills: {row['skills'] or 'none'}",
    ]
    told += [f"With {' and '.join(row['companions'])}"] if row["companions"] else []
    told += [f"{words[0].upper()}{words[1:]}" for words in row["links"]]
    told += [f"Drive there: {duration(segment['stop'].travel_seconds)}", day.contents.standing]
    lines = [
        ("SUMMARY", text(f"Visit {row['reference']}")),
        ("LOCATION", text(", ".join(part for part in (visit.postcode, visit.area.name) if part))),
        ("GEO", f"{visit.point.y:.6f};{visit.point.x:.6f}"),
        ("DESCRIPTION", text("\n".join(told))),
        ("TRANSP", "OPAQUE"),
    ]
    return _event(day, f"visit/{row['reference']}", segment["start"], segment["end"], lines)


def _event(day: RoundContents, what, start, end, lines, status="") -> list[str]:
    changed = moment(day.contents.changed_at)
    status = status or ("CONFIRMED" if day.contents.is_settled else "TENTATIVE")
    first = [
        ("UID", uid(day.plan, day.staff.reference, what)),
        ("SEQUENCE", str(day.plan.version)),
        ("DTSTAMP", changed),
        ("LAST-MODIFIED", changed),
        ("DTSTART", moment(start)),
        ("DTEND", moment(max(start, end))),
        ("STATUS", status),
    ]
    return component("VEVENT", [*first, *lines])


def _cancelled(day: RoundContents) -> list[list[str]]:
    """Visits of this person in earlier versions that are theirs no more, where they stood last."""
    now = {row["reference"] for row in day.round.rows if row["number"]}
    plan, gone = day.plan, {}
    earlier = PlanVersion.objects.for_organisation(plan.organisation).filter(plan=plan, number__lt=plan.version)
    for routes in earlier.order_by("number").values_list("routes", flat=True):
        for route in routes:
            if route["staff"] == day.staff.reference:
                gone |= {stop["visit"]: stop for stop in route["stops"] if "visit" in stop}
    return [event for reference, stop in gone.items() if reference not in now for event in _gone(day, reference, stop)]


def _gone(day: RoundContents, reference, stop) -> list[list[str]]:
    """The visit and the drive to it, taken back."""
    start, leave = (moment_of(day.plan.day, stop[key]) for key in ("start", "leave"))
    kinds = (
        (f"visit/{reference}", f"Visit {reference} (not yours any more)", leave),
        (f"drive/to/{reference}/0", f"Drive to {reference}", start),
    )
    return [
        _event(day, what, start, end, [("SUMMARY", text(words)), ("TRANSP", "TRANSPARENT")], status="CANCELLED")
        for what, words, end in kinds
    ]
