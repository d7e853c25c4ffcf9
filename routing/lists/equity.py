"""The equity of a period: one figure a row, so that files of several weeks can be put under each other."""

from accounts.list_files import Column, Kind, ListFile, Notes
from accounts.small_numbers import HIDDEN_MARK, RULE
from routing.equity_reading import PeriodEquity

COLUMNS = (
    Column("team", "Team; there is no total over teams"),
    Column("period", "plan, week (Monday to Sunday) or four-weeks", Kind.CODE),
    Column("first_day", "First day of the period", Kind.DATE),
    Column("last_day", "Last day of the period", Kind.DATE),
    Column("basis", "planned: what plans say; done: what was recorded, over closed plans", Kind.CODE),
    Column("measure", "Name of the measure; formulas and sources: docs/equity.md", Kind.CODE),
    Column(
        "group_kind", "What the group is: core20, fifth, plus_group, local_authority, lsoa (2021), person", Kind.CODE
    ),
    Column("group", "The group; elsewhere and fifths 2 to 5 are what Core20 is compared with"),
    Column("value", "Value of the measure; coverage and ratios from 0 to 1", Kind.DECIMAL),
    Column("visits", "Visits needed in the group", Kind.WHOLE),
    Column("served", "Of them, planned or done", Kind.WHOLE),
    Column("interval_low", "Lower end of the 95 % interval (Wilson 1927) of the share of visits", Kind.DECIMAL),
    Column("interval_high", "Upper end of the same interval", Kind.DECIMAL),
    Column("note", "Why a value is hidden, or how to read it"),
)
HIDDEN = f"hidden: {RULE.words}"
SINGLE = [
    *("ratio", "gap", "gini_areas", "concentration", "erreygers", "horizontal_inequity"),
    *("slope", "relative_slope"),
]
BURDEN = ["travel_minutes", "preferred_share", "continuity_share", "weighted_lateness"]


def equity_list(equity: PeriodEquity) -> ListFile:
    """Blank: not defined, never 0; "[c]": hidden, the note says why."""
    period = equity.period
    names = [column.heading for column in COLUMNS]
    start = [str(period.team), str(period.kind), period.first_day, period.last_day]
    rows = [dict(zip(names, [*start, *row], strict=True)) for row in _rows(equity)]
    span = f"{period.first_day:%-d %B %Y} to {period.last_day:%-d %B %Y}"
    notes = Notes(
        "Visit plans of this portal; deprivation: English Indices of Deprivation as loaded when each visit was made, "
        "Open Government Licence v3.0",
        [f"Team: {period.team}", f"Period: {span}"],
        "those who may see visit plans of the organisation",
        counts="visits",
        more=["Areas: LSOA 2021, Office for National Statistics.", "Workloads stand under names: personal data."],
    )
    title = f"Equity of visits of {period.team}, {span}"
    return ListFile(
        f"equity-{period.kind}", title, COLUMNS, rows, notes, place=str(period.team), period=f"to-{period.last_day}"
    )


def _rows(equity):
    for basis, report in (("planned", equity.planned), ("done", equity.done)):
        if report is None:
            continue
        yield from _coverages(basis, report)
        for name in SINGLE:
            yield [
                basis,
                name,
                "all",
                "all",
                getattr(report, name),
                *_nothing(),
                "" if name != "ratio" else report.status,
            ]
    for quintile, part in equity.burden.items():
        for name in BURDEN:
            value, note = (HIDDEN_MARK, HIDDEN) if part.hidden else (getattr(part, name), "")
            yield ["planned", name, "fifth", quintile or "not known", value, part.n, "", "", "", note]
    for name, load in sorted(equity.loads.by_staff.items()):
        yield ["planned", "workload", "person", name, load, *_nothing(), "travel and visits / contracted time"]
    yield ["planned", "gini_workload", "all", "all", equity.loads.gini, *_nothing(), "shown, never an aim"]
    for name, days in sorted((equity.deferred or {}).items(), key=lambda entry: str(entry[0])):
        yield ["planned", "deferred_days", "group", name, _or_mark(days), *_nothing(), HIDDEN if days is None else ""]


def _coverages(basis, report):
    groups = [("core20", {"Core20": report.core20, "elsewhere": report.rest}), ("fifth", report.quintiles)]
    groups += [("plus_group", report.plus), ("local_authority", report.districts), ("lsoa", report.areas)]
    for kind, parts in groups:
        for name, part in parts.items():
            value, note = (HIDDEN_MARK, HIDDEN) if part.is_withheld else (part.coverage, "")
            yield [basis, "coverage", kind, name, value, part.n, part.served, part.low, part.high, note]


def _or_mark(value):
    return HIDDEN_MARK if value is None else value


def _nothing():
    return ["", "", "", ""]
