"""What a forecast says beside what was published: sums, changes and their ranges."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from insights.models import SeriesForecast
from insights.months import YEAR, month_after, month_number

from .published import Published, months_of, run_of, total

# Months of history that pages show.
HISTORY = 36


@dataclass
class Figures:
    """`published`: first of month -> figure, three years and the months a year before what is looked ahead to."""

    forecast: SeriesForecast
    published: dict[date, Published]

    @property
    def origin(self) -> date:
        return self.forecast.origin

    @property
    def horizon(self) -> int:
        return len(self.forecast.mean)

    @property
    def months(self) -> list[date]:
        """Those that are looked ahead to."""
        return self.forecast.months()

    @property
    def expected(self) -> float:
        return sum(self.forecast.mean)

    @property
    def range_80(self) -> tuple[float, float]:
        """Of the sum of the months: narrower than the sum of their ranges, since misses cancel in part."""
        found = self.forecast.total()
        return found.lower_80, found.upper_80

    @property
    def range_90(self) -> tuple[float, float]:
        found = self.forecast.total()
        return found.lower_90, found.upper_90

    @cached_property
    def before(self) -> list[float | None]:
        """The same months a year before."""
        return run_of(self.published, month_after(self.origin, 1 - YEAR), self.horizon)

    @property
    def sum_before(self) -> float | None:
        return total(self.before)

    @property
    def change(self) -> float | None:
        return self.relative(self.expected)

    @property
    def change_range(self) -> tuple[float, float] | None:
        if not self.sum_before:
            return None
        low, high = self.range_80
        return self.relative(low), self.relative(high)

    def relative(self, value: float) -> float | None:
        """To the same months a year before."""
        return value / self.sum_before - 1 if self.sum_before else None

    @property
    def last_year(self) -> float | None:
        """Sum of the last twelve published months."""
        return total(run_of(self.published, month_after(self.origin, 1 - YEAR), YEAR))

    @property
    def past_sums(self) -> tuple[float | None, float | None]:
        """Of the last months, as many as are looked ahead to, and of the same a year before."""
        late = run_of(self.published, month_after(self.origin, 1 - self.horizon), self.horizon)
        early = run_of(self.published, month_after(self.origin, 1 - self.horizon - YEAR), self.horizon)
        return total(late), total(early)

    @property
    def past_change(self) -> float | None:
        late, early = self.past_sums
        return late / early - 1 if late is not None and early else None

    def history(self, months: int = HISTORY) -> list[float | None]:
        """The last published months; where the series begins later, fewer."""
        first = min(self.published, default=self.origin)
        values = run_of(self.published, month_after(self.origin, 1 - months), months)
        known = month_number(self.origin) - month_number(first) + 1
        return values[-max(1, known) :] if known < months else values


def figures_of(forecasts, months: int = HISTORY) -> list[Figures]:
    """With what was published of each, in one query."""
    forecasts = list(forecasts)
    if not forecasts:
        return []
    oldest = min(each.origin for each in forecasts)
    known = months_of([each.series_id for each in forecasts], month_after(oldest, 1 - months))
    return [Figures(each, known.get(each.series_id, {})) for each in forecasts]
