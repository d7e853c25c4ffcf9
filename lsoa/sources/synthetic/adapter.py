"""The adapter: `load_open_data synthetic:` or `synthetic:seed=7,areas=600` loads the city like a publication."""

import numpy as np

from lsoa.models import Dataset
from lsoa.sources.base import Refused, Release, Source, Stage
from lsoa.sources.rows import AreaRows, PostcodeRows, PracticeRows, ValueRows

from .city import FEWEST_AREAS, MOST_AREAS, build_city, fingerprint

DEFAULT_SEED = 1
DEFAULT_AREAS = 1_200
PERIODS = {"imd_rank": "2025", "imd_decile": "2025", "gp_travel_minutes": "2025", "nearest_gp_km": "2025"}
QOF_PERIOD, CENSUS_PERIOD = "2024-25", "2021"


class Synthetic(Source):
    """Boundaries, every indicator, practices and postcodes of Aldermoor in one dataset."""

    key = "synthetic"
    stage = Stage.BOUNDARIES
    scheme = "synthetic"

    def content_key(self, options: dict[str, str]) -> str:
        """What the rows depend on: seed, number of areas and the generator itself."""
        try:
            return fingerprint(*_seed_and_areas(options))
        except Refused as refusal:
            # Impossible options get no further than `release`, which says why.
            return str(refusal)

    def recognises(self, material) -> bool:
        return material.kind == "spec" and material.scheme == self.scheme

    def release(self, material) -> Release:
        seed, areas = _seed_and_areas(material.options)
        return Release(
            title=f"Aldermoor, a fictional city of {areas:,} areas (seed {seed})",
            publisher="HealthEquiRoute (invented)",
            # The same for every seed: whichever is loaded last is in force.
            release="fictional",
            standing=Dataset.Standing.SYNTHETIC,
            licence="No licence needed: nothing in it is real",
            extent="Aldermoor (fictional)",
            method="Invented, spatially correlated figures whose spread over areas follows England's.",
        )

    def rows(self, material, context):
        city = build_city(*_seed_and_areas(material.options))
        context.extent = "Aldermoor (fictional)"
        context.progress(0.5)
        context.report.read(
            len(city.codes) * (1 + len(city.society.values)) + len(city.practices) + len(city.postcodes)
        )
        line = np.arange(1, len(city.codes) + 1)
        yield _area_rows(city, line)
        codes = np.array(city.codes, dtype=object)
        for code, column in city.society.values.items():
            reason = np.full(len(codes), "", dtype=object)
            gaps = city.society.missing.get(code, {})
            reason[list(gaps)] = list(gaps.values())
            yield ValueRows(code, _period(code), line, codes, column, reason, method="synthetic")
        context.progress(0.8)
        yield PracticeRows(
            line=np.arange(1, len(city.practices) + 1),
            code=[p.code for p in city.practices],
            name=[p.name for p in city.practices],
            postcode=[p.postcode for p in city.practices],
            lon=np.array([p.x for p in city.practices]),
            lat=np.array([p.y for p in city.practices]),
            area_code=[city.codes[p.area] for p in city.practices],
            is_active=[True] * len(city.practices),
        )
        yield PostcodeRows(
            line=np.arange(1, len(city.postcodes) + 1),
            postcode=[p.postcode for p in city.postcodes],
            area_code=[city.codes[p.area] for p in city.postcodes],
            lon=np.array([p.x for p in city.postcodes]),
            lat=np.array([p.y for p in city.postcodes]),
            is_residential=[p.residential for p in city.postcodes],
        )
        context.progress(1.0)


def _area_rows(city, line):
    every = range(len(city.codes))
    return AreaRows(
        line=line,
        code=city.codes,
        name=city.names,
        geometry=city.geometry,
        local_authority_code=[city.local_authority(i)[0] for i in every],
        local_authority_name=[city.local_authority(i)[1] for i in every],
        sub_icb_code=[city.sub_icb(i)[0] for i in every],
        sub_icb_name=[city.sub_icb(i)[1] for i in every],
        icb_code=[city.icb(i)[0] for i in every],
        icb_name=[city.icb(i)[1] for i in every],
        is_synthetic=True,
    )


def _period(code):
    if code in PERIODS:
        return PERIODS[code]
    return QOF_PERIOD if code.startswith("qof_") else CENSUS_PERIOD


def _seed_and_areas(options):
    expected = f"seed=<0 or more>,areas=<{FEWEST_AREAS} to {MOST_AREAS}> after synthetic:"
    unknown = set(options) - {"seed", "areas"}
    if unknown:
        raise Refused(expected=expected, found=", ".join(sorted(unknown)))
    try:
        seed, areas = int(options.get("seed", DEFAULT_SEED)), int(options.get("areas", DEFAULT_AREAS))
    except ValueError as error:
        raise Refused(expected=expected, found=str(error)) from error
    if seed < 0 or not FEWEST_AREAS <= areas <= MOST_AREAS:
        raise Refused(expected=expected, found=f"seed={seed},areas={areas}")
    return seed, areas
