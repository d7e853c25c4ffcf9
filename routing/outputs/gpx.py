"""One person's round as GPX 1.1 (https://www.topografix.com/GPX/1/1/): a route of the stops in their order, and a track
along the roads where these are known.
"""

import re
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from .contents import RoundContents

NAMESPACE = "http://www.topografix.com/GPX/1/1"
SCHEMA = f"{NAMESPACE} http://www.topografix.com/GPX/1/1/gpx.xsd"
# What XML 1.0 cannot hold.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def gpx_of(day: RoundContents) -> bytes:
    """The file. Where the person lives is left out unless the reader may see it: the route begins at the first visit
    then. Legs whose way is not known have no track.
    """
    gpx = Element(
        "gpx",
        {
            "version": "1.1",
            "creator": "HealthEquiRoute",
            "xmlns": NAMESPACE,
            "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
            "xsi:schemaLocation": SCHEMA,
        },
    )
    title = f"Round of {day.round.name}, {day.plan.day:%-d %B %Y}"
    _metadata(gpx, day, title)
    _route(gpx, day, title)
    _track(gpx, day, title)
    indent(gpx)
    return tostring(gpx, encoding="utf-8", xml_declaration=True)


def _metadata(gpx, day, title):
    """Children in the order of the schema: name, desc, author, copyright, link, time."""
    metadata = SubElement(gpx, "metadata")
    _text(metadata, "name", title)
    _text(metadata, "desc", f"{day.contents.standing} Times are planned times.")
    if day.contents.attribution:
        SubElement(metadata, "copyright", {"author": _clean(day.contents.attribution)})
    _text(metadata, "time", _instant(day.contents.changed_at))


def _route(gpx, day, title):
    route = SubElement(gpx, "rte")
    _text(route, "name", title)
    _text(route, "number", 1)
    assignment, staff = day.round.assignment, day.staff
    if day.shows_start:
        _point(route, "rtept", staff.start_point, assignment.departs_at, f"Start: {day.round.starts_from}", "", "start")
    for row in day.round.rows:
        if row["number"]:
            _stop(route, row)
    if day.shows_end:
        _point(route, "rtept", staff.end_point, assignment.returns_at, f"End: {day.round.ends_at}", "", "end")


def _stop(route, row):
    told = [f"{row['start']} to {row['leave']}", f"may start {row['window']}", f"tier {row['tier']}", *row["links"]]
    told += [f"skills: {row['skills']}"] if row["skills"] else []
    told += [f"with {' and '.join(row['companions'])}"] if row["companions"] else []
    name = f"{row['number']} {row['reference']}"
    _point(route, "rtept", row["visit"].point, row["starts_at"], name, "; ".join(told), "visit")


def _track(gpx, day, title):
    legs = [row["path"] for row in day.round.rows if row["number"]]
    legs[0] = legs[0] if day.shows_start else None
    legs.append(day.round.assignment.return_path if day.shows_end else None)
    known = [path for path in legs if path is not None]
    if not known:
        return
    track = SubElement(gpx, "trk")
    _text(track, "name", title)
    for path in known:
        segment = SubElement(track, "trkseg")
        for longitude, latitude in path.coords:
            SubElement(segment, "trkpt", _place(longitude, latitude))


def _point(parent, tag, point, moment, name, description, kind):
    """Children in the order of the schema: time, name, desc, type."""
    element = SubElement(parent, tag, _place(point.x, point.y))
    _text(element, "time", _instant(moment))
    _text(element, "name", name)
    if description:
        _text(element, "desc", description)
    _text(element, "type", kind)


def _place(longitude, latitude) -> dict[str, str]:
    return {"lat": f"{latitude:.6f}", "lon": f"{longitude:.6f}"}


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _text(parent, tag, value):
    SubElement(parent, tag).text = _clean(str(value))


def _clean(value: str) -> str:
    return _FORBIDDEN.sub("", value)
