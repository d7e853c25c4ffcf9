"""How many areas have which class, by deprivation decile or by local authority. Published data: no number of visits."""

from dataclasses import dataclass, field
from enum import StrEnum
from math import isnan

from django.db.models import Count

from priorities.models import PriorityClass

from ..figure_columns import figures_of
from ..selection import Selection

MOST_AUTHORITIES = 40


class HeatBy(StrEnum):
    DECILE = "decile"
    AUTHORITY = "authority"


@dataclass(frozen=True)
class HeatRow:
    """One decile or authority: `key` None where it is not known; `areas` by class, and how many are not scored."""

    key: int | str | None
    label: str
    areas: tuple[int, ...]
    unscored: int

    @property
    def total(self) -> int:
        return sum(self.areas) + self.unscored


@dataclass(frozen=True)
class HeatMap:
    """`left_out`: authorities beyond the forty with the most areas."""

    by: HeatBy
    rows: list[HeatRow]
    left_out: int = 0
    classes: tuple[int, ...] = field(default=tuple(PriorityClass.values))

    @property
    def total(self) -> int:
        return sum(row.total for row in self.rows)

    @property
    def by_class(self) -> tuple[int, ...]:
        return tuple(sum(row.areas[number] for row in self.rows) for number in self.classes)


def heat_map(selection: Selection, by: HeatBy) -> HeatMap:
    """Of the areas that pass the filters of the selection."""
    return selection.remembered(f"heat-{by}", lambda: _heat_map(selection, by))


def _heat_map(selection: Selection, by: HeatBy) -> HeatMap:
    found = _by_decile(selection) if by == HeatBy.DECILE else _by_authority(selection)
    rows = [_row(by, key, counts) for key, counts in found.items()]
    if by == HeatBy.DECILE:
        rows.sort(key=lambda row: (row.key is None, row.key))
        return HeatMap(by, rows)
    rows.sort(key=lambda row: (-row.total, row.label))
    shown = sorted(rows[:MOST_AUTHORITIES], key=lambda row: (row.key is None, row.label))
    return HeatMap(by, shown, len(rows) - len(shown))


def _by_decile(selection: Selection) -> dict[tuple, dict]:
    areas = list(selection.unordered.values_list("pk", "priority"))
    deciles = figures_of([pk for pk, _ in areas], ("imd_decile",))[:, 0].tolist()
    found: dict[tuple, dict] = {}
    for (_, priority), decile in zip(areas, deciles, strict=True):
        counts = found.setdefault((None if isnan(decile) else int(decile),), {})
        counts[priority] = counts.get(priority, 0) + 1
    return found


def _by_authority(selection: Selection) -> dict[tuple, dict]:
    keys = ("local_authority_code", "local_authority_name")
    found: dict[tuple, dict] = {}
    for row in selection.unordered.values(*keys, "priority").annotate(areas=Count("pk")):
        found.setdefault(tuple(row[name] for name in keys), {})[row["priority"]] = row["areas"]
    return found


def _row(by: HeatBy, key: tuple, counts: dict) -> HeatRow:
    areas = tuple(counts.get(number, 0) for number in PriorityClass.values)
    if by == HeatBy.AUTHORITY:
        code, name = key
        return HeatRow(code or None, name or "No local authority", areas, counts.get(None, 0))
    return HeatRow(key[0], _decile_words(key[0]), areas, counts.get(None, 0))


def _decile_words(decile: int | None) -> str:
    ends = {1: "1 most deprived", 10: "10 least deprived", None: "Not known"}
    return ends.get(decile, str(decile))
