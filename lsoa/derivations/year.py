"""The prevalence of one year: everything read, weighted, carried and standardised, ready to be written or validated."""

from functools import cached_property

import numpy as np
import pandas as pd

from lsoa.attribution.prevalence import Figures, add_up, carry, national
from lsoa.attribution.rates import AgeRates, fit_rates
from lsoa.attribution.standardisation import expected_registers, people_of_year
from lsoa.attribution.wards import wards_by_name
from lsoa.attribution.weights import (
    COMMISSIONER,
    DISTANCE,
    MODELLED,
    REGISTERED,
    WARD_SHARES,
    Evidence,
    Weights,
    area_methods,
    attribute_lists,
)
from lsoa.catalogue.qof import REGISTERS, SUMS
from lsoa.sources.base import Refused

from . import reading
from .inputs import Inputs

# Where nothing tells how far attribution errs, an area's figure may be any one of its practices': an upper bound.
UNKNOWN_DOUBT = 1.0
# The score of areas and that of practices' patients must be of the same index.
YEAR = slice(0, 4)


class PrevalenceOfYear:
    """Arrays of one year's registers and what follows from them. Reads the database when made; Refused without any
    practice that has a place."""

    def __init__(self, inputs: Inputs):
        self.inputs = inputs
        held = reading.read_registers(inputs.registers.dataset, inputs.registers.period)
        self.unknown_registers = [code for code in held.register if code not in REGISTERS]
        known = [place for place, code in enumerate(held.register) if code in REGISTERS]
        self.registers = [held.register[place] for place in known]
        self.counts, self.lists = held.counts[:, known], held.lists[:, known]
        self.list_type = held.list_type
        tilted = self._same_index()
        self.table = reading.read_areas(inputs.indicators.get("population"), tilted and inputs.indicators["imd_score"])
        self.areas = self.table.areas
        self.practices, self.network = reading.read_practices(held, inputs.deprivation)
        # Deprivation of practices steadies the rates by age in any case, and moves lists when areas have the same.
        self.is_tilted = bool(tilted)
        self.ward_shares = self._ward_shares()

    def _same_index(self):
        areas, practices = self.inputs.indicators.get("imd_score"), self.inputs.deprivation
        return areas if areas and practices and areas.release[YEAR] == practices.release[YEAR] else None

    def _ward_shares(self) -> pd.DataFrame | None:
        """Shares by code of ward; the names of wards are matched per publication."""
        tables = []
        for dataset in self.inputs.wards:
            shares = reading.read_ward_shares(dataset)
            shares = shares[shares["practice"].isin(self.practices.code)]
            codes = wards_by_name(shares, self.table.ward_name, self.areas, self.practices)
            shares = shares.assign(ward=shares["ward"].map(codes)).dropna()
            tables.append(shares.groupby(["practice", "ward"], as_index=False)["share"].sum())
        tables = [table for table in tables if len(table)]
        return pd.concat(tables).drop_duplicates(["practice", "ward"]) if tables else None

    @cached_property
    def weights(self) -> Weights:
        evidence = Evidence(
            registered=reading.read_registered(self.inputs.registered),
            ward_shares=self.ward_shares,
            modelled=reading.read_registered(self.inputs.modelled),
        )
        try:
            return attribute_lists(self.areas, self.practices, evidence)
        except ValueError as nothing:
            raise Refused(
                expected="practices with a place (a postcode with a point, or an LSOA) or with patients by LSOA",
                found=str(nothing),
            ) from nothing

    @cached_property
    def people(self) -> np.ndarray:
        structure = reading.read_structure(self.inputs.lists, self.practices.code)
        return people_of_year(structure, self.practices.patients)

    @cached_property
    def has_ages(self) -> bool:
        return bool((~np.isnan(self.people).any(axis=1)).any())

    @cached_property
    def rates(self) -> dict[str, AgeRates]:
        """Rates by age of the registers that have any patient; none without lists by age."""
        if not self.has_ages:
            return {}
        found = {}
        for place, code in enumerate(self.registers):
            count = self.counts[:, place]
            known = ~np.isnan(count) & ~np.isnan(self.people).any(axis=1)
            if known.any() and count[known].sum() > 0:
                found[code] = fit_rates(
                    count,
                    self.people,
                    self.list_type[code],
                    deprivation=self.practices.deprivation,
                    group=self.practices.icb,
                )
        return found

    @cached_property
    def expected(self) -> np.ndarray:
        """Expected registers in the order of `rates`, shape (practices, rates)."""
        return expected_registers(
            self.weights.shares,
            self.people,
            self.practices.patients,
            self.counts[:, self.columns(self.rates)],
            list(self.rates.values()),
        )

    def columns(self, codes) -> list[int]:
        return [self.registers.index(code) for code in codes]

    def doubt(self, of_distance: float | None) -> np.ndarray:
        """Of each practice the error of attribution (see `lsoa.attribution.prevalence.carry`).

        Counted patients err by nothing. What was found for distance holds inside wards as well, at most.
        """
        of_distance = UNKNOWN_DOUBT if of_distance is None else of_distance
        by_method = {
            REGISTERED: 0.0,
            WARD_SHARES: of_distance,
            MODELLED: of_distance,
            DISTANCE: of_distance,
            COMMISSIONER: UNKNOWN_DOUBT,
        }
        return np.array([by_method[method] for method in self.weights.method])

    def crude(self, doubt) -> Figures:
        """Prevalences in per cent, a column a register."""
        return carry(self.weights.shares, self.counts, self.lists, doubt).times(100)

    def ratios(self, doubt) -> Figures:
        """Observed over expected times 100, a column a rate."""
        counts = self.counts[:, self.columns(self.rates)]
        return carry(self.weights.shares, counts, self.expected, doubt).times(100)

    def sums(self, figures: Figures, codes, factors, doubt) -> dict[str, Figures]:
        """The sums of prevalences of which all registers are there. `figures` has a column for each of `codes`;
        `factors` turn it into per cent of the national prevalence (1 for crude figures)."""
        codes, found = list(codes), {}
        for total, parts in SUMS.items():
            if not set(parts) <= set(codes):
                continue
            columns = [codes.index(part) for part in parts]
            factor = np.asarray(factors)[columns]
            own = self._practice_sums(parts, factor, standardised=not np.all(np.asarray(factors) == 1))
            patients = np.where(np.isnan(own), np.nan, self.practices.patients)
            spread = carry(self.weights.shares, own * patients, patients, doubt)
            found[total] = add_up(figures, columns, factor, spread)
        return found

    def _practice_sums(self, parts, factor, *, standardised) -> np.ndarray:
        """The same sums of each practice alone: how much practices differ."""
        places = self.columns(parts)
        base = self.lists[:, places]
        if standardised:
            base = self.expected[:, [list(self.rates).index(part) for part in parts]]
        with np.errstate(invalid="ignore", divide="ignore"):
            own = np.where(base > 0, 100 * self.counts[:, places] / base, np.nan)
        return (own * factor).sum(axis=1)

    @cached_property
    def national(self) -> np.ndarray:
        """National prevalences as shares, a register each."""
        return national(self.counts, self.lists)

    def area_methods(self) -> np.ndarray:
        return area_methods(self.weights, self.practices.patients)
