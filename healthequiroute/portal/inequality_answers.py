"""Inequality of a figure as plain data for the API."""

from .inequality_reading import Inequality


def inequality_answer(found: Inequality) -> dict:
    """Figures are not rounded; `curve` holds at most a hundred points."""
    measured, slope, curve = found.measured, found.slope, found.concentration
    return {
        "indicator": measured.code,
        "name": measured.name,
        "unit": measured.unit,
        "areas": found.areas,
        "missing": found.missing,
        "mean": found.mean,
        "fifths": [
            {"fifth": each.fifth, "areas": each.areas, "mean": each.mean, "low": each.low, "high": each.high}
            for each in found.fifths
        ],
        "slope": slope
        and {
            "most": slope.most,
            "least": slope.least,
            "sii": slope.slope,
            "low": slope.low,
            "high": slope.high,
            "rii": slope.ratio,
            "rii_low": slope.ratio_low,
            "rii_high": slope.ratio_high,
        },
        "concentration": curve
        and {"index": curve.index, "low": curve.low, "high": curve.high, "curve": _points(curve.curve)},
    }


def _points(points, most: int = 100) -> list[list[float]]:
    step = max(1, -(-(len(points) - 1) // (most - 1)))
    return [[float(x), float(y)] for x, y in [*points[:-1:step], points[-1]]]
