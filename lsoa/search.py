"""One box for everything a person may know about an area: its code, its name, its local authority, a postcode."""

import re

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Case, IntegerField, Q, Value, When

from .models import Area, Postcode

LSOA_CODE = re.compile(r"^[EWX]01\d{6}$")
# A whole postcode with or without its space, or its first part and a digit.
POSTCODE = re.compile(r"^([A-Z]{1,2}\d[A-Z\d]?)\s*(\d(?:[A-Z]{2})?)$")
# Below this a similar word is no misspelling any more: "Brimingham" scores 0.54 against "Birmingham".
MISSPELT = 0.4


def normalise_postcode(text: str) -> str | None:
    """ "b13 8ql" -> "B13 8QL", "b138" -> "B13 8"; None for anything that is no postcode."""
    match = POSTCODE.match(_upper(text))
    return f"{match.group(1)} {match.group(2)}" if match else None


def search_filter(areas, text: str):
    """Areas of a queryset that have every word of the text (or a word that begins so) in code, name or local
    authority, or the postcode."""
    text = _upper(text)
    if LSOA_CODE.match(text):
        return areas.filter(code=text)
    postcode = normalise_postcode(text)
    if postcode is not None:
        codes = Postcode.objects.filter(postcode__startswith=postcode).values("area_code")
        return areas.filter(code__in=codes)
    for word in text.split():
        # At the start of a word: "001" means the neighbourhood of that number, not a code that ends so.
        areas = areas.filter(Q(search_text__startswith=word) | Q(search_text__contains=f" {word}"))
    return areas


def search_areas(text: str, limit: int = 20) -> list[Area]:
    """Areas of 2021 that fit, the best first; nothing for less than two characters. Words may come in any order, and
    a misspelling is forgiven when nothing fits exactly."""
    text = _upper(text)
    if len(text) < 2:
        return []
    areas = Area.objects.current()
    starts_so = Case(When(name__istartswith=text, then=Value(0)), default=Value(1), output_field=IntegerField())
    found = search_filter(areas, text).annotate(place=starts_so).order_by("place", "name")[:limit]
    return list(found) or _misspelt(areas, text, limit)


def _misspelt(areas, text, limit):
    if LSOA_CODE.match(text):
        return []
    similar = areas.annotate(similarity=TrigramWordSimilarity(text, "search_text")).filter(similarity__gte=MISSPELT)
    return list(similar.order_by("-similarity", "name")[:limit])


def _upper(text: str) -> str:
    return " ".join(text.upper().split())
