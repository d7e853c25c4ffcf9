"""The search box: readings of a text, the gazetteer, spelling, postcodes, and one answer made of them (`box`)."""

from .areas import search_areas, search_filter
from .box import KINDS, LABELS, PLURALS, POSTCODE, Answer, month_text, search, successors
from .gazetteer import Fit, Hit
from .places import PlaceUnreadable, in_place, place_name, read_place
from .reading import LONGEST, SHORTEST, clean, normalise_postcode

__all__ = [
    "KINDS",
    "LABELS",
    "LONGEST",
    "PLURALS",
    "POSTCODE",
    "SHORTEST",
    "Answer",
    "Fit",
    "Hit",
    "PlaceUnreadable",
    "clean",
    "in_place",
    "month_text",
    "normalise_postcode",
    "place_name",
    "read_place",
    "search",
    "search_areas",
    "search_filter",
    "successors",
]
