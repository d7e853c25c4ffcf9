"""In which order people meet themes and indicators: what a visit is decided on first, then what explains it."""

from collections.abc import Iterable
from itertools import groupby

from . import CATALOGUE

OTHER_THEME = "Other figures"
THEMES = (
    "Deprivation",
    "Long-term conditions",
    "Health",
    "Access to care",
    "Population",
    "Households",
    "Homes",
    "Work and education",
    "Ethnicity and language",
    "Place",
    "Deprivation: underlying indicators",
)
# The figures that an area is introduced with.
KEY_INDICATORS = (
    "imd_decile",
    "imd_rank",
    "population",
    "age75_share",
    "lives_alone66_share",
    "bad_health_share",
    "disabled_share",
    "no_car_share",
    "qof_cardiometabolic",
    "qof_respiratory",
    "qof_mental_cognitive",
    "gp_travel_minutes",
)
_THEME_PLACES = {theme: place for place, theme in enumerate(THEMES)}
_PLACES = {code: place for place, code in enumerate(CATALOGUE)}


def theme_place(theme: str) -> tuple[int, str]:
    """Sort key of a theme: as listed, then unknown ones by name, then figures without a theme."""
    if theme in ("", OTHER_THEME):
        return len(THEMES) + 1, ""
    return _THEME_PLACES.get(theme, len(THEMES)), theme


def indicator_place(row) -> tuple:
    """Sort key of an indicator: its theme, then as its publication lists it (ages in order), then by name."""
    return (*theme_place(row.theme), _PLACES.get(row.code, len(_PLACES)), row.name)


def by_theme(rows: Iterable) -> list[tuple[str, list]]:
    """Theme and its indicators, all in the order of this module."""
    ordered = sorted(rows, key=indicator_place)
    return [(theme or OTHER_THEME, list(members)) for theme, members in groupby(ordered, key=lambda row: row.theme)]
