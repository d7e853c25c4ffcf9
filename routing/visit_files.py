"""Reads a CSV of visits strictly: a file with wrong or personal columns is refused whole, bad rows are counted.

Columns: `reference`, `minutes` (a number, or the word `area` for what is planned in its area), and `postcode` or
`area_code` (or both); optional `window_start`, `window_end` (HH:MM, local time; the second is the latest start),
`skills` (codes with semicolons between), `tier` (1 to 4).
"""

import csv
import hashlib
import io
import re
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.contrib.gis.geos import Point
from django.db.models import F

from lsoa.models import Area, Postcode
from lsoa.search import month_text
from priorities.models import PriorityScore, VisitMinutesOverride

from .civil_time import NoSuchTime, instant
from .models import Skill, VisitTier

REQUIRED = {"reference", "minutes"}
PLACE = {"postcode", "area_code"}
OPTIONAL = {"window_start", "window_end", "skills", "tier"}
KNOWN = REQUIRED | PLACE | OPTIONAL

MAX_BYTES = 5 * 1024 * 1024
MAX_ROWS = 2_000
MINUTES = (5, 480)
# In place of minutes: those that the organisation has set for the area, else those of the model.
AS_IN_AREA = "area"

# Words of headings that would make a row point to a person. A visit is a reference and a place, nothing more.
PERSONAL_WORDS = {
    *("name", "firstname", "forename", "forenames", "surname", "lastname", "fullname", "patient", "patientname"),
    *("dob", "birth", "birthday", "birthdate", "dateofbirth", "age", "sex", "gender", "ethnicity", "diagnosis"),
    *("nhs", "nhsno", "nhsnumber", "ni", "nino", "hospitalnumber", "mrn", "address", "address1", "street", "house"),
    *("phone", "telephone", "tel", "mobile", "email", "mail", "gp", "notes", "comment", "comments"),
}
REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,39}")
POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}")
CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):[0-5][0-9]")


class VisitFileRefused(ValueError):
    """The file as a whole cannot be taken; the message says what was expected and what was found."""


class BadRow(ValueError):
    """One row cannot be taken; the message says why."""


@dataclass
class ParsedVisit:
    """One good row, with its area, place and tier looked up. `window`: opening and latest start as instants."""

    line: int
    reference: str
    area: Area
    postcode: str
    point: Point
    minutes: int
    window: tuple[datetime, datetime] | None
    skills: list[Skill]
    tier: int
    priority: int | None
    imd_decile: int | None


@dataclass
class VisitFile:
    """A file that was read: good rows, and bad ones as {"line", "reason"}."""

    rows: list[ParsedVisit]
    rejected: list[dict] = field(default_factory=list)
    sha256: str = ""


def read_visit_file(content: bytes, *, organisation, day: date) -> VisitFile:
    """Parse and look up. VisitFileRefused for a file that is not a CSV of visits."""
    lines = _lines(content)
    places = _Places((row for _, row in lines), organisation)
    skills = {skill.code: skill for skill in Skill.objects.for_organisation(organisation)}
    file = VisitFile(rows=[], sha256=hashlib.sha256(content).hexdigest())
    first_seen: dict[str, int] = {}
    for line, row in lines:
        try:
            if None in row or None in row.values():
                raise BadRow("it has more or fewer columns than the heading")
            visit = _visit(line, {name: text.strip() for name, text in row.items()}, places, skills, day)
            if visit.reference in first_seen:
                raise BadRow(f"the reference is already used in line {first_seen[visit.reference]}")
        except BadRow as error:
            file.rejected.append({"line": line, "reason": str(error)})
        else:
            first_seen[visit.reference] = line
            file.rows.append(visit)
    return file


def _lines(content: bytes) -> list[tuple[int, dict]]:
    """(line number, row) of every row that is not blank."""
    if len(content) > MAX_BYTES:
        raise VisitFileRefused(f"The file is larger than {MAX_BYTES // 1024 // 1024} MB.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise VisitFileRefused("The file is not UTF-8 text. Save it as “CSV UTF-8”.") from None
    if "\0" in text:
        raise VisitFileRefused("The file is not a text file. Save it as “CSV UTF-8”.")
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        _check_heading(reader.fieldnames)
        reader.fieldnames = [name.strip().lower() for name in reader.fieldnames]
        lines = [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise VisitFileRefused(f"Line {reader.line_num} is not CSV: {error}.") from None
    if not lines:
        raise VisitFileRefused("The file has a heading but no rows.")
    if len(lines) > MAX_ROWS:
        raise VisitFileRefused(f"The file has {len(lines):,} rows; at most {MAX_ROWS:,} visits are planned at once.")
    return lines


def _check_heading(heading):
    names = [(name or "").strip().lower() for name in heading or []]
    if not any(names):
        raise VisitFileRefused(f"The file is empty. Expected a heading with {_listed(REQUIRED | PLACE)}.")
    personal = [name for name in names if _is_personal(name)]
    if personal:
        raise VisitFileRefused(
            f"The file has columns that may hold personal details: {_listed(personal)}. Nothing was read. "
            "A visit is an opaque reference and a place; remove these columns and try again."
        )
    unknown = [name or "(blank)" for name in names if name not in KNOWN]
    if unknown:
        raise VisitFileRefused(f"Unknown columns: {_listed(unknown)}. Expected {_listed(KNOWN)}.")
    if len(set(names)) < len(names):
        raise VisitFileRefused("A column appears twice in the heading.")
    missing = REQUIRED - set(names)
    if missing or not PLACE & set(names):
        wanted = sorted(missing) + ([] if PLACE & set(names) else ["postcode or area_code"])
        raise VisitFileRefused(f"Missing columns: {', '.join(wanted)}. Found {_listed(names)}.")


def _is_personal(name: str) -> bool:
    if name in KNOWN:
        return False
    words = re.findall(r"[a-z0-9]+", name)
    return bool({*words, "".join(words)} & PERSONAL_WORDS)


class _Places:
    """Postcodes, areas, scores and minutes set for areas, of a whole file, in four queries."""

    def __init__(self, rows, organisation):
        rows = list(rows)
        postcodes = {_postcode(row.get("postcode") or "") for row in rows} - {""}
        self.postcodes = {place.postcode: place for place in Postcode.objects.filter(postcode__in=postcodes)}
        codes = {(row.get("area_code") or "").strip().upper() for row in rows}
        codes |= {place.area_code for place in self.postcodes.values()}
        areas = Area.objects.current().filter(code__in=codes).defer("geometry")
        self.areas = {area.code: area for area in areas.annotate(imd_decile=F("profile__values__imd_decile"))}
        scores = PriorityScore.objects.current().filter(area__in=self.areas.values())
        known = list(scores.values_list("area_id", "priority", "visit_minutes"))
        self.priorities = {area: priority for area, priority, _ in known}
        overrides = VisitMinutesOverride.objects.for_organisation(organisation).minutes_by_area(self.areas.values())
        self.minutes = {area: minutes for area, _, minutes in known}
        self.minutes |= {area: override.minutes for area, override in overrides.items()}

    def find(self, row) -> tuple[Area, str, Point]:
        """(area, postcode, point) of a row."""
        postcode, code = _postcode(row.get("postcode", "")), row.get("area_code", "").upper()
        if not postcode and not code:
            raise BadRow("it has neither a postcode nor an area code")
        place = self.postcodes.get(postcode)
        if postcode and place is None:
            raise BadRow("the postcode is not known")
        if place and place.terminated:
            raise BadRow(f"the postcode was terminated in {month_text(place.terminated)}")
        if place and place.point is None:
            raise BadRow("no publication says where the postcode is")
        if place and not place.area_code and not code:
            raise BadRow("the area of the postcode is not known: give the area code as well")
        area = self.areas.get(code or place.area_code)
        if area is None:
            raise BadRow("the area code is not known" if code else "the area of the postcode is not loaded")
        if place and code and place.area_code not in ("", code):
            raise BadRow("the postcode lies in another area than the area code says")
        return area, postcode, place.point if place else area.population_centroid or area.centroid


def _visit(line, row, places, skills, day) -> ParsedVisit:
    reference = _reference(row["reference"])
    area, postcode, point = places.find(row)
    priority = places.priorities.get(area.pk)
    decile = int(area.imd_decile) if area.imd_decile is not None else None
    return ParsedVisit(
        line=line,
        reference=reference,
        area=area,
        postcode=postcode,
        point=point,
        minutes=_minutes(row["minutes"], places.minutes.get(area.pk)),
        window=_window(row.get("window_start", ""), row.get("window_end", ""), day),
        skills=_skills(row.get("skills", ""), skills),
        tier=_tier(row.get("tier", ""), priority, decile),
        priority=priority,
        imd_decile=decile,
    )


def _reference(text) -> str:
    if not text:
        raise BadRow("the reference is blank")
    if not REFERENCE.fullmatch(text):
        raise BadRow("the reference may hold letters, digits and . _ / - only, at most 40")
    if _is_nhs_number(text):
        raise BadRow("the reference looks like an NHS number")
    return text


def _is_nhs_number(text) -> bool:
    """Ten digits whose last is right modulo 11 (NHS Data Model and Dictionary, NHS NUMBER)."""
    digits = re.sub(r"[-. /]", "", text)
    if not re.fullmatch(r"[0-9]{10}", digits):
        return False
    check = 11 - sum(int(digit) * (10 - place) for place, digit in enumerate(digits[:9])) % 11
    return check % 11 == int(digits[9])


def _minutes(text, in_area: int | None) -> int:
    if text.lower() == AS_IN_AREA:
        if in_area is None:
            raise BadRow("the area has no priority yet, so the row must name its minutes")
        return in_area
    # Four digits at most: Python refuses to read numbers of thousands of digits.
    if not re.fullmatch(r"[0-9]{1,4}", text) or not MINUTES[0] <= int(text) <= MINUTES[1]:
        raise BadRow(f"minutes must be a whole number from {MINUTES[0]} to {MINUTES[1]}, or {AS_IN_AREA}")
    return int(text)


def _window(start, end, day):
    if not start and not end:
        return None
    if not start or not end:
        raise BadRow("a time window needs both window_start and window_end")
    opens, closes = _instant(start, day), _instant(end, day)
    if closes < opens:
        raise BadRow("the time window ends before it starts")
    return opens, closes


def _instant(text, day):
    if not CLOCK.fullmatch(text):
        raise BadRow("times must be written HH:MM, for example 09:30")
    hour, minute = text.split(":")
    try:
        return instant(day, time(int(hour), int(minute)))
    except NoSuchTime as error:
        raise BadRow(str(error)) from None


def _skills(text, known) -> list[Skill]:
    codes = {code.strip().lower() for code in text.split(";")} - {""}
    unknown = sorted(codes - set(known))
    if unknown:
        # The text itself stays out of the report: in a shifted row it may be anything.
        offer = ", ".join(sorted(known)) or "none yet"
        raise BadRow(f"{len(unknown)} unknown skill{'s' if len(unknown) > 1 else ''} (known: {offer})")
    return [known[code] for code in sorted(codes)]


def _tier(text, priority, decile) -> int:
    if text:
        if text not in {"1", "2", "3", "4"}:
            raise BadRow("tier must be 1, 2, 3 or 4")
        return int(text)
    if priority is None:
        raise BadRow("the area has no priority yet, so the row must name a tier")
    return VisitTier.of(priority, decile)


def _postcode(text) -> str:
    """With one space, upper case; blank for blank. What is no postcode stays as it is and will not be found."""
    compact = re.sub(r"\s+", "", text).upper()
    return f"{compact[:-3]} {compact[-3:]}" if POSTCODE.fullmatch(compact) else compact


def _listed(names) -> str:
    return ", ".join(sorted(names))
