"""The explanation of a score for pages, JSON and text: all three say the same sentences."""

from dataclasses import dataclass, replace

from django.utils import timezone
from django.utils.translation import gettext

from priorities.changes import ClassChange
from priorities.dex.explanation import Explanation, NodeExplanation, Section
from priorities.dex.model import Model
from priorities.explanations import Origins, explain_score
from priorities.model_versions import ROOT
from priorities.models import PriorityScore, VisitMinutesOverride
from priorities.wording import CAUTION, SINCE_BEFORE

from .changes import change_json
from .figures import FigureRow, figure_row, level_css, links_of
from .tags import PriorityTag, priority_tag
from .texts import minutes_text, outdated_text, override_text, review_text


@dataclass(frozen=True)
class ReasonRow:
    """One attribute in the tree of reasons: an aggregate with its rule, or an input with its figure."""

    label: str
    class_name: str
    css: str
    sentence: str
    value: str = ""
    source: str = ""
    figure_url: str = ""
    source_url: str = ""
    children: tuple["ReasonRow", ...] = ()
    # The class of the whole, for its own tag; None for components and inputs.
    priority: int | None = None


@dataclass(frozen=True)
class ExplanationPanel:
    """Everything that `priorities/_explanation.html` shows. `override`: minutes that the organisation set itself."""

    tag: PriorityTag
    explanation: Explanation
    tree: ReasonRow
    figures: tuple[FigureRow, ...]
    minutes: str
    override: str
    review: str
    model: str
    calculated_at: object
    outdated: str
    caution: str = CAUTION

    @property
    def headline(self) -> str:
        return self.explanation.headline

    @property
    def lead(self) -> str:
        return self.explanation.lead

    @property
    def summary(self) -> str:
        return self.explanation.summary

    @property
    def sections(self) -> tuple[Section, ...]:
        return self.explanation.sections

    @property
    def unmet_need(self) -> Section | None:
        """The flag beside the class, where it is set or cannot be told."""
        return self.explanation.section("unmet_need")


def explanation_panel(
    score: PriorityScore,
    origins: Origins | None = None,
    *,
    evidence: bool = True,
    override: VisitMinutesOverride | None = None,
) -> ExplanationPanel:
    """Shape of the explanation of a score (read it with `.with_explanation()`); without `evidence` only class, tree
    and figures, which is quicker."""
    origins = origins or Origins.of([score], compare=evidence)
    explanation = explain_score(score, origins, evidence=evidence)
    version = score.run.model_version
    figures = tuple(figure_row(factor, score, origins) for factor in explanation.factors)
    return ExplanationPanel(
        tag=priority_tag(score),
        explanation=explanation,
        tree=_tree(version.compiled.model, explanation, figures),
        figures=figures,
        minutes=minutes_text(score),
        override=override_text(override) if override else "",
        review=review_text(version.minutes["review_hours"][score.priority]),
        model=str(version),
        calculated_at=score.run.finished_at or score.run.started_at,
        outdated=outdated_text(score.run),
    )


def _tree(model: Model, explanation: Explanation, figures: tuple[FigureRow, ...]) -> ReasonRow:
    """The reasons nested as in the model, which is small: its depth bounds the recursion."""
    nodes = {node.attribute: node for node in explanation.nodes}
    inputs = {row.attribute: row for row in figures}

    def row(index: int) -> ReasonRow:
        attribute = model.attributes[index]
        if attribute.name in inputs:
            return _figure_reason(inputs[attribute.name])
        return _node_reason(nodes[attribute.name], tuple(row(child) for child in attribute.children))

    return replace(row(ROOT), priority=explanation.class_index)


def _node_reason(node: NodeExplanation, children: tuple[ReasonRow, ...]) -> ReasonRow:
    name = node.class_name if node.is_certain else f"{node.low_class} to {node.high_class}"
    # The label stands before the sentence already, so it is not said twice.
    return ReasonRow(node.label, name, level_css(node.group), _capital(node.detail), children=children)


def _figure_reason(row: FigureRow) -> ReasonRow:
    source = ", ".join(part for part in (row.source, row.period) if part)
    sentence = _capital(row.missing)
    if not row.missing:
        details = [part for part in (row.band, row.comparison, "an estimate" if row.is_estimate else "") if part]
        sentence = f"{_capital('; '.join(details))}." if details else ""
    return ReasonRow(
        row.label,
        row.class_name,
        row.css,
        sentence,
        value=row.value,
        source=source,
        figure_url=row.figure_url,
        source_url=row.source_url,
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def explanation_json(
    score: PriorityScore,
    origins: Origins | None = None,
    *,
    override: VisitMinutesOverride | None = None,
    change: ClassChange | None = None,
) -> dict:
    """The explanation as plain values: the same sentences as on the page. `links` are addresses of pages, `change` is
    what differs from the score before."""
    origins = origins or Origins.of([score], compare=True)
    explanation = explain_score(score, origins)
    links = [links_of(factor, score, origins) for factor in explanation.factors]
    data = explanation.as_dict()
    data["factors"] = [factor | {"links": found} for factor, found in zip(data["factors"], links, strict=True)]
    return {
        "code": score.area.code,
        "name": score.area.name,
        **data,
        "change": change_json(change) if change else None,
        "visit_minutes": {
            "minutes": score.visit_minutes,
            "lowest": score.visit_minutes_lowest,
            "highest": score.visit_minutes_highest,
            "expected": score.expected_minutes,
            "text": minutes_text(score),
            "override": override_json(override),
        },
        "review": review_text(score.run.model_version.minutes["review_hours"][score.priority]),
        "run": score.run_id,
        "in_force": score.is_current,
        "model": str(score.run.model_version),
        "calculated_at": score.run.finished_at,
        "outdated": outdated_text(score.run),
        "caution": CAUTION,
    }


def override_json(override: VisitMinutesOverride | None) -> dict | None:
    """Minutes that an organisation has set itself, as plain values."""
    if override is None:
        return None
    return {
        "minutes": override.minutes,
        "reason": override.reason,
        "set_by": override.created_by.get_full_name(),
        "set_at": override.created_at,
        "ended_by": override.ended_by.get_full_name() if override.ended_by else None,
        "ended_at": override.ended_at,
        "ended_because": override.ended_because,
        "text": override_text(override),
    }


def explanation_text(
    score: PriorityScore,
    origins: Origins | None = None,
    *,
    override: VisitMinutesOverride | None = None,
    change: ClassChange | None = None,
) -> str:
    """The explanation as plain text."""
    explanation = explain_score(score, origins)
    run = score.run
    review = review_text(run.model_version.minutes["review_hours"][score.priority])
    calculated = timezone.localtime(run.finished_at or run.started_at)
    lines = [
        f"{score.area.name} ({score.area.code})",
        explanation.as_text(),
        "",
        *([gettext(SINCE_BEFORE), *(f"- {sentence}" for sentence in change.sentences), ""] if change else []),
        f"Planned visit time: {minutes_text(score)}; review {review}.",
        *([override_text(override)] if override else []),
        f"Model: {run.model_version}, calculated {calculated.day} {calculated:%B %Y, %H:%M}.",
        outdated_text(run),
        CAUTION,
    ]
    return "\n".join(line for line in lines if line or line == "").rstrip() + "\n"
