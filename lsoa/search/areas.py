"""Areas for a text: what `search=` narrows lists to, and the API's search for areas."""

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Case, IntegerField, Q, Value, When

from lsoa.models import Area, Postcode

from .reading import SHORTEST, clean, code_reading, normalise_postcode
from .spelling import corrections

# Below this a similar word is no misspelling any more: "Brimingham" scores 0.54 against "Birmingham".
MISSPELT = 0.4
CODE_LENGTH = 9


def search_filter(areas, text: str):
    """Areas of a queryset that have every word of the text (or a word that begins so) in code, name or local
    authority, or the postcode."""
    text = clean(text).upper()
    code = code_reading(text)
    if code and len(code) == CODE_LENGTH:
        return areas.filter(code=code)
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
    text = clean(text).upper()
    if len(text) < SHORTEST:
        return []
    # Outlines weigh more than everything else of the rows.
    areas = Area.objects.current().defer("geometry", "population_centroid")
    starts_so = Case(When(name__istartswith=text, then=Value(0)), default=Value(1), output_field=IntegerField())
    found = search_filter(areas, text).annotate(place=starts_so).order_by("place", "name")[:limit]
    return list(found) or _misspelt(areas, text, limit)


def _misspelt(areas, text, limit):
    code = code_reading(text)
    if code and len(code) == CODE_LENGTH:
        return []
    meant = corrections(text.split())
    if meant is not None:
        found = search_filter(areas, " ".join(choices[0] for choices in meant)).order_by("name")[:limit]
        return list(found)
    similar = areas.annotate(similarity=TrigramWordSimilarity(text, "search_text")).filter(similarity__gte=MISSPELT)
    return list(similar.order_by("-similarity", "name")[:limit])
