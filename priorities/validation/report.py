"""The whole validation of a model version as plain numbers, each with the datasets behind it.

Nothing is stated that is not computed here from what is loaded; what cannot be computed is named under "missing".
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lsoa.json_values import as_json
from lsoa.models import Dataset, Indicator
from priorities.model_versions import ROOT
from priorities.models import ModelVersion

from . import holding, measures
from .outcomes import OUTCOMES, RATES, amount_of_need, circularity, neighbourhoods
from .subjects import DECILE, PEOPLE, RANK, Grouping, Subjects, read_subjects
from .variants import CRUDE, STANDARDISED, Reading, counterparts, read_as

# A split that helps to plan: enough urgent areas to matter, few enough to visit first; no class that says nothing.
URGENT_FROM, URGENT_TO, LARGEST = 0.03, 0.08, 0.5
AS_PUBLISHED = "published"
# Raise it when what a report holds changes: the page reads reports of this shape only.
SHAPE = 1


class NothingToValidate(ValueError):
    """No areas, or a version that cannot be evaluated."""


@dataclass(frozen=True)
class Study:
    """What every part of the report reads. `readings` are by key; `own` is the one that the version makes itself."""

    version: ModelVersion
    subjects: Subjects
    readings: dict[str, Reading]
    own: str

    @property
    def size(self) -> int:
        return self.version.compiled.model.attributes[ROOT].size

    @property
    def current(self) -> Reading:
        return self.readings[self.own]

    @property
    def branches(self) -> list:
        """Attributes right below the root, and the root itself first."""
        attributes = self.version.compiled.model.attributes
        return [attributes[ROOT], *(attributes[child] for child in attributes[ROOT].children)]

    @property
    def codes(self) -> list[str]:
        """Indicators that any reading uses."""
        return sorted({code for reading in self.readings.values() for code in reading.indicators})


def validate(
    version: ModelVersion, *, progress: Callable[[int, str], None] = lambda percent, message: None
) -> tuple[Study, dict]:
    """Return what was studied and the report. `progress` may raise to stop. Raises NothingToValidate, and
    ThresholdsNotComputable where the registers of another reading have no two percentiles."""
    progress(2, "Reading the figures")
    study = _study(version)
    progress(20, "Holding classes against outcomes")
    result = {
        "shape": SHAPE,
        "extent": study.subjects.extent,
        "labels": _labels(study),
        "branches": [{"name": branch.name} for branch in study.branches],
        "own": study.own,
        "inputs": _inputs(study),
        "readings": [_reading(study, key) for key in study.readings],
        "between": _between(study),
        "deprivation": _deprivation(study),
        "outcomes": _outcomes(study),
        "neighbourhoods": neighbourhoods(study.subjects, study.readings),
        "concentration": _concentration(study),
        "splits": [_split(study, grouping) for grouping in study.subjects.groupings if grouping.names],
    }
    progress(40, "Comparing with earlier releases")
    compiled = version.compiled
    result["releases"] = holding.releases(compiled, version.thresholds, study.subjects, study.current)
    progress(55, "Drawing weights")
    result["weights"] = holding.weights(
        compiled, study.current, lambda share: progress(55 + round(35 * share), "Drawing weights")
    )
    progress(92, "Drawing weights and thresholds")
    result["hold"] = holding.classes_hold(compiled, study.current)
    result["missing"] = _missing(study, result)
    result["names"] = _names(study)
    result["datasets"] = _datasets(result)
    return study, as_json(result)


def _study(version: ModelVersion) -> Study:
    compiled = version.compiled
    if not compiled.thresholds:
        raise NothingToValidate(f"{version} has no thresholds. Compute them first.")
    sets = counterparts(compiled)
    codes = [*compiled.indicators, *(code for codes in sets.values() for code in codes)]
    subjects = read_subjects([*codes, *(outcome.code for outcome in OUTCOMES)])
    if not len(subjects):
        raise NothingToValidate("There are no areas to validate with. Load boundaries first.")
    own = next((key for key, codes in sets.items() if codes == compiled.indicators), AS_PUBLISHED)
    wanted = {own: compiled.indicators} | {
        key: codes for key, codes in sets.items() if all(subjects.has(code) for code in codes)
    }
    readings = {key: read_as(compiled, version.thresholds, subjects.inputs, codes) for key, codes in wanted.items()}
    order = [key for key in (own, STANDARDISED, CRUDE) if key in readings]
    return Study(version, subjects, {key: readings[key] for key in dict.fromkeys(order)}, own)


def _labels(study: Study) -> list[str]:
    scale = study.branches[0].scale
    return [scale.classes[index].name for index in scale.by_urgency]


def _inputs(study: Study) -> list[dict]:
    """Every input with its bounds and the datasets they came from, and those that feed it now."""
    rows = []
    for index, code in zip(study.version.compiled.model.inputs, study.current.indicators, strict=True):
        name = study.version.compiled.model.attributes[index].name
        entry = study.current.limits.get(name) or {}
        figures = study.subjects.figures(code)
        rows.append({
            "attribute": name, "indicator": code, "bounds": entry.get("bounds"),
            "half_widths": entry.get("half_widths"), "descending": entry.get("descending", False),
            "method": entry.get("method", ""), "known": int((~np.isnan(figures)).sum()),
            "computed_from": entry.get("datasets", []), "datasets": study.subjects.datasets(code),
        })  # fmt: skip
    return rows


def _reading(study: Study, key: str) -> dict:
    reading, subjects = study.readings[key], study.subjects
    shares = measures.class_shares(reading.priority, study.size)
    counts = np.bincount(reading.priority[reading.priority >= 0], minlength=study.size)
    core = subjects.core20
    lowest = {
        branch.name: (reading.classes[core, branch.index] == 0).mean() if core.any() else None
        for branch in study.branches
    }
    return {
        "key": key, "indicators": sorted(set(reading.indicators)), "counts": counts, "shares": shares,
        "is_useful": bool(URGENT_FROM <= shares[-1] <= URGENT_TO and shares.max() <= LARGEST),
        "core20": int(core.sum()), "core20_lowest": lowest,
        "bounds": {name: entry.get("bounds") for name, entry in reading.limits.items()},
        "datasets": subjects.datasets(*reading.indicators),
    }  # fmt: skip


def _between(study: Study) -> dict | None:
    """Agreement of crude and standardised classes."""
    if not {CRUDE, STANDARDISED} <= set(study.readings):
        return None
    known = np.ones(len(study.subjects), dtype=bool)
    found = holding.compare(study.readings[CRUDE], study.readings[STANDARDISED], known, study.size)
    return found | {"datasets": study.subjects.datasets(*study.codes)}


def _position(study: Study, reading: Reading, branch) -> np.ndarray:
    """What orders areas in a branch: at the root the class with the offset inside it, below it the class."""
    classes = reading.classes[:, branch.index].astype(np.float64)
    return reading.score if branch.index == ROOT else np.where(classes < 0, np.nan, classes)


def _ranks(study: Study, against: np.ndarray) -> dict:
    """Rank correlations with every branch of every reading, by reading and branch."""
    return {
        key: {
            branch.name: measures.rank_correlation(_position(study, reading, branch), against).value
            for branch in study.branches
        }
        for key, reading in study.readings.items()
    }


def _deprivation(study: Study) -> dict | None:
    against = study.subjects.deprivation
    if np.isnan(against).all():
        return None
    return {
        "areas": int((~np.isnan(against)).sum()), "ranks": _ranks(study, against),
        "datasets": sorted({*study.subjects.datasets(RANK, DECILE), *study.subjects.datasets(*study.codes)}),
    }  # fmt: skip


def _outcomes(study: Study) -> list[dict]:
    found = []
    for outcome in RATES:
        figures = study.subjects.figures(outcome.code)
        if np.isnan(figures).all():
            continue
        classes = {}
        for key, reading in study.readings.items():
            one = measures.outcome_by_class(reading.priority, figures, study.size)
            classes[key] = {"areas": one.areas, "mean": one.mean, "worst_fifth": one.worst_fifth}
        found.append({
            "indicator": outcome.code, "circularity": circularity(outcome, study.codes),
            "areas": int((~np.isnan(figures)).sum()), "ranks": _ranks(study, figures),
            "deprivation": measures.rank_correlation(study.subjects.deprivation, figures).value,
            "classes": classes, "datasets": study.subjects.datasets(outcome.code),
        })  # fmt: skip
    return found


def _concentration(study: Study) -> list[dict]:
    """Concentration curves of need in the order of every reading, of deprivation alone, and of the need itself."""
    subjects, found = study.subjects, []
    for outcome in OUTCOMES:
        amount = amount_of_need(outcome, subjects)
        with np.errstate(invalid="ignore", divide="ignore"):
            per_head = amount / subjects.residents
        orders = {key: reading.score for key, reading in study.readings.items()}
        orders |= {"deprivation": subjects.deprivation, "need": per_head}
        curves = {}
        for key, order in orders.items():
            curve = measures.concentration(order, amount, subjects.residents)
            if curve is not None:
                curves[key] = {"top": curve.top, "index": curve.index, "areas": curve.areas, "curve": curve.need}
        if set(study.readings) <= set(curves):
            found.append({
                "indicator": outcome.code, "circularity": circularity(outcome, study.codes), "orders": curves,
                "datasets": subjects.datasets(outcome.code, PEOPLE),
            })  # fmt: skip
    return found


def _split(study: Study, grouping: Grouping) -> dict:
    counts = {
        key: measures.split(reading.priority, grouping.groups, grouping.names, study.size).counts
        for key, reading in study.readings.items()
    }
    return {
        "key": grouping.key, "title": grouping.title, "names": grouping.names, "counts": counts,
        "datasets": grouping.datasets,
    }  # fmt: skip


def _missing(study: Study, result: dict) -> list[str]:
    """Indicators that would have told more, by code; and parts that nothing could be compared with."""
    codes = [*study.version.compiled.indicators, *(outcome.code for outcome in OUTCOMES), PEOPLE, RANK]
    missing = [code for code in dict.fromkeys(codes) if not study.subjects.has(code)]
    if CRUDE not in study.readings and study.own != AS_PUBLISHED:
        missing.append("crude registers")
    return missing + [part for part in ("neighbourhoods", "releases") if not result[part]]


def _names(study: Study) -> dict[str, str]:
    codes = {*study.codes, *(outcome.code for outcome in OUTCOMES), PEOPLE, RANK, DECILE}
    return dict(Indicator.objects.filter(code__in=codes).values_list("code", "name"))


def _datasets(result: dict) -> dict[str, str]:
    """Id -> title and release of every dataset that anything in the report names."""
    named: set[str] = set()

    def gather(part):
        for key, value in part.items() if isinstance(part, dict) else enumerate(part):
            if key in ("datasets", "computed_from"):
                named.update(value)
            elif isinstance(value, dict | list):
                gather(value)

    gather(result)
    return {str(dataset.pk): f"{dataset.title}, {dataset.release}" for dataset in Dataset.objects.filter(pk__in=named)}
