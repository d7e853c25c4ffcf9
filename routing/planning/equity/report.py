"""The measures of one plan's visits together, safe to show: small groups and what would give them away are left out."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field

import numpy as np

from accounts.small_numbers import RULE

from .coverage import (
    EMPTY,
    FEWEST_COMPARED,
    Coverage,
    core20_ratio,
    coverage_by_group,
    gap_between,
    max_min_coverage,
    status_of,
)
from .inequality import concentration_index, erreygers_index, gini_over_areas, horizontal_inequity, slope_index

QUINTILES = (1, 2, 3, 4, 5)
REST = "rest"
NOT_KNOWN = "not known"
WITHOUT_PLUS = "without plus"
# What is hidden for the sake of another group, the first one first; Core20 against the others last.
IMPORTANCE = {"area": 0, "district": 1, "plus": 2, WITHOUT_PLUS: 2, NOT_KNOWN: 3}
OF_FIFTHS, OF_HEADLINE = 3, 5


@dataclass(frozen=True, slots=True)
class Need:
    """One visit: `weight` > 0, whether it is planned, quintile of deprivation 1 (most deprived) to 5 or None if not
    known; minutes that it needs (blank: not known), its area, its PLUS groups, and a finer rank of deprivation (lowest
    the most deprived) than the quintile where there is one; the district (local authority) of its area; and the parts
    in which it is published as well, e.g. (week, plan), the same number of them for every visit of a report.
    """

    weight: float
    served: bool
    quintile: int | None
    minutes: float | None = None
    area: str | None = None
    plus: frozenset[str] = frozenset()
    rank: float | None = None
    district: str | None = None
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EquityReport:
    """Coverage of Core20, of the rest, by quintile, PLUS group, area and district; `status` is green, amber, red or
    unknown.

    `lowest_quintile`, `lowest_group`: the least covered of what is shown, the latter as ("quintile 3", 0.71).
    `unknown`, `without_plus`: visits of unknown deprivation, and of no PLUS group; `not_known`: how many the former
    are, None where that must not be told. `gini_areas`: see gini_over_areas; `concentration`, `erreygers`,
    `horizontal_inequity`: over visits of known quintile; `slope`, `relative_slope`: SII and RII over quintiles, None
    where one of them is hidden.
    """

    core20: Coverage
    rest: Coverage
    ratio: float | None
    gap: float | None
    status: str
    quintiles: dict[int, Coverage]
    lowest_quintile: int | None
    not_known: int | None
    plus: dict[str, Coverage] = field(default_factory=dict)
    areas: dict[str, Coverage] = field(default_factory=dict)
    districts: dict[str, Coverage] = field(default_factory=dict)
    lowest_group: tuple[str, float] | None = None
    gini_areas: float | None = None
    concentration: float | None = None
    erreygers: float | None = None
    horizontal_inequity: float | None = None
    slope: float | None = None
    relative_slope: float | None = None
    unknown: Coverage = EMPTY
    without_plus: Coverage = EMPTY

    @property
    def hidden(self) -> frozenset:
        """Names of the groups that are hidden, for a report of the same visits on another basis."""
        apart = {1: self.core20, REST: self.rest, **self.quintiles, NOT_KNOWN: self.unknown}
        apart[WITHOUT_PLUS] = self.without_plus
        for kind, shown in (("plus", self.plus), ("area", self.areas), ("district", self.districts)):
            apart |= {(kind, name): part for name, part in shown.items()}
        return frozenset(name for name, part in apart.items() if part.hidden)

    def as_dict(self) -> dict:
        """Plain data for JSON (keys of `quintiles` are texts)."""
        data = asdict(self)
        data["quintiles"] = {str(key): value for key, value in data["quintiles"].items()}
        return data


def quintile_of_decile(decile: int | None) -> int | None:
    """Quintile 1 to 5 of an IMD decile 1 to 10."""
    if decile is None:
        return None
    if not 1 <= decile <= 10:
        raise ValueError(f"an IMD decile is 1 to 10, not {decile}")
    return (decile + 1) // 2


def groups_of(needs: Sequence[Need]) -> dict:
    """Every group that is published, as a boolean array (n,) by name. One table: an area lies in one quintile, so the
    shown areas of a quintile would give a hidden one away.
    """
    quintile = np.array([need.quintile or 0 for need in needs], dtype=int)
    groups = {each: quintile == each for each in QUINTILES} | {REST: quintile > 1, NOT_KNOWN: quintile == 0}
    groups[WITHOUT_PLUS] = np.array([not need.plus for need in needs], dtype=bool)
    groups |= {("plus", name): rows for name, rows in _rows(needs, lambda need: need.plus).items()}
    groups |= {("area", name): rows for name, rows in _rows(needs, _area).items()}
    return groups | {("district", name): rows for name, rows in _rows(needs, _district).items()}


def _importance(name) -> float:
    if name in (1, REST):
        return OF_HEADLINE
    return IMPORTANCE.get(name[0] if isinstance(name, tuple) else name, OF_FIFTHS)


def equity(needs: Iterable[Need], least_area_weight: float = 0, *, leaves: bool = False, **question) -> EquityReport:
    """The report of a plan's visits. Visits of unknown quintile are counted apart, in no quintile.

    `least_area_weight`: areas with less need than that do not count as the lowest group. `question`:
    `secret`, names as in `EquityReport.hidden` that are hidden whatever their size, with the range that has to stay
    possible for each; `memory`, where answers are kept (groups_to_hide_over_parts).
    `leaves`: for figures that leave the pages on which their readers see each visit: the small-number rule holds for
    visits served and left out in each group, too. Raises ValueError for a weight that is not above 0 and for a quintile
    that is none.
    """
    needs = list(needs)
    _check(needs)
    weights = np.array([need.weight for need in needs], dtype=float)
    served = np.array([need.served for need in needs], dtype=bool)
    groups = groups_of(needs)
    parts = coverage_by_group(
        weights,
        served,
        groups,
        importance={name: _importance(name) for name in groups},
        parts=[np.array(level) for level in zip(*(need.parts for need in needs), strict=True)],
        coarse=[name for name in groups if isinstance(name, tuple) and name[0] == "area"],
        leaves=leaves,
        **question,
    )
    core20, rest = parts[1], parts[REST]
    quintiles = {each: parts[each] for each in QUINTILES}
    plus, areas = _of_kind(parts, "plus"), _of_kind(parts, "area")
    lowest = max_min_coverage(quintiles)
    may_tell = not leaves or _enough(served)
    return EquityReport(
        core20=core20,
        rest=rest,
        ratio=core20_ratio(core20, rest),
        gap=gap_between(core20, rest),
        status=status_of(core20, rest),
        quintiles=quintiles,
        lowest_quintile=lowest and lowest[0],
        not_known=parts[NOT_KNOWN].n if leaves else int(groups[NOT_KNOWN].sum()),
        plus=plus,
        areas=areas,
        districts=_of_kind(parts, "district"),
        lowest_group=_lowest(quintiles, plus, areas, needs, least_area_weight),
        gini_areas=_gini(needs) if may_tell else None,
        unknown=parts[NOT_KNOWN],
        without_plus=parts[WITHOUT_PLUS],
        **(_along_deprivation(needs, RULE.smallest_shown if leaves else FEWEST_COMPARED) if may_tell else {}),
        **_slope(quintiles),
    )


def _enough(served) -> bool:
    made = int(served.sum())
    return not any(RULE.is_small(count) for count in (made, len(served) - made, len(served)))


def _check(needs):
    for need in needs:
        if not need.weight > 0:
            raise ValueError("the weight of a visit must be above 0")
        if need.quintile not in (None, *QUINTILES):
            raise ValueError(f"a quintile is 1 to 5, not {need.quintile}")


def _rows(needs, names_of):
    names = sorted({name for need in needs for name in names_of(need)})
    return {name: np.array([name in names_of(need) for need in needs], dtype=bool) for name in names}


def _area(need):
    return () if need.area is None else (need.area,)


def _district(need):
    return () if need.district is None else (need.district,)


def _of_kind(parts, kind):
    return {key[1]: part for key, part in parts.items() if isinstance(key, tuple) and key[0] == kind}


def _lowest(quintiles, plus, areas, needs, least_area_weight):
    need_of = dict.fromkeys(areas, 0.0)
    for need in needs:
        if need.area is not None:
            need_of[need.area] += need.weight
    parts = {f"quintile {key}": part for key, part in quintiles.items()} | plus
    parts |= {name: part for name, part in areas.items() if need_of[name] >= least_area_weight}
    return max_min_coverage(parts)


def _gini(needs):
    placed = [need for need in needs if need.area is not None and need.minutes]
    if not placed:
        return None
    minutes = np.array([need.minutes for need in placed], dtype=float)
    planned = minutes * np.array([need.served for need in placed])
    return gini_over_areas(minutes, planned, [need.weight for need in placed], [need.area for need in placed])


def _along_deprivation(needs, fewest):
    """Indexes over visits of known deprivation; service is the need (weight) that is met. None over fewer visits."""
    known = [need for need in needs if need.quintile is not None]
    if len(known) < fewest:
        return {}
    finer = all(need.rank is not None for need in known)
    rank = [need.rank if finer else need.quintile for need in known]
    served = np.array([need.served for need in known], dtype=float)
    service = served * np.array([need.weight for need in known])
    return {
        "concentration": concentration_index(service, rank),
        "erreygers": erreygers_index(served, rank),
        "horizontal_inequity": horizontal_inequity(service, [need.weight for need in known], rank),
    }


def _slope(quintiles):
    if any(part.n != 0 and part.coverage is None for part in quintiles.values()):
        return {}
    shown = [part for _, part in sorted(quintiles.items()) if part.coverage is not None]
    fitted = slope_index([part.coverage for part in shown], [part.n for part in shown])
    return {} if fitted is None else {"slope": fitted.slope, "relative_slope": fitted.relative}
