"""Prevalence by area: registers of one year carried to areas, crude and standardised for age."""

import numpy as np

from lsoa.catalogue.qof import prevalence_code, ratio_code, standardised_code
from lsoa.models import Dataset, MissingReason
from lsoa.sources.base import Release
from lsoa.sources.rows import ValueRows

from .base import Derivation, DerivedMaterial
from .evidence import validate
from .inputs import Inputs, prevalence_inputs
from .year import PrevalenceOfYear

# Say another number when the method changes: every year is then made anew.
METHOD_VERSION = "1"
METHOD = (
    "Registers carried from practices to areas by where patients live: counted, by ward, or by distance. "
    "Ratios compare with what the ages on practices' newest lists lead one to expect."
)


class QofAreaPrevalence(Derivation):
    """One dataset a year of registers; the newest is in force, the others stay beside it."""

    key = "qof-area-prevalence"

    def materials(self):
        return [
            DerivedMaterial(
                key=self.key,
                name=f"Prevalence by area {inputs.registers.period}",
                inputs=inputs.all(),
                version=METHOD_VERSION,
                facts={"inputs": inputs},
            )
            for inputs in prevalence_inputs()
        ]

    def release(self, material):
        inputs: Inputs = material.facts["inputs"]
        registers = inputs.registers
        return Release(
            title="Prevalence of long-term conditions by area, from practices' registers",
            publisher="Derived here from NHS England's Quality and Outcomes Framework",
            release=registers.period,
            standing=Dataset.Standing.ASSEMBLED,
            extent=registers.dataset.extent,
            # Modelled attribution is no count.
            is_provisional=inputs.registered is None,
            method=METHOD,
            # The same figures from other datasets are another dataset: lineage and validation belong to it.
            derived_from=(METHOD_VERSION, *sorted(str(dataset.pk) for dataset in inputs.all())),
        )

    def rows(self, material, context):
        inputs: Inputs = material.facts["inputs"]
        year = PrevalenceOfYear(inputs)
        context.progress(0.1)
        validation, doubt = validate(year)
        context.progress(0.3)
        report = context.report
        report.read(int((~np.isnan(year.counts)).sum()))
        for what, number in {**_practices_by_method(year), **year.weights.notes}.items():
            report.note_count(what, number)
        for code in year.unknown_registers:
            report.note(f"The register {code} is not known here and was left out.")
        report.sections["validation"] = validation
        period, method, codes = inputs.registers.period, year.area_methods(), year.areas.code
        for indicator, value, error in figures(year, doubt):
            yield _rows(indicator, period, codes, value, error, method)


def figures(year: PrevalenceOfYear, doubt):
    """(indicator, values, standard errors) of everything that is derived, areas in the order of `year.areas`."""
    crude = year.crude(doubt)
    for column, register in enumerate(year.registers):
        yield prevalence_code(register), crude.value[:, column], crude.error[:, column]
    for total, summed in year.sums(crude, year.registers, np.ones(len(year.registers)), doubt).items():
        yield total, summed.value[:, 0], summed.error[:, 0]
    if not year.rates:
        return
    ratios = year.ratios(doubt)
    for column, register in enumerate(year.rates):
        yield ratio_code(register), ratios.value[:, column], ratios.error[:, column]
    factors = year.national[year.columns(year.rates)]
    for total, summed in year.sums(ratios, year.rates, factors, doubt).items():
        yield standardised_code(total), summed.value[:, 0], summed.error[:, 0]


def _rows(indicator, period, codes, value, error, method) -> ValueRows:
    return ValueRows(
        indicator=indicator,
        period=period,
        line=np.zeros(len(codes), dtype=int),
        code=codes,
        value=np.round(value, 4),
        reason=np.where(np.isnan(value), MissingReason.UNAVAILABLE.value, ""),
        method=method,
        uncertainty=np.round(error, 4),
    )


def _practices_by_method(year) -> dict[str, int]:
    words, numbers = np.unique(year.weights.method.astype(str), return_counts=True)
    return {f"practices by {word.replace('_', ' ')}": int(n) for word, n in zip(words, numbers, strict=True)}
