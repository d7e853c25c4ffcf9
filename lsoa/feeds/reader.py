"""From the bytes of an answer to readings, each field checked. The layouts are described in docs/feeds.md.

JSON: `{"readings": [{"observed_at", "measure", "value", "unit", "place_code", "place_name"}, ...]}`, weather:
`{"alerts": [{"sent", "event", "severity", "headline", "description", "onset", "expires", "area_code", "area"}, ...]}`
(names and severities of the Common Alerting Protocol 1.2, OASIS). CSV: the same names as headings.
"""

import csv
import io
import json
import math
import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from .answers import CSV, Answer, Contents, FeedRefused, Reading
from .subjects import SEVERITIES, SUBJECTS, Subject

MOST_READINGS = 20_000
PROBLEMS_NAMED = 20
MOST_DIGITS = 40
# A clock may run ahead a little; a reading from tomorrow is a mistake.
AHEAD = timedelta(minutes=15)
BEHIND = timedelta(days=400)
# An alert that lasts longer is a mistake; the last days of the year 9999 are beyond what can be read back.
LONGEST_ALERT = timedelta(days=366)


class _Wrong(ValueError):
    def __init__(self, field, expected, found):
        shown = "nothing" if found in (None, "") else repr(str(found)[:60])
        super().__init__(f"{field}: expected {expected}, found {shown}")


def read_answer(answer: Answer, subject_code: str, now: datetime) -> Contents:
    """The readings of an answer. Raises FeedRefused when it is no table of readings, or not one of them is good."""
    subject = SUBJECTS[subject_code]
    contents, seen = Contents(), {}
    for where, row in _rows(answer, subject):
        try:
            reading = _alert(row, now) if subject.is_alerts else _reading(row, subject, now)
            first = seen.setdefault(reading.key, reading)
            if first is not reading:
                if first != reading:
                    raise _Wrong(
                        "value", f"{first.value:g} as said before of the same time and place", row.get("value")
                    )
                continue
            contents.readings.append(reading)
        except _Wrong as wrong:
            contents.refused += 1
            if len(contents.problems) < PROBLEMS_NAMED:
                contents.problems.append(f"{where}, {wrong}")
    if contents.refused and not contents.readings:
        raise FeedRefused(where=answer.name or "answer", expected="readings", found=f"none: {contents.problems[0]}")
    return contents


def _rows(answer: Answer, subject: Subject) -> Iterator[tuple[str, dict]]:
    rows = _csv_rows(answer, subject) if answer.form == CSV else _json_rows(answer, subject)
    for number, row in enumerate(rows):
        if number >= MOST_READINGS:
            raise FeedRefused(where="answer", expected=f"at most {MOST_READINGS:,} readings", found="more")
        yield row


def _json_rows(answer, subject):
    key = "alerts" if subject.is_alerts else "readings"
    try:
        data = json.loads(answer.content.decode("utf-8-sig"), parse_constant=_no_constant, parse_int=_whole_number)
    except UnicodeDecodeError as error:
        raise FeedRefused(where="answer", expected="text in UTF-8", found=error.reason) from error
    except json.JSONDecodeError as error:
        raise FeedRefused(where=f"line {error.lineno}", expected="complete JSON", found=_at(error)) from error
    except RecursionError as error:
        raise FeedRefused(where="answer", expected="readings", found="brackets within brackets, too deep") from error
    except ValueError as error:
        raise FeedRefused(where="answer", expected="complete JSON", found=str(error)) from error
    rows = data.get(key) if isinstance(data, dict) else None
    if not isinstance(rows, list):
        raise FeedRefused(where="answer", expected=f"an object with a list {key!r}", found=_kind(data))
    for number, row in enumerate(rows, start=1):
        yield f"{key[:-1]} {number}", row if isinstance(row, dict) else {}


def _no_constant(name):
    raise ValueError(f"{name}, which is no number")


def _whole_number(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise ValueError(f"a number of {len(digits):,} digits")
    return int(digits)


def _at(error: json.JSONDecodeError) -> str:
    """What stands where JSON ends to be JSON."""
    rest = error.doc[error.pos : error.pos + 30].strip()
    return f"{rest!r} at column {error.colno}" if rest else "the end of the answer"


def _kind(data) -> str:
    if isinstance(data, dict):
        return f"an object with {', '.join(list(data)[:5])[:100] or 'nothing in it'}"
    kinds = {list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return kinds.get(type(data), "a number")


def _csv_rows(answer, subject):
    try:
        text = answer.content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FeedRefused(where="answer", expected="text in UTF-8", found=error.reason) from error
    needed = {"sent", "event", "severity"} if subject.is_alerts else {"observed_at", "measure", "value"}
    lines = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        headings = [name.strip() for name in lines.fieldnames or []]
        absent = sorted(needed - set(headings))
        if absent:
            raise FeedRefused(
                where="line 1", expected=f"the heading {absent[0]!r}", found=", ".join(headings)[:100] or "none"
            )
        lines.fieldnames = headings
        for row in lines:
            yield f"line {lines.line_num}", {name: cell for name, cell in row.items() if name is not None}
    except csv.Error as error:
        raise FeedRefused(
            where=f"line {lines.line_num}", expected="comma-separated values", found=str(error)
        ) from error


def _reading(row: dict, subject: Subject, now: datetime) -> Reading:
    code = _text(row, "measure", 60)
    measure = subject.measure(code)
    if measure is None:
        raise _Wrong("measure", f"one of {', '.join(m.code for m in subject.measures)}", code)
    unit = _text(row, "unit", 40)
    if unit and unit != measure.unit:
        raise _Wrong("unit", repr(measure.unit), unit)
    return Reading(
        observed_at=_observed(row, "observed_at", now),
        measure=code,
        value=_number(row, "value", measure.minimum, measure.maximum),
        unit=measure.unit,
        place_code=_place(row, "place_code"),
        place_name=_text(row, "place_name", 150),
    )


def _alert(row: dict, now: datetime) -> Reading:
    severity = _text(row, "severity", 20)
    if severity.lower() not in SEVERITIES:
        raise _Wrong("severity", "Minor, Moderate, Severe, Extreme or Unknown", severity)
    event = _text(row, "event", 60)
    if not event:
        raise _Wrong("event", "what the alert is about", event)
    headline, description = _text(row, "headline", 300), _text(row, "description", 600)
    expires = _time(row, "expires") if row.get("expires") else None
    sent = _observed(row, "sent", now)
    if expires is not None and expires <= sent:
        raise _Wrong("expires", f"a time after {sent.isoformat()}", row.get("expires"))
    if expires is not None and expires - sent > LONGEST_ALERT:
        raise _Wrong("expires", f"a time within {LONGEST_ALERT.days} days of {sent.isoformat()}", row.get("expires"))
    words = " ".join(part if part[-1] in ".!?" else f"{part}." for part in (headline or event, description) if part)
    return Reading(
        observed_at=sent,
        measure=event[:60],
        value=float(SEVERITIES[severity.lower()]),
        unit="severity",
        place_code=_place(row, "area_code"),
        place_name=_text(row, "area", 150),
        text=words[:1_000],
        valid_until=expires,
    )


def _text(row, field, most) -> str:
    value = row.get(field)
    if value is None:
        return ""
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise _Wrong(field, "text", type(value).__name__)
    text = " ".join(str(value).replace("\0", " ").split())
    if len(text) > most:
        raise _Wrong(field, f"at most {most} characters", f"{len(text)} of them")
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise _Wrong(field, "whole characters", text)
    return text


def _place(row, field) -> str:
    code = _text(row, field, 20)
    if code and not re.fullmatch(r"[A-Za-z0-9_-]+", code):
        raise _Wrong(field, "a code of letters and digits", code)
    return code


def _number(row, field, minimum, maximum) -> float:
    value = row.get(field)
    try:
        number = float(str(value).replace(",", "")) if not isinstance(value, bool) else math.nan
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise _Wrong(field, "a number", value)
    if not minimum <= number <= maximum:
        raise _Wrong(field, f"{minimum:g} to {maximum:g}", value)
    return number


def _time(row, field) -> datetime:
    value = row.get(field)
    try:
        moment = datetime.fromisoformat(str(value).strip())
    except ValueError as error:
        raise _Wrong(field, "a time such as 2026-01-31T08:00:00+00:00", value) from error
    if moment.tzinfo is None:
        raise _Wrong(field, "a time with its zone, such as 2026-01-31T08:00:00+00:00", value)
    return moment


def _observed(row, field, now) -> datetime:
    moment = _time(row, field)
    if not now - BEHIND <= moment <= now + AHEAD:
        raise _Wrong(field, f"a time from {now - BEHIND:%Y-%m-%d} to now", row.get(field))
    return moment
