"""The way to the nearest GP practice, as the crow flies."""

import numpy as np

from lsoa.attribution.places import nearest_km, travel_minutes
from lsoa.models import Dataset, Practice
from lsoa.sources.base import Refused, Release
from lsoa.sources.rows import ValueRows

from .base import Derivation, DerivedMaterial
from .inputs import place_datasets, register_releases

METHOD_VERSION = "1"


class NearestPractice(Derivation):
    """Distance and minutes to the nearest practice that holds registers and has not closed since."""

    key = "nearest-gp-practice"

    def materials(self):
        releases, places = register_releases(), list(place_datasets())
        if not releases or not places or not Practice.objects.exists():
            return []
        newest = releases[-1]
        inputs = list({dataset.pk: dataset for dataset in (newest.dataset, *places)}.values())
        name = f"Nearest GP practice {newest.period}"
        return [DerivedMaterial(self.key, name, inputs, METHOD_VERSION, facts={"registers": newest})]

    def release(self, material):
        registers = material.facts["registers"]
        return Release(
            title="Way to the nearest GP practice",
            publisher="Derived here from practices' places and LSOA boundaries",
            release=registers.period,
            standing=Dataset.Standing.ASSEMBLED,
            extent=registers.dataset.extent,
            is_provisional=True,
            method="Straight line from where people live to the nearest practice with a register; minutes on foot or "
            "by public transport, whichever is quicker.",
            derived_from=(METHOD_VERSION, *sorted(str(dataset.pk) for dataset in material.inputs)),
        )

    def rows(self, material, context):
        registers = material.facts["registers"]
        areas, practices = context.areas(), context.practices()
        held = set(
            registers.dataset.registers.filter(period=registers.period)
            .order_by()
            .values_list("practice_code", flat=True)
            .distinct()
        )
        # A practice that has closed since is not near anybody.
        near = practices[practices["is_active"].astype(bool) & practices["code"].isin(held)]
        if not len(near):
            raise Refused(expected="practices with a place that hold registers and are open", found="none")
        context.report.read(len(near))
        context.report.note_count("practices", len(near))
        km = nearest_km(areas.lon, areas.lat, areas.km2, near.lon, near.lat, near.km2)
        line, codes = np.zeros(len(areas), dtype=int), areas.code.to_numpy()
        for indicator, figure in (("nearest_gp_km", km), ("gp_travel_minutes", travel_minutes(km))):
            decimals = 3 if indicator == "nearest_gp_km" else 1
            yield ValueRows(indicator, registers.period, line, codes, np.round(figure, decimals), None, "straight_line")
