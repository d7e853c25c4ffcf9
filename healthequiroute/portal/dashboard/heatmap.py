"""How many areas have which class, by deprivation decile or by local authority. Published data: no number of visits."""

from dataclasses import dataclass, field
from enum import StrEnum

from django.db.models import Count

from priorities.models import PriorityClass

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
    keys = ("imd_decile",) if by == HeatBy.DECILE else ("local_authority_code", "local_authority_name")
    found: dict[tuple, dict] = {}
    for row in selection.unordered.values(*keys, "priority").annotate(areas=Count("pk")):
        key = tuple(row[name] for name in keys)
        found.setdefault(key, {})[row["priority"]] = row["areas"]
    rows = [_row(by, key, counts) for key, counts in found.items()]
    if by == HeatBy.DECILE:
        rows.sort(key=lambda row: (row.key is None, row.key))
        return HeatMap(by, rows)
    rows.sort(key=lambda row: (-row.total, row.label))
    shown = sorted(rows[:MOST_AUTHORITIES], key=lambda row: (row.key is None, row.label))
    return HeatMap(by, shown, len(rows) - len(shown))


def _row(by: HeatBy, key: tuple, counts: dict) -> HeatRow:
    areas = tuple(counts.get(number, 0) for number in PriorityClass.values)
    if by == HeatBy.AUTHORITY:
        code, name = key
        return HeatRow(code or None, name or "No local authority", areas, counts.get(None, 0))
    decile = None if key[0] is None else int(key[0])
    return HeatRow(decile, _decile_words(decile), areas, counts.get(None, 0))


def _decile_words(decile: int | None) -> str:
    ends = {1: "1 most deprived", 10: "10 least deprived", None: "Not known"}
    return ends.get(decile, str(decile))
