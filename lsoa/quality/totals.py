"""Checks of totals that several tables give, and of parts that make up a whole."""

from django.db import connection

from lsoa.models import Dataset

from .check import WARNING, Finding, check

# Census tables are perturbed apart from each other, so totals of one area differ by a few (ONS, cell key perturbation):
# what differs by more than ten and more than two in a hundred is another area or another column.
MOST_APART, MOST_APART_SHARE = 10, 0.02
SAME_TOTALS = [("households", "households_total")]
# Parts that make up a whole where one dataset gives all of them (the denominators of 2025 leave one out).
WHOLES = [("imd_population_total", ("imd_population_children", "imd_population_adults", "imd_population_older"))]

# Figures in force of areas that are not fictional.
APART = """
SELECT count(*), min(a.code) FROM lsoa_areaprofile p JOIN lsoa_area a ON a.id = p.area_id
CROSS JOIN LATERAL (
    SELECT (p.values->>%(first)s)::double precision AS first, (p.values->>%(second)s)::double precision AS second
) figure
WHERE NOT a.is_synthetic AND abs(first - second) > greatest(%(most)s, %(share)s * first)
"""


def _areas_apart(first, second) -> tuple[int, str]:
    question = {"first": first, "second": second, "most": MOST_APART, "share": MOST_APART_SHARE}
    with connection.cursor() as cursor:
        cursor.execute(APART, question)
        return cursor.fetchone()


@check(
    "totals",
    "The same total from several tables",
    "Totals that two census tables give differ by no more than ten, or two in a hundred, in any area.",
)
def totals_agree():
    for first, second in SAME_TOTALS:
        areas, example = _areas_apart(first, second)
        if areas:
            text = f"{first} and {second} differ beyond disclosure control in {areas:,} areas, for instance {example}."
            yield Finding(f"{first} {second}", WARNING, text, {"areas": areas})


UNEQUAL = """
SELECT count(*), min(a.code) FROM (
    SELECT v.area_id, max(v.value) FILTER (WHERE i.code = %(whole)s::text) AS whole,
           sum(v.value) FILTER (WHERE i.code = ANY(%(parts)s::text[])) AS parts,
           count(v.value) AS figures
    FROM lsoa_indicatorvalue v JOIN lsoa_indicator i ON i.id = v.indicator_id
    WHERE v.dataset_id = %(dataset)s AND i.code = ANY(%(parts)s::text[] || %(whole)s::text)
    GROUP BY v.area_id
) sums JOIN lsoa_area a ON a.id = sums.area_id
WHERE figures = cardinality(%(parts)s::text[]) + 1 AND abs(whole - parts) > greatest(%(most)s, %(share)s * whole)
"""


@check(
    "sums",
    "Parts that make up a whole",
    "Residents by age add up to all residents, within ten or two in a hundred, in every area.",
)
def parts_add_up():
    for whole, parts in WHOLES:
        for dataset in Dataset.objects.in_force().public().filter(quality__indicators__has_keys=[whole, *parts]):
            question = {"dataset": dataset.pk, "whole": whole, "parts": list(parts)}
            with connection.cursor() as cursor:
                cursor.execute(UNEQUAL, question | {"most": MOST_APART, "share": MOST_APART_SHARE})
                areas, example = cursor.fetchone()
            if areas:
                text = f"{dataset}: {', '.join(parts)} do not add up to {whole} in {areas:,} areas ({example} is one)."
                subject = f"{dataset.publication} {dataset.release} {whole}"[:120]
                yield Finding(subject, WARNING, text[:500], {"areas": areas}, dataset)
