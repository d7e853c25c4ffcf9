"""The same measure elsewhere: rates of change can be compared, numbers cannot."""

from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse

from insights.models import SeriesForecast
from insights.outlook_figures import Figures, figures_of
from insights.outlook_question import OutlookQuestion
from insights.places import codes_of

from . import words

# Months that two half years with those a year before take.
MONTHS = 24


@dataclass(frozen=True)
class BesideRow:
    name: str
    past: str
    expected: str
    between: str = ""
    url: str = ""


class Beside:
    """This series, the organisation's boards, all places of its kind together, and the country where it is forecast."""

    def __init__(self, figures: Figures, organisation):
        self.figures, self.organisation = figures, organisation
        self.series = figures.forecast.series
        self.kind = self.series.organisation_kind

    @cached_property
    def _others(self) -> list[Figures]:
        """Of the same measure, here and elsewhere, in two queries."""
        kinds = {self.kind, "icb", "country"}
        rows = SeriesForecast.objects.current().of_measure(self.series.measure, self.series.breakdown)
        rows = rows.filter(series__organisation_kind__in=kinds, series__interval=self.series.interval)
        return figures_of(rows.with_names(), MONTHS)

    @cached_property
    def peers(self) -> list[Figures]:
        """All places of the same kind that look ahead to the same months, this one among them."""
        return [
            each
            for each in self._others
            if each.forecast.series.organisation_kind == self.kind and each.origin == self.figures.origin
        ]

    @cached_property
    def rows(self) -> list[BesideRow]:
        here = _row(self.figures, is_here=True)
        boards = codes_of(self.organisation).get("icb", []) if self.kind != "icb" else []
        near = [
            each
            for each in self._others
            if each.forecast.series_id != self.series.pk
            and (
                each.forecast.series.organisation_kind == "country"
                or (
                    each.forecast.series.organisation_kind == "icb" and each.forecast.series.organisation_code in boards
                )
            )
        ]
        rows = [here, *map(_row, near)]
        if together := self._together:
            rows.append(together)
        return rows if len(rows) > 1 else []

    @cached_property
    def _known(self) -> list[Figures]:
        return [each for each in self.peers if each.change is not None]

    @property
    def _together(self) -> BesideRow | None:
        """All of its kind added up: their ranges cannot be."""
        if len(self._known) < 2:
            return None
        past = [each for each in self._known if each.past_change is not None]
        expected = sum(each.expected for each in self._known) / sum(each.sum_before for each in self._known) - 1
        name = f"All {len(self._known)} {words.kind_plural(self.kind)} together"
        url = OutlookQuestion.of_measure(self.series.measure, self.kind).url
        return BesideRow(name, words.change(_past(past)), words.change(expected), url=url)

    @property
    def text(self) -> str:
        known = sorted((each.change for each in self._known), reverse=True)
        if len(known) < 2 or self.figures.change is None:
            return "Rates of change can be compared; numbers cannot, since places differ in size."
        place = 1 + sum(value > self.figures.change for value in known)
        kinds = words.kind_plural(self.kind)
        return (
            "Rates of change can be compared; numbers cannot, since places differ in size. By its expected change this "
            f"place is number {place} of {len(known)} {kinds}, the largest rise first. Where ranges overlap, the order "
            "may well be another."
        )


def _past(figures: list[Figures]) -> float | None:
    """Change of the last months of all together."""
    sums = [each.past_sums for each in figures]
    late, early = (sum(pair[side] for pair in sums) for side in (0, 1))
    return late / early - 1 if early else None


def _row(figures: Figures, *, is_here: bool = False) -> BesideRow:
    found = figures.change_range
    return BesideRow(
        words.place_name(figures.forecast.place_name),
        words.change(figures.past_change),
        words.change(figures.change),
        f"{words.change(found[0])} to {words.change(found[1])}" if found else "",
        "" if is_here else reverse("outlook", args=[figures.forecast.series_id]),
    )
