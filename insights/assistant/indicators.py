"""Which indicator a question means, by its name and what people call it."""

import re
from dataclasses import dataclass

from lsoa.models import Indicator

# What people say -> words of the catalogue's names.
CALLED = {
    "deprivation": "imd_decile",
    "deprived": "imd_decile",
    "imd": "imd_decile",
    "decile": "imd_decile",
    "imd rank": "imd_rank",
    "elderly": "age75_share",
    "older people": "age75_share",
    "over 75": "age75_share",
    "bad health": "bad_health_share",
    "poor health": "bad_health_share",
    "worst health": "bad_health_share",
    "ethnic": "ethnic_minority_share",
    "ethnicity": "ethnic_minority_share",
    "car": "no_car_share",
    "cars": "no_car_share",
    "living alone": "lives_alone66_share",
    "alone": "lives_alone66_share",
    "carers": "unpaid_care_50h_share",
    "unpaid care": "unpaid_care_50h_share",
    "speak english": "low_english_share",
    "little english": "low_english_share",
    "population": "population",
    "residents": "population",
    "people live": "population",
    "gp": "gp_travel_minutes",
    "diabetes": "qof_cardiometabolic",
    "heart": "qof_cardiometabolic",
    "stroke": "qof_cardiometabolic",
    "blood pressure": "qof_cardiometabolic",
    "respiratory": "qof_respiratory",
    "asthma": "qof_respiratory",
    "copd": "qof_respiratory",
    "mental health": "qof_mental_cognitive",
    "depression": "qof_mental_cognitive",
    "dementia": "qof_mental_cognitive",
}
_SMALL = frozenset(
    [
        "a",
        "an",
        "and",
        "of",
        "or",
        "in",
        "the",
        "at",
        "to",
        "per",
        "for",
        "with",
        "very",
        "not",
        "from",
        "by",
        "on",
        "all",
        "week",
        "more",
        "hours",
        "aged",
        "over",
        "cannot",
        "well",
        "without",
    ]
)
_LEAST_SHARE = 0.6


@dataclass(frozen=True)
class Meant:
    """An indicator, and the words of the question that say it."""

    indicator: Indicator
    words: frozenset[str]


def indicator_meant(folded: str) -> Meant | None:
    """The public indicator that a folded text speaks of: by its whole name, by what people call it, or by most of the
    words of its name. None where it speaks of none."""
    known = {row.code: row for row in Indicator.objects.public()}
    words = re.findall(r"[a-z0-9&'-]+", folded)
    text = f" {' '.join(words)} "
    for row in sorted(known.values(), key=lambda row: -len(row.name)):
        name = " ".join(re.findall(r"[a-z0-9&'-]+", row.name.lower()))
        if f" {name} " in text or f" {row.code} " in text:
            return Meant(row, frozenset(name.split()))
    for called in sorted(CALLED, key=len, reverse=True):
        row = known.get(CALLED[called])
        if row is not None and f" {called} " in text:
            return Meant(row, frozenset(called.split()))
    return _by_words(known, set(words))


def _by_words(known, words: set[str]) -> Meant | None:
    scored = []
    for row in known.values():
        name = {word for word in re.findall(r"[a-z0-9&'-]+", row.name.lower()) if word not in _SMALL}
        shared = name & words
        if len(shared) >= 2 and len(shared) / len(name) >= _LEAST_SHARE:
            scored.append((len(shared) / len(name), row.code, Meant(row, frozenset(shared))))
    return max(scored, key=lambda each: each[:2])[2] if scored else None
