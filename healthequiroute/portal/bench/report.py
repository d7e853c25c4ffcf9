"""Medians, percentiles and goals, as lines of text and as values."""

import math
from statistics import median


def percentile(values, share: float) -> float:
    """The smallest value that at least this share of the values does not exceed; 0 of none."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else 0.0


def held(name: str, value: float, goal: float, unit: str = "ms") -> str:
    """ "name: 730 ms (goal 800)", marked where the goal is missed."""
    return f"{name}: {value:,.0f} {unit} (goal {goal:,.0f}){'' if value <= goal else '  MISSED'}"


def summary(values) -> dict:
    """Number, median, 95th percentile and maximum of some milliseconds."""
    return {
        "n": len(values),
        "p50": round(median(values), 1) if values else 0.0,
        "p95": round(percentile(values, 0.95), 1),
        "max": round(max(values, default=0.0), 1),
    }


def line(name: str, figures: dict, width: int = 44) -> str:
    """One row of a table: name, n, p50, p95, max."""
    marks = "  SLOW" if figures["p95"] > 100 or figures["max"] > 500 else ""
    return (
        f"{name:{width}} {figures['n']:5} p50 {figures['p50']:7.0f}  p95 {figures['p95']:7.0f}"
        f"  max {figures['max']:7.0f} ms{marks}"
    )
