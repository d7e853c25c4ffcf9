"""Single cells of files: what they may hold, and the words for what they may not. Each function raises BadRow."""

import re
from datetime import date, datetime, time

from routing.civil_time import NoSuchTime, instant
from routing.csv_files import BadRow

REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,39}")
CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):[0-5][0-9]")
ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
UK_DAY = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
YES, NO = {"yes", "y", "true", "1"}, {"", "no", "n", "false", "0"}
DAY_FORMS = "23/11/2026 or 2026-11-23"


def reference_cell(text: str) -> str:
    if not text:
        raise BadRow("the reference is blank")
    if not REFERENCE.fullmatch(text):
        raise BadRow("the reference may hold letters, digits and . _ / - only, at most 40")
    if is_nhs_number(text):
        raise BadRow("the reference looks like an NHS number")
    return text


def is_nhs_number(text: str) -> bool:
    """Ten digits whose last is right modulo 11 (NHS Data Model and Dictionary, NHS NUMBER)."""
    digits = re.sub(r"[-. /]", "", text)
    if not re.fullmatch(r"[0-9]{10}", digits):
        return False
    check = 11 - sum(int(digit) * (10 - place) for place, digit in enumerate(digits[:9])) % 11
    return check % 11 == int(digits[9])


def whole_number(text: str, name: str, lowest: int, highest: int) -> int:
    # Five digits at most: Python refuses to read numbers of thousands of digits.
    if not re.fullmatch(r"[0-9]{1,5}", text, re.ASCII) or not lowest <= int(text) <= highest:
        raise BadRow(f"{name} must be a whole number from {lowest:,} to {highest:,}")
    return int(text)


def day_cell(text: str, name: str) -> date:
    """A civil day, written as in the United Kingdom or as in ISO 8601, with four digits of the year."""
    iso, british = ISO_DAY.fullmatch(text), UK_DAY.fullmatch(text)
    if not iso and not british:
        raise BadRow(f"{name} must be a day such as {DAY_FORMS}")
    year, month, day = map(int, iso.groups() if iso else british.groups()[::-1])
    try:
        return date(year, month, day)
    except ValueError:
        raise BadRow(f"{name} is a day that does not exist") from None


def optional_day(text: str, name: str) -> date | None:
    return day_cell(text, name) if text else None


def clock_cell(text: str) -> time:
    if not CLOCK.fullmatch(text):
        raise BadRow("times must be written HH:MM, for example 09:30")
    hour, minute = text.split(":")
    return time(int(hour), int(minute))


def instant_cell(text: str, day: date) -> datetime:
    """The instant (UTC) of a local time of day."""
    at = clock_cell(text)
    try:
        return instant(day, at)
    except NoSuchTime as error:
        raise BadRow(str(error)) from None


def window_clocks(start: str, end: str) -> tuple[time, time] | None:
    """Opening and closing as times of day; None where both are blank."""
    if not start and not end:
        return None
    if not start or not end:
        raise BadRow("a time window needs both window_start and window_end")
    opens, closes = clock_cell(start), clock_cell(end)
    if closes < opens:
        raise BadRow("the time window ends before it starts")
    return opens, closes


def yes_no(text: str, name: str) -> bool:
    if text.lower() not in YES | NO:
        raise BadRow(f"{name} must be yes or no")
    return text.lower() in YES


def coded(text: str, known: dict, one: str, many: str) -> list:
    """The things that a cell names by their codes, with semicolons between. What is not known stays out of the report:
    in a shifted row it may be anything.
    """
    codes = {code.strip().lower() for code in re.split(r"[;|]", text)} - {""}
    unknown = codes - set(known)
    if unknown:
        offer = ", ".join(sorted(known)) or "none yet"
        raise BadRow(f"{len(unknown)} unknown {one if len(unknown) == 1 else many} (known: {offer})")
    return [known[code] for code in sorted(codes)]
