"""The explanation of a stored score, with the figures behind it and where they come from."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache as once
from functools import lru_cache

import numpy as np
from django.utils.translation import get_language, gettext, ngettext

from lsoa.models import Dataset, Indicator
from lsoa.reference import reference
from lsoa.similar.standing import authority_means
from lsoa.statistics import Distribution, national_distribution
from priorities.dex.analyses.kept_classes import kept_draws
from priorities.dex.analyses.sensitivity import DRAWS
from priorities.dex.confidence import confidence, evaluate_softly
from priorities.dex.explanation import (
    Catalogue,
    Evidence,
    Explanation,
    InputFact,
    Outcome,
    SoftChances,
    Trials,
    explain,
)
from priorities.dex.thresholds import Thresholds
from priorities.model_versions import ROOT, CompiledVersion
from priorities.models import PriorityScore
from priorities.unmet_need import DIAGNOSED, UnmetNeedInputs, flags_of_areas
from priorities.wording import ATTRIBUTE_LABELS, MISSING, TRIALS

# An average or a place among all areas says nothing about a decile or a rank.
ORDINAL_UNITS = ("decile", "rank")
STANDARDISED = "_standardised"
# Sentences, and the names of some models: classes and attributes.
TEXTS_KEPT = 4_096


@dataclass(frozen=True)
class Origins:
    """Indicators and datasets that explanations name, read once for any number of scores; distributions and averages
    of authorities as well where they are asked for."""

    indicators: dict[str, Indicator]
    datasets: dict[str, Dataset]
    national: dict[tuple[str, bool], Distribution] = field(default_factory=dict)
    local: dict[tuple[str, str], float] = field(default_factory=dict)

    @classmethod
    def of(cls, scores: Iterable[PriorityScore], *, compare: bool = False) -> "Origins":
        """What is read is kept by the process: no query, but for the state of it."""
        scores, known = list(scores), reference()
        codes: set[str] = set()
        ids: set[str] = set()
        for score in scores:
            codes.update(score.run.model_version.inputs.values())
            ids.update(_source(score)["datasets"].values())
        found = cls(
            indicators={code: known.indicators[code] for code in codes if code in known.indicators},
            datasets={pk: known.datasets[pk] for pk in ids if pk in known.datasets},
        )
        if compare:
            for synthetic in {score.area.is_synthetic for score in scores}:
                distributions = national_distribution(codes, synthetic=synthetic)
                found.national.update({(code, synthetic): row for code, row in distributions.items()})
            for authority, area in {score.area.local_authority_code: score.area for score in scores}.items():
                found.local.update({(code, authority): mean for code, mean in authority_means(area, codes).items()})
        return found


@once
def catalogue_of(language: str) -> Catalogue:
    """Says texts in the language that is active; each text is looked up once, and an explanation says hundreds."""
    return Catalogue(lru_cache(maxsize=TEXTS_KEPT)(gettext), ngettext)


def explain_score(score: PriorityScore, origins: Origins | None = None, *, evidence: bool = True) -> Explanation:
    """Return why the area has its class. Read the score with `.with_explanation()` to save queries.

    With `evidence`: what would change the class, trials and unmet need as well (a tenth of a second).
    """
    origins = origins or Origins.of([score], compare=evidence)
    compiled = score.run.model_version.compiled
    outcome = Outcome(
        classes=tuple(score.node_classes),
        low=tuple(score.node_lows),
        high=tuple(score.node_highs),
        rules=tuple(score.node_rules),
        probability=score.probability,
        relief=tuple(score.input_relief),
    )
    facts = {
        index: _fact(score, compiled, column, index, origins) for column, index in enumerate(compiled.model.inputs)
    }
    return explain(
        compiled.model,
        facts,
        outcome,
        labels=ATTRIBUTE_LABELS,
        root=ROOT,
        evidence=_evidence(score, compiled) if evidence else Evidence(),
        catalogue=catalogue_of(get_language()),
    )


def _evidence(score: PriorityScore, compiled: CompiledVersion) -> Evidence:
    classes = tuple(
        score.node_classes[index] if score.node_lows[index] == score.node_highs[index] else None
        for index in compiled.model.inputs
    )
    kept, chances, flag = _stored_evidence(score, compiled)
    diagnosed = [score.run.model_version.inputs.get(name, "") for name in DIAGNOSED]
    return Evidence(
        soft=_soft_chances(compiled, chances, score.priority),
        registers_are_crude=not all(code.endswith(STANDARDISED) for code in diagnosed),
        nearest=compiled.nearest(classes),
        trials=Trials(kept, DRAWS, TRIALS),
        unmet_need=flag,
        unmet_need_asked=UnmetNeedInputs.of(compiled) is not None,
    )


def _stored_evidence(score: PriorityScore, compiled: CompiledVersion) -> tuple[int, list[float], bool | None]:
    """Draws in which the class stayed the same, probability of each class, flag of unmet need."""
    if score.stability is not None:
        return round(score.stability * DRAWS), score.class_probabilities, score.unmet_need
    # A score from before they were stored: they follow from its figures, and are the same whenever they are asked for.
    figures = np.array([score.input_values], dtype=np.float64)
    kept = kept_draws(compiled.model, compiled.thresholds, figures, np.array([score.priority]), root=ROOT)
    memberships = {
        index: limits.memberships(figures[:, column])
        for column, (index, limits) in enumerate(zip(compiled.model.inputs, compiled.thresholds, strict=True))
        if limits
    }
    chances = evaluate_softly(compiled.model, memberships, areas=1).memberships(ROOT)
    return int(kept[0]), chances[0].tolist(), flags_of_areas(compiled, figures).tolist()[0]


def _soft_chances(compiled: CompiledVersion, chances: list[float], published: int) -> SoftChances:
    sure = confidence(compiled.model.attributes[ROOT].scale, [published], [chances])
    most_probable = int(sure.most_probable[0]) if sure.near_boundary[0] else published
    return SoftChances(tuple(chances), most_probable)


def contributing_factors(score: PriorityScore, origins: Origins | None = None) -> list[dict]:
    """Inputs above their lowest level, the decisive ones first, each with value, class and source."""
    factors = [factor for factor in explain_score(score, origins, evidence=False).factors if factor.contributes]
    factors.sort(key=lambda factor: (-factor.relief, factor.group != "BAD"))
    return [
        {
            "attribute": factor.attribute,
            "label": factor.label,
            "indicator": factor.indicator,
            "value": factor.value,
            "value_text": factor.value_text,
            "class": factor.class_name,
            "is_decisive": factor.is_decisive,
            "steps": factor.relief,
            "source": factor.source,
            "period": factor.period,
            "dataset": factor.dataset or None,
        }
        for factor in factors
    ]


def _source(score: PriorityScore) -> dict:
    """The pattern of origin of this score; a run written by hand may have none."""
    sources = score.run.sources
    return sources[score.source] if score.source < len(sources) else {"datasets": {}, "missing": {}}


def _fact(score: PriorityScore, compiled: CompiledVersion, column: int, index: int, origins: Origins) -> InputFact:
    code, limits = compiled.indicators[column], compiled.thresholds[column]
    indicator = origins.indicators.get(code)
    source = _source(score)
    dataset = origins.datasets.get(source["datasets"].get(code, ""))
    attribute = compiled.model.attributes[index]
    value = score.input_values[column]
    computed = score.run.model_version.thresholds[attribute.name]
    unit = indicator.unit if indicator else ""
    known = None if math.isnan(value) else value
    authority = score.area.local_authority_code
    spread = origins.national.get((code, score.area.is_synthetic)) if unit not in ORDINAL_UNITS else None
    return InputFact(
        value=known,
        unit=unit,
        decimals=indicator.decimals if indicator else 1,
        band=band_of(limits, score.node_classes[index], unit),
        average=None if unit in ORDINAL_UNITS else computed.get("mean"),
        # "England, 33,755 areas" -> "England"
        average_of=computed.get("extent", "").split(",")[0] if computed.get("extent", "").startswith("England") else "",
        source=dataset.title if dataset else "",
        period=dataset.release if dataset else "",
        indicator=code,
        is_estimate=bool(dataset and dataset.is_provisional),
        missing_reason=_missing_reason(value, limits, source["missing"].get(code)),
        dataset=source["datasets"].get(code, ""),
        local_average=None if unit in ORDINAL_UNITS else origins.local.get((code, authority)),
        local_place=score.area.local_authority_name,
        share_below=spread.share_below(known) if spread and known is not None else None,
        bands=tuple(band_of(limits, k, unit) for k in range(attribute.size)) if limits else (),
        near_bound=_near_bound(limits, known),
    )


def _near_bound(limits: Thresholds | None, value: float | None) -> float | None:
    """The bound in whose soft zone a figure lies."""
    if limits is None or value is None:
        return None
    zones = zip(limits.bounds, limits.half_widths, strict=True)
    return next((bound for bound, width in zones if width and abs(value - bound) < width), None)


def band_of(limits: Thresholds | None, class_index: int, unit: str) -> str:
    """Figures of a class in words ("2.6 to 3.5%", "deciles 1 to 2"); empty without thresholds."""
    if limits is None:
        return ""
    if unit == "decile":
        return _deciles(limits, class_index)
    return limits.describe(class_index, unit)


def _deciles(limits: Thresholds, class_index: int) -> str:
    """Deciles are whole numbers: "deciles 1 to 2" instead of "under 3"."""
    members = [decile for decile in range(1, 11) if limits.class_of(decile) == class_index]
    if not members:
        return limits.describe(class_index)
    return f"deciles {members[0]} to {members[-1]}" if len(members) > 1 else f"decile {members[0]}"


def _missing_reason(value: float, limits: Thresholds | None, reason: str | None) -> str:
    if math.isnan(value):
        return MISSING.get(reason or "not_loaded", reason or "")
    return MISSING["no_thresholds"] if limits is None else ""
