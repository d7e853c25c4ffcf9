"""Periods of a dashboard: whole weeks, since those that could be shifted by a day would give small numbers away."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from routing.civil_time import today

WEEK = timedelta(days=7)
# Whatever has plans lies between them.
FIRST_DAY, LAST_DAY = date(2000, 1, 3), date(2100, 12, 26)


class Span(StrEnum):
    WEEK = "week"
    FOUR_WEEKS = "four-weeks"
    QUARTER = "quarter"

    @property
    def weeks(self) -> int:
        return {Span.WEEK: 1, Span.FOUR_WEEKS: 4, Span.QUARTER: 13}[self]

    @property
    def label(self) -> str:
        return {Span.WEEK: "Week", Span.FOUR_WEEKS: "Four weeks", Span.QUARTER: "Quarter (13 weeks)"}[self]


@dataclass(frozen=True)
class WholeWeeks:
    """`monday` begins the last week."""

    span: Span
    monday: date

    @classmethod
    def until(cls, span: Span, day: date | None = None) -> "WholeWeeks":
        """The weeks that end with that of the day (today)."""
        day = day or today()
        return cls(span, day - timedelta(days=day.weekday()))

    @classmethod
    def from_querydict(cls, data) -> "WholeWeeks":
        """Reads `period` and `to`; what makes no sense means four weeks, and today."""
        span = data.get("period", "")
        return cls.until(Span(span) if span in Span.__members__.values() else Span.FOUR_WEEKS, _day(data.get("to", "")))

    def parameters(self) -> list[tuple[str, str]]:
        """What differs from the default, for addresses."""
        pairs = [("period", self.span.value)] if self.span != Span.FOUR_WEEKS else []
        return pairs + ([("to", self.last_day.isoformat())] if self != WholeWeeks.until(self.span) else [])

    @property
    def first_day(self) -> date:
        return self.monday - (self.span.weeks - 1) * WEEK

    @property
    def last_day(self) -> date:
        return self.monday + WEEK - timedelta(days=1)

    @property
    def before(self) -> "WholeWeeks":
        """The weeks just before, as many."""
        return WholeWeeks(self.span, self.monday - self.span.weeks * WEEK)

    @property
    def trend(self) -> list["WholeWeeks"]:
        """Single weeks up to the last one of these: thirteen for a quarter, eight otherwise."""
        number = 13 if self.span == Span.QUARTER else 8
        return [WholeWeeks(Span.WEEK, self.monday - back * WEEK) for back in reversed(range(number))]

    @property
    def parts(self) -> list["WholeWeeks"]:
        """Periods of which equity figures are published and which together are these weeks."""
        if self.span != Span.QUARTER:
            return [self]
        fours = [WholeWeeks(Span.FOUR_WEEKS, self.monday - 4 * k * WEEK) for k in range(3)]
        return [WholeWeeks(Span.WEEK, self.first_day), *reversed(fours)]


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_DAY <= day <= LAST_DAY else None
