"""Whether classes and ranking hold: from release to release, and when the weights of the model are drawn at random."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from lsoa.derivations.reading import read_values
from lsoa.models import Dataset
from priorities.dex.analyses.perturbation import Perturbation
from priorities.dex.analyses.sensitivity import class_stability, ranking_stability, top_areas
from priorities.dex.analyses.single_changes import urgency_steps
from priorities.model_versions import ROOT, CompiledVersion

from . import measures
from .subjects import Subjects
from .variants import Reading, percentiles_of, with_figures

# Standard deviations of the logarithm of each weight: 0.2 moves weights by about a fifth.
DEVIATIONS = (0.1, 0.2, 0.3, 0.5)
DRAWS, CLASS_DRAWS = 30, 100
# So small that it changes no weight, but the rules are made from the weights.
UNCHANGED = 1e-12
CLASS_PERTURBATION = Perturbation(weights=0.2, thresholds=1.0)


def releases(compiled: CompiledVersion, stored: Mapping, subjects: Subjects, current: Reading) -> list[dict]:
    """The classes in force against those of earlier releases of the publications that inputs come from, one
    publication at a time, then all together. Earlier figures are compared where an area has them all."""
    changes = _earlier_figures(compiled, subjects)
    found = [_release(compiled, stored, subjects, current, [dataset], figures) for dataset, figures in changes.values()]
    if len(changes) > 1:
        together = {code: column for _, figures in changes.values() for code, column in figures.items()}
        datasets = [dataset for dataset, _ in changes.values()]
        found.append(_release(compiled, stored, subjects, current, datasets, together))
    return found


def _earlier_figures(compiled: CompiledVersion, subjects: Subjects) -> dict[str, tuple[Dataset, dict]]:
    """By publication, its newest earlier release that is still held, with figures of the inputs it feeds."""
    found: dict[str, tuple[Dataset, dict]] = {}
    for code in dict.fromkeys(compiled.indicators):
        behind = Dataset.objects.filter(pk__in=subjects.datasets(code)).exclude(standing=Dataset.Standing.SYNTHETIC)
        for dataset in behind:
            earlier = (
                Dataset.objects.public()
                .filter(publication=dataset.publication, release__lt=dataset.release)
                .exclude(state=Dataset.State.ROLLED_BACK)
                .order_by("-release", "-loaded_at")
                .first()
            )
            if earlier is None:
                continue
            figures = read_values(earlier, code, subjects.codes)
            if not np.isnan(figures).all():
                found.setdefault(dataset.publication, (earlier, {}))[1][code] = figures
    return found


def _release(compiled, stored, subjects: Subjects, current: Reading, datasets, figures: dict) -> dict:
    known = ~np.isnan(np.column_stack(list(figures.values()))).any(axis=1)
    entry = {
        "title": "; ".join(f"{dataset.title}, {dataset.release}" for dataset in datasets),
        "indicators": sorted(figures),
        "datasets": sorted({*(str(dataset.pk) for dataset in datasets), *subjects.datasets(*figures)}),
    }
    kinds = {"kept": False} | ({"recomputed": True} if percentiles_of(compiled, stored, figures) else {})
    for kind, recompute in kinds.items():
        before = with_figures(compiled, stored, subjects.inputs, figures, recompute=recompute)
        entry[kind] = compare(before, current, known, _size(compiled))
    return entry


def compare(before: Reading, after: Reading, known: NDArray[np.bool_], size: int) -> dict:
    """Agreement of classes and of the ranking of two readings over the areas that are `known`."""
    found = measures.agreement(
        np.where(known, before.priority, -1), np.where(known, after.priority, -1), size
    )  # fmt: skip
    if found is None:
        return {"areas": 0}
    count = max(1, round(found.areas * measures.TENTH))
    rows = np.flatnonzero(known)
    first, second = (set(rows[top_areas(reading.score[rows], count)].tolist()) for reading in (before, after))
    return {
        "areas": found.areas, "same": found.same, "near": found.near, "rose": found.rose, "fell": found.fell,
        "kappa": found.kappa, "urgent_kept": found.top_kept, "moves": found.moves,
        "rank": measures.rank_correlation(before.score[rows], after.score[rows]).value,
        "tenth_kept": len(first & second) / count,
    }  # fmt: skip


def _size(compiled: CompiledVersion) -> int:
    return compiled.model.attributes[ROOT].size


def weights(compiled: CompiledVersion, current: Reading, progress: Callable[[float], None]) -> list[dict]:
    """How the ranking answers to weights drawn at random, in both ways that tables can follow from weights."""
    tries = [("deviation", deviation) for deviation in DEVIATIONS]
    tries += [("completion", deviation) for deviation in (0.0, *DEVIATIONS)]
    found, top = [], max(1, round(len(current.figures) * measures.TENTH))
    for done, (tables, deviation) in enumerate(tries):
        progress(done / len(tries))
        result = ranking_stability(
            compiled.model, current.thresholds, current.figures,
            Perturbation(weights=deviation or UNCHANGED, tables=tables), top=top, count=DRAWS if deviation else 1,
        )  # fmt: skip
        found.append({
            "tables": tables, "deviation": deviation, "draws": len(result.correlation),
            "correlation": _spread(result.correlation), "tenth_kept": _spread(result.top_kept),
            "places": float(np.median(result.rank_high - result.rank_low) / len(result.rank)),
        })  # fmt: skip
    return found


def _spread(values) -> dict | None:
    found = measures.spread(values)
    return found and {"median": found.median, "low": found.low, "high": found.high}


def classes_hold(compiled: CompiledVersion, current: Reading) -> dict:
    """How often areas keep their class when weights and thresholds are drawn together."""
    result = class_stability(
        compiled.model, current.thresholds, current.figures, CLASS_PERTURBATION, count=CLASS_DRAWS
    )  # fmt: skip
    steps = np.append(urgency_steps(compiled.model, ROOT), -1)
    classes = steps[result.published]
    share = result.share
    return {
        "draws": result.draws,
        "weights": CLASS_PERTURBATION.weights,
        "mean": float(np.nanmean(share)),
        "always": float((share[classes >= 0] == 1).mean()),
        "by_class": [
            {"areas": int((classes == rank).sum()), "mean": float(share[classes == rank].mean())}
            if (classes == rank).any() else {"areas": 0, "mean": None}
            for rank in range(_size(compiled))
        ],
    }  # fmt: skip
