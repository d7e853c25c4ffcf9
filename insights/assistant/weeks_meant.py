"""Which weeks a question about the weeks ahead means: next week, the week of a day, a month."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from insights.demand.week_calendar import WEEK, monday_of
from insights.months import month_after

_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_MONTH = re.compile(rf"\b({'|'.join(_MONTHS)})(?:\s(20\d\d))?\b")
_DAY = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?({'|'.join(_MONTHS)})(?:\s(20\d\d))?\b")
_ISO = re.compile(r"\b(20\d\d)-(\d\d)-(\d\d)\b")
_FROM_THIS_WEEK = (
    (re.compile(r"\b(?:week after next|in two weeks|in 2 weeks|in a fortnight)\b"), 2),
    (re.compile(r"\b(?:next week|in a week|week ahead|coming week)\b"), 1),
    (re.compile(r"\b(?:this week|today|tonight|tomorrow|now|at the moment|currently)\b"), 0),
)
_FEASTS = ((re.compile(r"\b(?:christmas|xmas|boxing day)\b"), 12, 25), (re.compile(r"\bnew year"), 1, 1))


@dataclass(frozen=True)
class WeeksMeant:
    """Mondays of those weeks ahead that the question means. `asked`: it named a time; `known` may then be empty."""

    known: tuple[date, ...]
    asked: bool = False


def weeks_meant(folded: str, weeks: tuple[date, ...], today: date) -> WeeksMeant:
    """Of `weeks` (Mondays); all of them where the question names no time."""
    span = _span(folded, today)
    if span is None:
        return WeeksMeant(weeks)
    first, last = span
    return WeeksMeant(tuple(week for week in weeks if monday_of(first) <= week <= last), asked=True)


def _span(folded: str, today: date) -> tuple[date, date] | None:
    """First and last day of the time that is named; None without one, or where the calendar has no such day."""
    if match := _ISO.search(folded):
        return _one_day(*map(int, match.groups()))
    if match := _DAY.search(folded):
        day, month = int(match.group(1)), _MONTHS[match.group(2)]
        return _one_day(int(match.group(3) or _year_of(month, today)), month, day)
    for words, month, day in _FEASTS:
        if words.search(folded):
            return _one_day(_year_of(month, today), month, day)
    for words, ahead in _FROM_THIS_WEEK:
        if words.search(folded):
            monday = monday_of(today) + ahead * WEEK
            return monday, monday + timedelta(days=6)
    if "next month" in folded:
        after = month_after(today)
        return _month(after.year, after.month)
    if "this month" in folded:
        return _month(today.year, today.month)
    # "may" is a month only where it is said to be one: "where may hours be short".
    named = next((each for each in _MONTH.finditer(folded) if each.group(1) != "may" or _is_month(folded, each)), None)
    if named:
        month = _MONTHS[named.group(1)]
        return _month(int(named.group(2) or _year_of(month, today)), month)
    return None


def _is_month(folded: str, match: re.Match) -> bool:
    return bool(match.group(2) or re.search(r"\b(?:in|during|for|of|until|by)\s$", folded[: match.start()]))


def _year_of(month: int, today: date) -> int:
    """A month without a year is the next one of that name, the present one included."""
    return today.year if month >= today.month else today.year + 1


def _one_day(year: int, month: int, day: int) -> tuple[date, date] | None:
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found, found


def _month(year: int, month: int) -> tuple[date, date]:
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
