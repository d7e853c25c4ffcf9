"""Test data: areas with figures for every input of the default model, and its published version.

quiet     every figure at its lowest need: routine
deprived  quiet, but in the most deprived tenth: standard (Core20 alone)
worst     every figure at its highest need: urgent
gap       worst, but nothing is known of the language: certain class, open minutes
"""

import itertools

import numpy as np
from django.contrib.gis.geos import MultiPolygon, Point, Polygon

from accounts.tests.factories import PlatformAdministratorFactory
from lsoa.models import Area, Dataset, Indicator, IndicatorValue, MissingReason
from lsoa.services import refresh_profile
from priorities import services
from priorities.default_model import INPUTS
from priorities.models import PriorityScore

_numbers = itertools.count(1)
LEAST = dict.fromkeys((wanted.indicator for wanted in INPUTS.values()), 0.0) | {"imd_decile": 10.0}
MOST = dict.fromkeys(LEAST, 90.0) | {"imd_decile": 1.0}
QUIET, DEPRIVED, WORST = LEAST, LEAST | {"imd_decile": 1.0}, MOST
GAP = MOST | {"low_english_share": None}


def make_dataset(publication="made-up", **fields) -> Dataset:
    number = next(_numbers)
    values = {
        "publication": f"{publication}-{number}",
        "title": "Made-up figures",
        "publisher": "Nobody",
        "release": "2025",
        "licence": "None",
        "vintage": 2021,
        "standing": Dataset.Standing.OFFICIAL,
        "file_name": "figures.csv",
        "file_sha256": f"{number:064x}",
    }
    return Dataset.objects.create(**values | fields)


def make_area(dataset: Dataset, *, is_synthetic=False, **fields) -> Area:
    number = next(_numbers)
    square = Polygon.from_bbox((-2, 52, -1.99, 52.01))
    values = {
        "code": f"E01{number:06}",
        "vintage": 2021,
        "index": number,
        "name": f"Testham {number:03}A",
        "geometry": MultiPolygon(square, srid=4326),
        "centroid": Point(-1.995, 52.005, srid=4326),
        "is_synthetic": is_synthetic,
        "dataset": dataset,
    }
    return Area.objects.create(**values | fields)


def make_figures(areas: dict[Area, dict], dataset: Dataset) -> None:
    """Store figures (None: suppressed) and refresh the profiles, as a load does."""
    codes = {code for figures in areas.values() for code in figures}
    units = {"imd_decile": "decile", "gp_travel_minutes": "minutes"}
    indicators = {
        code: Indicator.objects.get_or_create(
            code=code, defaults={"name": code, "unit": units.get(code, "%"), "polarity": "high", "source": "Nobody"}
        )[0]
        for code in codes
    }
    IndicatorValue.objects.bulk_create(
        IndicatorValue(
            area=area,
            indicator=indicators[code],
            dataset=dataset,
            period="2025",
            value=value,
            missing_reason=None if value is not None else MissingReason.SUPPRESSED,
        )
        for area, figures in areas.items()
        for code, value in figures.items()
    )
    refresh_profile()


def make_areas(*figures: dict, dataset=None, **fields) -> list[Area]:
    """One area per set of figures, in the order of their codes."""
    dataset = dataset or make_dataset()
    areas = [make_area(dataset, **fields) for _ in figures]
    make_figures(dict(zip(areas, figures, strict=True)), dataset)
    return areas


def spread(count=20) -> list[dict]:
    """Figures that rise evenly from the least to the most need, so that percentiles are far apart."""
    shares = np.linspace(0, 1, count)
    return [
        {code: LEAST[code] + (MOST[code] - LEAST[code]) * float(share) for code in LEAST} | {"imd_decile": 10 - k % 10}
        for k, share in enumerate(shares)
    ]


def publish(**people):
    """The default model, published by two platform administrators, with thresholds from what is loaded."""
    proposer = people.get("proposed_by") or PlatformAdministratorFactory()
    publisher = people.get("published_by") or PlatformAdministratorFactory()
    return services.publish_default_model(proposed_by=proposer, published_by=publisher)


def current(area) -> PriorityScore:
    """The score in force of an area, with its run and version."""
    return PriorityScore.objects.current().with_explanation().get(area=area)
