"""The areas that are judged, with everything their priorities are held against, read from what is in force."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lsoa.models import Area, Dataset, Vintage
from priorities.computed_thresholds import NATIONAL_AREAS
from priorities.score_inputs import ScoreInputs, read_inputs

DECILE, RANK, PEOPLE = "imd_decile", "imd_rank", "population"
# Core20 is the most deprived fifth of England: deciles 1 and 2.
CORE20 = 2
# What says where areas lie: publications of which any may be loaded.
PLACES_FROM = {
    "region": ("lsoa21-local-authority", "local-authority-codes"),
    "rural_urban": ("rural-urban-2021",),
}


@dataclass(frozen=True)
class Grouping:
    """Areas by something published: place in `names` per area, -1 for none; `datasets` says who published it."""

    key: str
    title: str
    names: tuple[str, ...]
    groups: NDArray[np.int16]
    datasets: list[str]


@dataclass(frozen=True)
class Subjects:
    """The real areas of England that are loaded; where there are none, the fictional ones. Rows of `inputs`."""

    inputs: ScoreInputs
    codes: NDArray
    msoa: NDArray
    groupings: tuple[Grouping, ...]

    def __len__(self):
        return len(self.inputs.areas)

    @property
    def extent(self) -> str:
        """Which areas these are, in words."""
        if self.inputs.is_synthetic.any():
            return f"{len(self):,} areas of the fictional city"
        return f"{'England' if len(self) >= NATIONAL_AREAS else 'a part of England'}, {len(self):,} areas"

    def figures(self, code: str) -> NDArray[np.float64]:
        """One indicator, NaN for missing."""
        return self.inputs.values[:, self.inputs.indicators.index(code)]

    def has(self, code: str) -> bool:
        """Whether any area has a figure of this indicator."""
        return bool((~np.isnan(self.figures(code))).any())

    def datasets(self, *codes: str) -> list[str]:
        """Ids of the datasets behind indicators."""
        found = {source["datasets"].get(code) for source in self.inputs.sources for code in codes}
        return sorted(found - {None})

    @property
    def core20(self) -> NDArray[np.bool_]:
        return self.figures(DECILE) <= CORE20

    @property
    def deprivation(self) -> NDArray[np.float64]:
        """Higher is more deprived: by rank where ranks are loaded, else by decile."""
        return -self.figures(RANK if self.has(RANK) else DECILE)

    @property
    def residents(self) -> NDArray[np.float64]:
        """Residents; every area counts the same where nobody has counted them."""
        return self.figures(PEOPLE) if self.has(PEOPLE) else np.ones(len(self))


def read_subjects(indicators: list[str]) -> Subjects:
    """Read the areas with the figures of `indicators`, and what every validation needs."""
    wanted = list(dict.fromkeys([*indicators, DECILE, RANK, PEOPLE]))
    inputs = read_inputs(wanted)
    real = ~inputs.is_synthetic
    rows = real if real.any() else inputs.is_synthetic
    used = np.unique(inputs.pattern[rows])
    inputs = replace(
        inputs,
        areas=inputs.areas[rows],
        is_synthetic=inputs.is_synthetic[rows],
        values=inputs.values[rows],
        pattern=np.searchsorted(used, inputs.pattern[rows]),
        sources=[inputs.sources[place] for place in used],
    )
    fields = ("pk", "code", "msoa_code", "region_name", "rural_urban_name")
    known = {row[0]: row[1:] for row in Area.objects.filter(vintage=Vintage.CENSUS_2021).values_list(*fields)}
    rows = [known[area] for area in inputs.areas.tolist()]
    code, msoa, region, rural = ([row[place] for row in rows] for place in range(4))
    decile = np.nan_to_num(inputs.values[:, wanted.index(DECILE)], nan=0).astype(np.int16) - 1
    subjects = Subjects(inputs, np.array(code, dtype=object), np.array(msoa, dtype=object), ())
    deciles = Grouping(
        "imd_decile", "IMD decile", tuple(str(n) for n in range(1, 11)), decile, subjects.datasets(DECILE)
    )
    groupings = (deciles, _grouping("region", "Region", region), _grouping("rural_urban", "Rural or urban", rural))
    return replace(subjects, groupings=groupings)


def _grouping(key: str, title: str, texts: list[str]) -> Grouping:
    names = sorted(set(texts) - {""})
    places = {name: place for place, name in enumerate(names)} | {"": -1}
    sources = Dataset.objects.in_force().filter(publication__in=PLACES_FROM[key]) if names else []
    groups = np.array([places[text] for text in texts], dtype=np.int16)
    return Grouping(key, title, tuple(names), groups, sorted(str(dataset.pk) for dataset in sources))
