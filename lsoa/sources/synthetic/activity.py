"""The adapter of invented activity: `load_open_data synthetic-activity:` or `synthetic-activity:until=2026-09,seed=7`.

A&E attendances, four-hour waits and emergency admissions of the fictional boards and trusts, in the measures of the
published files: the season of each measure, a slow trend, months that are busy everywhere, chance, a month that was not
reported and a unit that closed. A month has the same figure whatever the last one is, as with a real publication.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
from django.utils import timezone

from accounts.demo import ODS_CODE, ORGANISATION
from lsoa.models import Dataset
from lsoa.models.indicators import MissingReason
from lsoa.sources.activity.organisations import MEASURES
from lsoa.sources.base import Refused, Release, Source, Stage
from lsoa.sources.rows import SeriesRows

from .names import ICBS

MONTHS = 60
DEFAULT_SEED = 1
# The generator; raise it when its figures change.
GENERATION = "2"
# What is published about a month comes out in the middle of the next one.
PUBLISHED_ON = 15
START = 2010 * 12
LAST = 2099 * 12
EXTENT = "Aldermoor (fictional)"


@dataclass(frozen=True)
class Shape:
    """January to December, 1 an ordinary month; growth a year; spread of what is busy everywhere and of chance."""

    season: tuple[float, ...]
    growth: float
    common: float
    chance: float


SHAPES = {
    "ae_attendances": Shape(
        (0.95, 0.93, 1.02, 0.99, 1.04, 1.04, 1.05, 0.99, 1.01, 1.03, 0.99, 0.96), 0.021, 0.015, 0.018
    ),
    "ae_attendances_over_4h": Shape(
        (1.16, 1.09, 1.05, 0.97, 0.92, 0.93, 0.92, 0.86, 0.95, 1.02, 1.03, 1.10), 0.012, 0.045, 0.05
    ),
    "emergency_admissions": Shape(
        (1.03, 0.95, 1.02, 0.98, 1.01, 0.98, 1.00, 0.97, 0.98, 1.02, 1.01, 1.05), 0.015, 0.015, 0.02
    ),
    "ae_waits_over_4h": Shape(
        (1.30, 1.14, 1.06, 0.94, 0.86, 0.86, 0.84, 0.80, 0.90, 1.05, 1.08, 1.17), 0.02, 0.08, 0.09
    ),
}


@dataclass(frozen=True)
class Body:
    """An organisation: figures of an ordinary month in the order of MEASURES (0: it has none), and what befell it.

    `closed`: the month from which a third of its units is gone; `unreported`: a month without four-hour figures.
    """

    kind: str
    code: str
    name: str
    levels: tuple[int, ...]
    closed: int | None = None
    unreported: int | None = None


BODIES = (
    Body("icb", *ICBS[0], (61_400, 17_200, 14_900, 3_900)),
    Body("icb", *ICBS[1], (20_300, 5_600, 5_100, 1_250)),
    Body("trust", "ZY1", "Aldermoor Hospitals NHS Foundation Trust", (38_700, 14_100, 11_800, 3_300)),
    Body("trust", "ZY2", "Outer Dogger Hospitals NHS Trust", (17_900, 5_300, 4_900, 1_200), None, 2025 * 12 + 7),
    # Minor injury units: nobody is admitted from there.
    Body("trust", ODS_CODE, ORGANISATION, (9_200, 240, 0, 0), 2025 * 12 + 9),
)
CLOSED_SHARE = 0.32


class SyntheticActivity(Source):
    """Five years of monthly activity of the fictional boards and trusts in one dataset."""

    key = "synthetic-activity"
    stage = Stage.VALUES
    scheme = "synthetic-activity"

    def content_key(self, options: dict[str, str]) -> str:
        """What the rows depend on: seed, last month and the generator itself."""
        try:
            seed, until = _seed_and_month(options)
        except Refused as refusal:
            # Impossible options get no further than `release`, which says why.
            return str(refusal)
        return f"{self.key} {GENERATION} {seed} {until}"

    def recognises(self, material) -> bool:
        return material.kind == "spec" and material.scheme == self.scheme

    def release(self, material) -> Release:
        _, until = _seed_and_month(material.options)
        return Release(
            title="Monthly activity of fictional boards and trusts (synthetic)",
            publisher="HealthEquiRoute (invented)",
            release=f"{_day(until):%Y-%m}",
            standing=Dataset.Standing.SYNTHETIC,
            licence="No licence needed: nothing in it is real",
            vintage=None,
            extent=EXTENT,
            method="Invented: season, trend, months that are busy everywhere, and chance.",
        )

    def rows(self, material, context) -> Iterator[SeriesRows]:
        seed, until = _seed_and_month(material.options)
        context.extent = EXTENT
        months = np.arange(until - MONTHS + 1, until + 1)
        line = 0
        for place, measure in enumerate(MEASURES):
            for kind in ("icb", "trust"):
                bodies = [body for body in BODIES if body.kind == kind and body.levels[place]]
                count = len(bodies) * MONTHS
                context.report.read(count)
                table = np.array([figures(body, place, seed, months) for body in bodies])
                yield SeriesRows(
                    measure=measure.code,
                    name=measure.name,
                    unit=measure.unit,
                    interval="month",
                    organisation_kind=kind,
                    line=np.arange(line + 1, line + count + 1),
                    organisation_code=np.repeat([body.code for body in bodies], MONTHS).astype(object),
                    organisation_name=np.repeat([body.name for body in bodies], MONTHS).astype(object),
                    period=np.array([_day(month) for month in months.tolist()] * len(bodies), dtype=object),
                    value=table.ravel(),
                    reason=np.where(np.isnan(table.ravel()), MissingReason.BLANK.value, "").astype(object),
                )
                line += count
        context.progress(1.0)


def figures(body: Body, place: int, seed: int, months: np.ndarray) -> np.ndarray:
    """Whole numbers of one body and measure for months counted from year 0; NaN for the month without figures."""
    code = MEASURES[place].code
    shape, ago = SHAPES[code], months - START
    # Drawn from the first month on: what a month has been does not hang on how many follow.
    everywhere = np.random.default_rng([seed, place]).normal(0, shape.common, LAST - START + 1)[ago]
    own = np.random.default_rng([seed, place, 1 + BODIES.index(body)]).normal(0, shape.chance, LAST - START + 1)[ago]
    level = body.levels[place] * (1 + shape.growth) ** ((months - 2024 * 12) / 12)
    if body.closed is not None:
        level = np.where(months >= body.closed, (1 - CLOSED_SHARE) * level, level)
    found = np.round(level * np.array(shape.season)[months % 12] * np.exp(everywhere + own))
    is_unreported = (months == body.unreported) & code.endswith("over_4h")
    return np.where(is_unreported, np.nan, found)


def newest_published(today: date) -> int:
    """The month, counted from year 0, that a monthly publication would have reached by a day."""
    return today.year * 12 + today.month - 2 - (today.day < PUBLISHED_ON)


def _day(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


def _seed_and_month(options):
    expected = f"until=<a month from 2020-01 to 2099-12>,seed=<0 or more> after {SyntheticActivity.scheme}:"
    unknown = set(options) - {"seed", "until"}
    if unknown:
        raise Refused(expected=expected, found=", ".join(sorted(unknown)))
    text = options.get("until", f"{_day(newest_published(timezone.localdate())):%Y-%m}")
    match = re.fullmatch(r"(20[2-9]\d)-(0[1-9]|1[0-2])", text)
    seed = options.get("seed", str(DEFAULT_SEED))
    if not match or not re.fullmatch(r"\d{1,9}", seed):
        raise Refused(expected=expected, found=f"until={text},seed={seed}")
    return int(seed), int(match[1]) * 12 + int(match[2]) - 1
