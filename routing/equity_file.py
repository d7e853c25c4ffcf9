"""The equity of a period as CSV: one figure a line, so that files of several weeks can be put under each other."""

import csv
from collections.abc import Iterator

from accounts.small_numbers import HIDDEN_MARK, RULE, Count

from .equity_reading import PeriodEquity

COLUMNS = [
    *("team", "period", "first_day", "last_day", "basis", "measure", "group_kind", "group"),
    *("value", "visits", "served", "interval_low", "interval_high", "note"),
]
HIDDEN = f"hidden: {RULE.words}"
SINGLE = [
    *("ratio", "gap", "gini_areas", "concentration", "erreygers", "horizontal_inequity"),
    *("slope", "relative_slope"),
]
BURDEN = ["travel_minutes", "preferred_share", "continuity_share", "weighted_lateness"]


class _Echo:
    def write(self, text):
        return text


def equity_csv(equity: PeriodEquity) -> Iterator[bytes]:
    """Header and lines, UTF-8. Blank: not defined, never 0; "[c]": hidden, the note says why."""
    writer = csv.writer(_Echo(), lineterminator="\r\n")
    yield writer.writerow(COLUMNS).encode()
    period = equity.period
    start = [str(period.team), str(period.kind), str(period.first_day), str(period.last_day)]
    for row in _rows(equity):
        yield writer.writerow([_safe(value) for value in [*start, *row]]).encode()


def file_name(equity: PeriodEquity) -> str:
    return f"equity-{equity.period.kind}-to-{equity.period.last_day}.csv"


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


def _safe(value):
    """Blank for None; counts as they may be told; texts that a spreadsheet would run as a formula are quoted."""
    if isinstance(value, Count):
        return value.mark
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return "" if value is None else value
