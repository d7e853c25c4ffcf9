"""The days on which a service visits."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from .bank_holidays import is_bank_holiday

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """`weekdays`: 0 Monday to 6 Sunday, at least one; `on_bank_holidays`: whether the service visits then."""

    weekdays: frozenset[int] = frozenset(range(5))
    on_bank_holidays: bool = False

    def __post_init__(self):
        if not self.weekdays or not self.weekdays <= set(range(7)):
            raise ValueError("weekdays are 0 (Monday) to 6 (Sunday), at least one of them")

    def is_working(self, day: date) -> bool:
        return day.weekday() in self.weekdays and (self.on_bank_holidays or not is_bank_holiday(day))

    def on_or_after(self, day: date) -> date:
        """The day itself where it is a working day, else the next one."""
        while not self.is_working(day):
            day += ONE_DAY
        return day

    def on_or_before(self, day: date) -> date:
        """The day itself where it is a working day, else the last one before."""
        while not self.is_working(day):
            day -= ONE_DAY
        return day

    def add(self, day: date, number: int) -> date:
        """The working day that lies `number` (at least 0) working days after `day`, counting from the next one on."""
        if number < 0:
            raise ValueError("working days are counted forwards")
        for _ in range(number):
            day = self.on_or_after(day + ONE_DAY)
        return self.on_or_after(day)

    def between(self, first: date, last: date) -> Iterator[date]:
        """The working days from `first` to `last`, both included."""
        while first <= last:
            if self.is_working(first):
                yield first
            first += ONE_DAY


WEEKDAYS = Calendar()
EVERY_DAY = Calendar(frozenset(range(7)), on_bank_holidays=True)
