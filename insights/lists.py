"""Outlooks, the months of one, and models as files (`accounts.list_files`)."""

from accounts.list_files import Column, Kind, ListFile, Notes

from .presenters import words
from .presenters.model_pages import ModelRow, ModelsPage
from .presenters.overview import OutlookRow, OverviewPage
from .presenters.series import SeriesPage

READERS = "everybody who may see areas"
SOURCE = "Forecasts made by this portal from activity that NHS England publishes (Open Government Licence v3.0)"
ESTIMATES = "Expected figures are estimates about places, never about persons."
RANGES = "The published figure is expected to lie in the 80 % range in 8 of 10 cases."
OUTLOOK_COLUMNS = (
    Column("measure", "What is counted", value="measure"),
    Column("unit", "Its unit", value="series.unit"),
    Column("place_kind", "icb, trust, commissioner, region or country", Kind.CODE, "series.organisation_kind"),
    Column("place_code", "ONS code of a board or region, else ODS code", Kind.CODE, "series.organisation_code"),
    Column("place_name", "Its name", value="place"),
    Column("published_until", "First day of the last published month", Kind.DATE, "forecast.origin"),
    Column("last_12_months", "Sum of the last 12 published months", Kind.DECIMAL, "figures.last_year"),
    Column("expected", "Expected sum of the next months", Kind.DECIMAL, lambda row: _sum(row.figures.expected)),
    Column("low_80", "Lower end of its 80 % range", Kind.DECIMAL, lambda row: _sum(row.figures.range_80[0])),
    Column("high_80", "Upper end of its 80 % range", Kind.DECIMAL, lambda row: _sum(row.figures.range_80[1])),
    Column("year_before", "Published sum a year before, the comparator", Kind.DECIMAL, "figures.sum_before"),
    Column("change", "Expected sum against the year before", Kind.PERCENT, "figures.change"),
    Column("change_low_80", "Lower end of the 80 % range of the change", Kind.PERCENT, lambda row: _end(row, 0)),
    Column("change_high_80", "Upper end of the 80 % range of the change", Kind.PERCENT, lambda row: _end(row, 1)),
    Column("mind", "What to mind when reading it", value="flags"),
)  # fmt: skip
MONTH_COLUMNS = (
    Column("month", "First day of the month", Kind.DATE),
    Column("kind", "published or expected", Kind.CODE),
    Column("figure", "Published figure, or the expected one, an estimate; empty: not published", Kind.DECIMAL),
    Column("low_80", "Lower end of the 80 % range", Kind.DECIMAL),
    Column("high_80", "Upper end of the 80 % range", Kind.DECIMAL),
    Column("low_90", "Lower end of the 90 % range", Kind.DECIMAL),
    Column("high_90", "Upper end of the 90 % range", Kind.DECIMAL),
)
MODEL_COLUMNS = (
    Column("measure", "What is foreseen", value="name"),
    Column("place_kind", "Of which kind of place", Kind.CODE, "model.organisation_kind"),
    Column("series", "Number of series", Kind.WHOLE, "model.series_count"),
    Column("earlier_dates", "Earlier dates on which it was checked", Kind.WHOLE, "model.origins"),
    Column("mase", "Scaled error (MASE); below 1 is better than last year's month was", Kind.DECIMAL, "model.mase"),
    Column("mase_last_year_again", "The same for last year's month, the comparator", Kind.DECIMAL, "model.mase_naive"),
    Column("held_80", "Share of months that lay in the 80 % range", Kind.PERCENT, "model.coverage_80"),
    Column("held_90", "Share of months that lay in the 90 % range", Kind.PERCENT, "model.coverage_90"),
    Column("why", "Why it is in use", value=lambda row: row.model.get_reason_display()),
)  # fmt: skip


def outlook_list(page: OverviewPage) -> ListFile:
    """Every outlook that the page's question asks for, not the one page of them alone."""
    question = page.question
    names, measures = dict(page.selection.place_choices()), dict(page.selection.measure_choices())
    filters = [f"Places: {names.get(page.selection.place, page.selection.place)}"]
    filters += [f"Measure: {measures.get(question.measure, question.measure)}"] if question.measure else []
    filters += [f"Words: {question.text}"] if question.text else []
    notes = Notes(SOURCE, filters, READERS, more=[ESTIMATES, RANGES, _made(page.run)])
    return ListFile("outlook", page.title, OUTLOOK_COLUMNS, page.all_rows(), notes)


def month_list(page: SeriesPage) -> ListFile:
    """The published months of a series, then those expected."""
    row, figures = page.forecast, page.figures
    published = [
        {"month": month, "kind": "published", "figure": found.value} | dict.fromkeys(_RANGE)
        for month, found in sorted(figures.published.items())
    ]
    expected = [
        {"month": month, "kind": "expected", "figure": round(row.mean[k], 1)}
        | {name: round(values[k], 1) for name, values in zip(_RANGE, _ranges(row), strict=True)}
        for k, month in enumerate(figures.months)
    ]
    source = "; ".join(f"{each.label}: {each.text}" for each in page.sources)
    filters = [f"Measure: {page.measure}", f"Place: {page.place}"]
    notes = Notes(source, filters, READERS, more=[f"Unit: {page.unit} a month.", ESTIMATES, RANGES])
    title = f"{page.measure}, {page.place}: published and expected"
    return ListFile("outlook-months", title, MONTH_COLUMNS, published + expected, notes, place=page.place)


def model_list(page: ModelsPage) -> ListFile:
    notes = Notes("Checks of this portal on months that a model had not seen", readers=READERS, more=[_made(page.run)])
    rows: list[ModelRow] = page.rows
    return ListFile("forecast-models", "Models of outlooks", MODEL_COLUMNS, rows, notes)


_RANGE = ("low_80", "high_80", "low_90", "high_90")


def _ranges(row):
    return row.lower_80, row.upper_80, row.lower_90, row.upper_90


def _sum(value: float) -> float:
    return round(value, 1)


def _end(row: OutlookRow, side: int) -> float | None:
    found = row.figures.change_range
    return found[side] if found else None


def _made(run) -> str:
    return f"Forecast with figures until {words.month_name(run.data_until)}." if run else "No forecast has been made."
