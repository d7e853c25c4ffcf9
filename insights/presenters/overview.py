"""The list of outlooks: what stands out, and a line for each measure of each place."""

from dataclasses import dataclass
from functools import cached_property

from django.core.paginator import Paginator
from django.urls import reverse

from accounts.access import allowed
from accounts.permissions import Permission
from insights.models import ForecastRun, SeriesForecast
from insights.months import month_after
from insights.outlook_figures import Figures, figures_of
from insights.outlook_question import OutlookQuestion, OutlookSelection, half_range, rising_first
from lsoa.models import ActivitySeries
from lsoa.written_numbers import decimal

from . import words

ROWS_A_PAGE = 20
SPARK_MONTHS = 24
# Text, key to sort by, whether the first click gives the largest first, whether it is a number.
HEADS = (
    ("Measure and place", "name", False, False),
    ("Course", "", False, False),
    ("Last 12 months", "", True, True),
    ("", "expected", True, True),
    ("Against a year before", "change", True, True),
    ("How sure", "sure", False, False),
)
ORDERS = {
    "-change": "those that rise most first",
    "change": "those that fall most first",
    "name": "by name",
    "-name": "by name, the last first",
    "-expected": "the largest first",
    "expected": "the smallest first",
    "sure": "the surest first",
    "-sure": "the least sure first",
}


@dataclass(frozen=True)
class Empty:
    """Why there is nothing, who can do something about it, and where."""

    title: str
    text: str
    url: str = ""
    action: str = ""


@dataclass(frozen=True)
class Head:
    text: str
    url: str
    aria: str
    is_number: bool

    @property
    def mark(self) -> str:
        return {"descending": "▼", "ascending": "▲"}.get(self.aria, "")


@dataclass(frozen=True)
class OutlookRow:
    """One line of the list."""

    figures: Figures

    @property
    def forecast(self) -> SeriesForecast:
        return self.figures.forecast

    @property
    def series(self):
        return self.forecast.series

    @property
    def url(self) -> str:
        return reverse("outlook", args=[self.forecast.series_id])

    @property
    def measure(self) -> str:
        return words.measure_name(self.forecast.series)

    @property
    def place(self) -> str:
        return words.place_name(self.forecast.place_name)

    @property
    def last_year(self) -> str:
        value = self.figures.last_year
        return decimal(value, without="not all published")

    @property
    def expected(self) -> str:
        return words.estimate(self.figures.expected)

    @property
    def between(self) -> str:
        return words.between(*self.figures.range_80)

    @property
    def change(self) -> str:
        return words.change(self.figures.change)

    @property
    def change_between(self) -> str:
        found = self.figures.change_range
        return f"{words.change(found[0])} to {words.change(found[1])}" if found else ""

    @property
    def sure(self) -> words.Sureness:
        return words.sureness(self.figures.expected, *self.figures.range_80)

    @property
    def flags(self) -> str:
        return words.flag_names(self.forecast.flags)

    @property
    def spark(self) -> dict:
        row = self.forecast
        seen = self.figures.history(SPARK_MONTHS)
        return {"seen": seen, "expected": row.mean, "low_80": row.lower_80, "high_80": row.upper_80}

    @property
    def spark_title(self) -> str:
        return f"{self.measure}, {self.place}: two years, and the months expected"

    @property
    def spark_text(self) -> str:
        return f"Expected: {self.expected}, between {self.between}; {self.change} against a year before."


class OverviewPage:
    """Everything that `insights/overview.html` shows."""

    def __init__(self, question: OutlookQuestion, user, organisation, page: str = "1"):
        self.question, self.user, self.organisation, self._page = question, user, organisation, page

    @cached_property
    def run(self) -> ForecastRun | None:
        return ForecastRun.objects.current().first()

    @cached_property
    def empty(self) -> Empty | None:
        """None where there are forecasts."""
        if self.run is not None and self.selection.kinds:
            return None
        if not ActivitySeries.objects.exists():
            return self._nothing_loaded()
        return Empty(
            "No forecast has been made yet",
            "Published activity is loaded. Forecasts are made from it after each load; a platform administrator can "
            "also have them made now, on the page about models.",
            reverse("insights-models"),
            "Open the models",
        )

    def _nothing_loaded(self) -> Empty:
        text = (
            "Outlooks are made from figures that NHS England publishes by month, such as A&E attendances and emergency "
            "admissions. None of them has been loaded into this portal. "
        )
        if allowed(self.user, Permission.LOAD_DATA, self.organisation):
            return Empty("No activity has been loaded", f"{text}You can load them.", reverse("load-data"), "Load data")
        return Empty(
            "No activity has been loaded",
            f"{text}Platform administrators load data.",
            reverse("data"),
            "See which data there are",
        )

    @cached_property
    def selection(self) -> OutlookSelection:
        return OutlookSelection(self.question, self.organisation)

    @cached_property
    def forecasts(self) -> list[SeriesForecast]:
        return self.selection.forecasts()

    @cached_property
    def listed(self):
        return Paginator(self.forecasts, ROWS_A_PAGE).get_page(self._page)

    @cached_property
    def rows(self) -> list[OutlookRow]:
        return [OutlookRow(each) for each in figures_of(self.listed.object_list)]

    def all_rows(self) -> list[OutlookRow]:
        return [OutlookRow(each) for each in figures_of(self.forecasts)]

    @property
    def title(self) -> str:
        """Which places the list is about."""
        if self.selection.is_own:
            return "The next six months in your places"
        names = dict(self.selection.place_choices())
        return f"The next six months: {words.in_sentence(names.get(self.selection.place, 'one place'))}"

    @property
    def counted(self) -> str:
        number, places = len(self.forecasts), len({_place(row) for row in self.forecasts})
        if not number:
            return ""
        outlooks = f"{number} outlook{'s' if number != 1 else ''}"
        return f"{outlooks} of {places} place{'s' if places != 1 else ''}, {ORDERS[self.question.sort]}"

    @property
    def order_text(self) -> str:
        return f"In this order: {ORDERS[self.question.sort]}."

    @property
    def expected_head(self) -> str:
        """The months that most series look ahead to."""
        origins = {row.origin for row in self.forecasts}
        if len(origins) != 1:
            return "Next 6 months"
        (origin,) = origins
        return words.months_in_short(month_after(origin), month_after(origin, self.run.horizon))

    @property
    def heads(self) -> list[Head]:
        return [
            self._head(text or self.expected_head, key, largest_first, is_number)
            for text, key, largest_first, is_number in HEADS
        ]

    def _head(self, text, key, largest_first, is_number) -> Head:
        if not key:
            return Head(text, "", "", is_number)
        current = self.question.sort
        is_current = current.removeprefix("-") == key
        falls = not current.startswith("-") if is_current else largest_first
        url = self.question.changed(sort=f"-{key}" if falls else key).url
        aria = ("descending" if current.startswith("-") else "ascending") if is_current else ""
        return Head(text, url, aria, is_number)

    @property
    def query_without_page(self) -> str:
        return self.question.to_querystring()

    @property
    def place_choices(self) -> list[tuple[str, str, bool]]:
        return [(value, text, value == self.selection.place) for value, text in self.selection.place_choices()]

    @property
    def measure_choices(self) -> list[tuple[str, str, bool]]:
        return [(value, text, value == self.question.measure) for value, text in self.selection.measure_choices()]

    @property
    def sentences(self) -> list[str]:
        """What stands out in the list."""
        return standing_out(self.forecasts) if self.forecasts else []

    @property
    def how_to_read(self) -> str:
        return (
            "In 8 of 10 cases the published figure will lie in the range below the expected one. "
            "“How sure” is half that range, as a share of what is expected."
        )

    @property
    def ways(self) -> list[dict]:
        return ways_of(self.user, self.organisation)


def ways_of(user, organisation) -> list[dict]:
    """Cards that lead on from the list, as far as the person may follow."""
    ways = []
    if allowed(user, Permission.VIEW_PLANS, organisation):
        ways.append(
            (reverse("demand"), "Demand and capacity", "What your teams are asked for beside the hours that they have.")
        )
    ways.append((reverse("reports"), "Equity reports", "Who was reached by visits, and whether need was met first."))
    text = "How these forecasts are made, and how well they did on months that they had not seen."
    ways.append((reverse("insights-models"), "Models", text))
    return [{"url": url, "name": name, "text": text} for url, name, text in ways]


def standing_out(forecasts) -> list[str]:
    """The largest rise, how sure it is, the least sure of all, and how far published figures run."""
    rising = [row for row in forecasts if row.year_change is not None]
    newest = max(row.origin for row in forecasts)
    sentences = []
    if rising:
        first = rising_first(rising)[0]
        passed_over = any(row.year_change > first.year_change for row in rising)
        sentences += _largest(first, "Leaving aside what is very unsure, the" if passed_over else "The")
    unsure = max(forecasts, key=half_range)
    if len(forecasts) > 1:
        total = unsure.total()
        sure = words.sureness(total.mean, total.lower_80, total.upper_80)
        sentences.append(f"Least sure of all: {_what(unsure)} ({words.in_sentence(sure.label)}).")
    sentences.append(f"Published figures run to {words.month_name(newest)}.")
    return sentences


def _largest(row: SeriesForecast, begins: str) -> list[str]:
    total = row.total()
    expected, low, high = total.mean, total.lower_80, total.upper_80
    months = words.ahead(row.origin, len(row.mean))
    before = expected / (1 + row.year_change) if row.year_change > -1 else None
    lead = f"{begins} {'largest rise' if row.year_change > 0 else 'smallest fall'} is expected in"
    unit = row.series.unit
    return [
        f"{lead} {_what(row)}: {words.estimate(expected)} {unit} from {months}, "
        f"{words.change_in_words(row.year_change)} the same months a year before.",
        words.in_8_of_10(low, high)
        + (
            ", which may be fewer than a year before."
            if before and low < before < high and row.year_change > 0
            else "."
        ),
    ]


def _what(row: SeriesForecast) -> str:
    return f"{words.in_sentence(words.measure_name(row.series))}, {words.place_name(row.place_name)}"


def _place(row: SeriesForecast) -> tuple[str, str]:
    return row.series.organisation_kind, row.series.organisation_code
