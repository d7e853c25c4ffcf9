"""Thresholds of the default inputs: fixed bounds, and percentiles of the data that are loaded."""

import numpy as np
from numpy.typing import NDArray

from priorities.default_model import INPUTS, SOFT_POINTS, InputSpecification
from priorities.dex.thresholds import Thresholds
from priorities.model_versions import thresholds_from_json, thresholds_to_json
from priorities.score_inputs import ScoreInputs

# England has 33,755 areas of 2021; from fewer than this many, percentiles are not those of the country.
NATIONAL_AREAS = 33_000


class ThresholdsNotComputable(ValueError):
    """The loaded figures of an input have no two percentiles to cut between."""


def thresholds_from_data(specifications: dict[str, InputSpecification], inputs: ScoreInputs) -> dict:
    """Return, per input attribute, bounds and half-widths with how they were found, in the form of
    ModelVersion.thresholds. Real areas only, unless the database holds fictional ones only. An input without any
    figure gets no bounds: it then counts as missing, whatever is loaded later, until thresholds are computed anew.

    Raises ThresholdsNotComputable naming the input whose percentiles coincide.
    """
    real = ~inputs.is_synthetic
    rows = real if real.any() else inputs.is_synthetic
    extent = _extent(inputs, rows)
    result = {}
    for attribute, specification in specifications.items():
        column = inputs.values[rows, inputs.indicators.index(specification.indicator)]
        values = column[~np.isnan(column)]
        limits, method = _limits(attribute, specification, values, extent)
        result[attribute] = (thresholds_to_json(limits) if limits else {"bounds": None}) | {
            "indicator": specification.indicator,
            "method": method,
            **_recipe(specification),
            "extent": extent,
            "areas": len(values),
            "mean": round(float(values.mean()), 4) if len(values) else None,
            "median": round(float(np.median(values)), 4) if len(values) else None,
            "vintage": 2021,
            "datasets": _datasets(inputs, specification.indicator, rows),
        }
    return result


def _recipe(specification: InputSpecification) -> dict:
    """What is needed to compute the same bounds from other data; nothing for fixed ones."""
    if specification.bounds is not None:
        return {}
    softness = specification.fixed_half_width
    return {"percentiles": list(specification.percentiles)} | ({"half_width": softness} if softness is not None else {})


def specification_of(attribute: str, indicator: str, entry: dict | None) -> InputSpecification:
    """Return how thresholds of an input are found: as its entry in ModelVersion.thresholds says.

    Without bounds or percentiles of its own, the default model decides, where it reads the same indicator; else the
    default percentiles do. Raises ValueError for bounds that cannot be.
    """
    known = INPUTS.get(attribute)
    known = known if known is not None and known.indicator == indicator else None
    entry = entry or {}
    if entry.get("percentiles"):
        return InputSpecification(
            indicator,
            None,
            descending=entry.get("descending", False),
            percentiles=tuple(entry["percentiles"]),
            fixed_half_width=entry.get("half_width"),
            reference=known.reference if known and list(known.percentiles) == entry["percentiles"] else None,
        )
    if known is not None and entry.get("method", "fixed") != "fixed":
        # Computed before recipes were kept with the bounds.
        return known
    if entry.get("bounds") is not None:
        limits = thresholds_from_json(entry)
        return InputSpecification(
            indicator, limits.bounds, limits.half_widths, descending=limits.descending, goes_up=limits.goes_up
        )
    return known or InputSpecification(indicator, None)


def _extent(inputs: ScoreInputs, rows: NDArray) -> str:
    count = int(rows.sum())
    if count and inputs.is_synthetic[rows].all():
        return f"{count:,} areas of the fictional city"
    return f"England, {count:,} areas" if count >= NATIONAL_AREAS else f"a part of England, {count:,} areas"


def _limits(attribute: str, wanted: InputSpecification, values: NDArray, extent: str) -> tuple[Thresholds | None, str]:
    if wanted.bounds is not None:
        limits = Thresholds(wanted.bounds, wanted.half_widths, wanted.goes_up, descending=wanted.descending)
        return limits, "fixed"
    if wanted.reference is not None and (extent.startswith("a part") or not len(values)):
        # 30 percentile points lie between the two bounds, so a sixth of the gap stands for 5 of them.
        soft = _shortened((wanted.reference[1] - wanted.reference[0]) * SOFT_POINTS / 30)
        return Thresholds(wanted.reference, (soft, soft)), "P50 and P80 of England (QOF 2024-25)"
    if not len(values):
        return None, "no figures are loaded"
    names = " and ".join(f"P{percentile:g}" for percentile in wanted.percentiles)
    # Two decimals are what people can read; figures that lie closer together keep four.
    exact = np.percentile(values, wanted.percentiles)
    decimals = 2 if np.diff(exact).min(initial=1) >= 0.1 else 4
    bounds = tuple(round(float(bound), decimals) for bound in exact)
    if any(later <= earlier for earlier, later in zip(bounds, bounds[1:], strict=False)):
        raise ThresholdsNotComputable(f"{attribute}: {names} of {wanted.indicator} are the same number")
    limits = Thresholds(bounds, _half_widths(bounds, wanted, values), descending=wanted.descending)
    return limits, f"{names} of the loaded areas"


def _half_widths(bounds: tuple[float, ...], wanted: InputSpecification, values: NDArray) -> tuple[float, ...]:
    """Half of the range between the percentiles around each bound; narrowed where two soft zones would overlap."""
    if wanted.fixed_half_width is not None:
        widths = [wanted.fixed_half_width] * len(bounds)
    else:
        reach = [np.clip([p - SOFT_POINTS, p + SOFT_POINTS], 0, 100) for p in wanted.percentiles]
        around = [np.percentile(values, points) for points in reach]
        widths = [float(high - low) / 2 for low, high in around]
    for j in range(1, len(bounds)):
        room = (bounds[j] - bounds[j - 1]) / (widths[j - 1] + widths[j]) if widths[j - 1] + widths[j] else 1
        if room < 1:
            widths[j - 1], widths[j] = widths[j - 1] * room, widths[j] * room
    return tuple(_shortened(width) for width in widths)


def _shortened(width: float) -> float:
    """Four decimals, never more than the width: a form shows it as it is, and soft zones that touch do not overlap."""
    return int(width * 10_000) / 10_000


def _datasets(inputs: ScoreInputs, indicator: str, rows: NDArray) -> list[str]:
    used = [inputs.sources[k]["datasets"] for k in np.unique(inputs.pattern[rows])]
    return sorted({datasets[indicator] for datasets in used if indicator in datasets})
