"""Reaching care."""

from .definition import HIGH, IndicatorDefinition

THEME = "Access to care"

DEFINITIONS = [
    IndicatorDefinition(
        "gp_travel_minutes",
        "Minutes to the nearest GP practice",
        "minutes",
        HIGH,
        "Derived from practice locations",
        0,
        0,
        600,
        "Provisional: walking or public transport, whichever is quicker, estimated from the straight-line distance.",
        THEME,
    ),
    IndicatorDefinition(
        "nearest_gp_km",
        "Distance to the nearest GP practice",
        "km",
        HIGH,
        "Derived from practice locations",
        1,
        0,
        200,
        "Provisional: straight-line distance to the nearest practice with a register.",
        THEME,
    ),
]
