"""The explanation of a score for pages, JSON and text: all three say the same sentences."""

from dataclasses import dataclass, replace

from priorities.dex.explanation import Explanation, Factor, NodeExplanation, Section
from priorities.dex.model import Model
from priorities.explanations import Origins, explain_score
from priorities.model_versions import ROOT
from priorities.models import PriorityScore
from priorities.wording import CAUTION

from .tags import NO_SCORE_TAG, PriorityTag, priority_tag
from .texts import minutes_text, outdated_text, review_text


@dataclass(frozen=True)
class ReasonRow:
    """One attribute in the tree of reasons: an aggregate with its rule, or an input with its figure."""

    label: str
    class_name: str
    css: str
    sentence: str
    value: str = ""
    source: str = ""
    children: tuple["ReasonRow", ...] = ()
    # The class of the whole, for its own tag; None for components and inputs.
    priority: int | None = None


@dataclass(frozen=True)
class ExplanationPanel:
    """Everything that `priorities/_explanation.html` shows."""

    tag: PriorityTag
    explanation: Explanation
    tree: ReasonRow
    factors: tuple[ReasonRow, ...]
    minutes: str
    review: str
    model: str
    calculated_at: object
    outdated: str
    caution: str = CAUTION

    @property
    def headline(self) -> str:
        return self.explanation.headline

    @property
    def summary(self) -> str:
        return self.explanation.summary

    @property
    def sections(self) -> tuple[Section, ...]:
        return self.explanation.sections


def explanation_panel(
    score: PriorityScore, origins: Origins | None = None, *, evidence: bool = True
) -> ExplanationPanel:
    """Shape of the explanation of a score (read it with `.with_explanation()`); without `evidence` only class, tree
    and figures, which is quicker."""
    explanation = explain_score(score, origins, evidence=evidence)
    version = score.run.model_version
    return ExplanationPanel(
        tag=priority_tag(score),
        explanation=explanation,
        tree=_tree(version.compiled.model, explanation),
        factors=tuple(_factor_row(factor) for factor in explanation.factors),
        minutes=minutes_text(score),
        review=review_text(version.minutes["review_hours"][score.priority]),
        model=str(version),
        calculated_at=score.run.finished_at or score.run.started_at,
        outdated=outdated_text(score.run),
    )


def _tree(model: Model, explanation: Explanation) -> ReasonRow:
    """The reasons nested as in the model, which is small: its depth bounds the recursion."""
    nodes = {node.attribute: node for node in explanation.nodes}
    factors = {factor.attribute: factor for factor in explanation.factors}

    def row(index: int) -> ReasonRow:
        attribute = model.attributes[index]
        if attribute.name in factors:
            return _factor_row(factors[attribute.name])
        return _node_row(nodes[attribute.name], tuple(row(child) for child in attribute.children))

    return replace(row(ROOT), priority=explanation.class_index)


def _node_row(node: NodeExplanation, children: tuple[ReasonRow, ...]) -> ReasonRow:
    name = node.class_name if node.is_certain else f"{node.low_class} to {node.high_class}"
    # The label stands before the sentence already, so it is not said twice.
    return ReasonRow(node.label, name, _level_css(node.group), _capital(node.detail), children=children)


def _factor_row(factor: Factor) -> ReasonRow:
    if factor.is_missing:
        return ReasonRow(factor.label, factor.class_name, NO_SCORE_TAG, _capital(factor.detail), source=_source(factor))
    details = [part for part in (factor.band, factor.comparison, "an estimate" if factor.is_estimate else "") if part]
    sentence = f"{_capital('; '.join(details))}." if details else ""
    css = _level_css(factor.group)
    return ReasonRow(factor.label, factor.class_name, css, sentence, value=factor.value_text, source=_source(factor))


def _source(factor: Factor) -> str:
    return ", ".join(part for part in (factor.source, factor.period) if part)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _level_css(group: str) -> str:
    """Tag colour of a component's or an input's class: strongest at the worst, quiet at the best."""
    return {"BAD": "nhsuk-tag--orange", "GOOD": "nhsuk-tag--grey"}.get(group, "nhsuk-tag--yellow")


def explanation_json(score: PriorityScore, origins: Origins | None = None) -> dict:
    """The explanation as plain values: the same sentences as on the page."""
    explanation = explain_score(score, origins)
    return {
        "code": score.area.code,
        "name": score.area.name,
        **explanation.as_dict(),
        "visit_minutes": {
            "minutes": score.visit_minutes,
            "lowest": score.visit_minutes_lowest,
            "highest": score.visit_minutes_highest,
            "text": minutes_text(score),
        },
        "review": review_text(score.run.model_version.minutes["review_hours"][score.priority]),
        "model": str(score.run.model_version),
        "calculated_at": score.run.finished_at,
        "outdated": outdated_text(score.run),
        "caution": CAUTION,
    }


def explanation_text(score: PriorityScore, origins: Origins | None = None) -> str:
    """The explanation as plain text."""
    explanation = explain_score(score, origins)
    review = review_text(score.run.model_version.minutes["review_hours"][score.priority])
    lines = [
        f"{score.area.name} ({score.area.code})",
        explanation.as_text(),
        "",
        f"Planned visit time: {minutes_text(score)}; review {review}.",
        f"Model: {score.run.model_version}.",
        outdated_text(score.run),
        CAUTION,
    ]
    return "\n".join(line for line in lines if line or line == "").rstrip() + "\n"
