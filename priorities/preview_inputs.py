"""What a preview reads: figures, groups and classes in force of all areas, kept by each process until they change."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from lsoa.models import Area, ProfileState, Vintage
from lsoa.profiles import read_columns
from priorities.models import PriorityScore, ScoreRun

DECILE = "imd_decile"
UNKNOWN = -1


@dataclass(frozen=True)
class Grouping:
    """Areas by something that is published about them: group of each area (places in `names`), UNKNOWN for none."""

    title: str
    names: tuple[str, ...]
    groups: NDArray[np.int16]


@dataclass(frozen=True)
class InForce:
    """The classes that people see at present: int8 per area, UNKNOWN where there is none. `run`: the latest one."""

    run: ScoreRun | None
    classes: NDArray[np.int8]


@dataclass(frozen=True)
class PreviewInputs:
    """All areas that have figures, ids ascending; every array has one entry per area.

    `stamp` changes when the figures do. `figures`: indicator -> float64, NaN for missing; filled as models ask.
    """

    stamp: object
    area_ids: NDArray[np.int64]
    indexes: NDArray[np.int64]
    deciles: Grouping
    regions: Grouping
    rural_urban: Grouping
    figures: dict[str, NDArray[np.float64]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return len(self.area_ids)

    def rows_of(self, area_ids: Iterable[int]) -> NDArray[np.bool_]:
        """Mask of the areas with these ids (a patch)."""
        return np.isin(self.area_ids, np.fromiter(area_ids, dtype=np.int64))


class _Kept:
    """The last inputs and the last classes in force of this process."""

    def __init__(self):
        self.lock = Lock()
        self.inputs: PreviewInputs | None = None
        self.in_force: tuple[object, UUID, InForce] | None = None


_kept = _Kept()


def preview_inputs(indicators: Iterable[str] = ()) -> PreviewInputs:
    """Return the inputs in force with the figures of `indicators`; read anew when the profiles were refreshed."""
    stamp = ProfileState.objects.values_list("refreshed_at", flat=True).first()
    with _kept.lock:
        inputs = _kept.inputs
        if inputs is None or stamp is None or inputs.stamp != stamp:
            inputs = _kept.inputs = _read(stamp)
        missing = [code for code in indicators if code not in inputs.figures]
        if missing and not _add_figures(inputs, missing):
            # A refresh came between the two statements.
            inputs = _kept.inputs = _read(ProfileState.objects.values_list("refreshed_at", flat=True).first())
            _add_figures(inputs, list(indicators))
        return inputs


def _add_figures(inputs: PreviewInputs, codes: list[str]) -> bool:
    columns = read_columns(codes)
    if not np.array_equal(columns.area_ids, inputs.area_ids):
        return False
    for place, code in enumerate(codes):
        inputs.figures[code] = np.ascontiguousarray(columns.figures[:, place])
    return True


def _read(stamp) -> PreviewInputs:
    columns = read_columns([DECILE])
    ids = columns.area_ids
    fields = ("pk", "index", "region_name", "rural_urban_name")
    known = {row[0]: row[1:] for row in Area.objects.filter(vintage=Vintage.CENSUS_2021).values_list(*fields)}
    # An area that went since the last refresh is no area of England any more: it has no place on the map.
    rows = [known.get(area, (UNKNOWN, "", "")) for area in ids.tolist()]
    decile = np.nan_to_num(columns.figures[:, 0], nan=0).astype(np.int16)
    return PreviewInputs(
        stamp=stamp,
        area_ids=ids,
        indexes=np.array([row[0] for row in rows], dtype=np.int64),
        deciles=Grouping("IMD decile", tuple(str(number) for number in range(1, 11)), decile - 1),
        regions=_grouping("Region", [row[1] for row in rows]),
        rural_urban=_grouping("Rural or urban", [row[2] for row in rows]),
        figures={DECILE: columns.figures[:, 0].copy()},
    )


def _grouping(title: str, texts: list[str]) -> Grouping:
    names = sorted(set(texts) - {""})
    places: Mapping[str, int] = {name: place for place, name in enumerate(names)} | {"": UNKNOWN}
    return Grouping(title, tuple(names), np.array([places[text] for text in texts], dtype=np.int16))


def classes_in_force(inputs: PreviewInputs) -> InForce:
    """Return the scores in force in the order of `inputs`; read anew after every run."""
    run = ScoreRun.objects.latest_finished()
    if run is None:
        return InForce(None, np.full(inputs.count, UNKNOWN, dtype=np.int8))
    with _kept.lock:
        if _kept.in_force and _kept.in_force[:2] == (inputs.stamp, run.pk):
            # What is known about the run may have changed since: whether newer data have come.
            return InForce(run, _kept.in_force[2].classes)
    current = dict(PriorityScore.objects.current().order_by().values_list("area_id", "priority"))
    classes = np.array([current.get(area, UNKNOWN) for area in inputs.area_ids.tolist()], dtype=np.int8)
    found = InForce(run, classes)
    with _kept.lock:
        _kept.in_force = (inputs.stamp, run.pk, found)
    return found
