"""The explanation of a stored score, with the figures behind it and where they come from."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from lsoa.models import Dataset, Indicator
from priorities.dex.explanation import Explanation, InputFact, Outcome, explain
from priorities.dex.thresholds import Thresholds
from priorities.model_versions import ROOT, CompiledVersion
from priorities.models import PriorityScore
from priorities.wording import ATTRIBUTE_LABELS, MISSING


@dataclass(frozen=True)
class Origins:
    """Indicators and datasets that explanations name, read once for any number of scores."""

    indicators: dict[str, Indicator]
    datasets: dict[str, Dataset]

    @classmethod
    def of(cls, scores: Iterable[PriorityScore]) -> "Origins":
        """Two queries for all scores together."""
        codes: set[str] = set()
        ids: set[str] = set()
        for score in scores:
            codes.update(score.run.model_version.inputs.values())
            ids.update(_source(score)["datasets"].values())
        return cls(
            indicators={row.code: row for row in Indicator.objects.filter(code__in=codes)},
            datasets={str(row.pk): row for row in Dataset.objects.filter(pk__in=ids)},
        )


def explain_score(score: PriorityScore, origins: Origins | None = None) -> Explanation:
    """Return why the area has its class. Read the score with `.with_explanation()` to save queries."""
    origins = origins or Origins.of([score])
    version = score.run.model_version
    compiled = version.compiled
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
    return explain(compiled.model, facts, outcome, labels=ATTRIBUTE_LABELS, root=ROOT)


def contributing_factors(score: PriorityScore, origins: Origins | None = None) -> list[dict]:
    """Inputs above their lowest level, the decisive ones first, each with value, class and source."""
    factors = [factor for factor in explain_score(score, origins).factors if factor.contributes]
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
            "dataset": _source(score)["datasets"].get(factor.indicator),
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
    return InputFact(
        value=None if math.isnan(value) else value,
        unit=unit,
        decimals=indicator.decimals if indicator else 1,
        band=_band(limits, score.node_classes[index], unit),
        # The average of a decile says nothing.
        average=None if unit in ("decile", "rank") else computed.get("mean"),
        # "England, 33,755 areas" -> "England"
        average_of=computed.get("extent", "").split(",")[0] if computed.get("extent", "").startswith("England") else "",
        source=dataset.title if dataset else "",
        period=dataset.release if dataset else "",
        indicator=code,
        is_estimate=bool(dataset and dataset.is_provisional),
        missing_reason=_missing_reason(value, limits, source["missing"].get(code)),
    )


def _band(limits: Thresholds | None, class_index: int, unit: str) -> str:
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
