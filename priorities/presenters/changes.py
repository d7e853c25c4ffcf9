"""Why classes changed, as plain values and as rows of tables."""

from dataclasses import asdict, dataclass

from priorities.changes import Cause, ClassChange, RunComparison
from priorities.models import PriorityClass, PriorityScore

CAUSE_LABELS = {
    Cause.NONE: "Not changed",
    Cause.MODEL: "The model",
    Cause.DATA: "New figures",
    Cause.BOTH: "Model and figures",
}


@dataclass(frozen=True)
class MoveRow:
    """Areas of one class before, by their class after; `cells`: (label, areas as text, whether it is the same)."""

    label: str
    cells: tuple[tuple[str, str, bool], ...]


def change_json(change: ClassChange) -> dict:
    """What changed between two scores of an area: the same sentences as on the page."""
    return {
        "from": _side(change.before),
        "to": _side(change.after),
        "because": change.cause.stored,
        "inputs": [asdict(each) for each in change.inputs],
        "rules": list(change.rules),
        "sentences": list(change.sentences),
        "text": change.text,
    }


def _side(score: PriorityScore) -> dict:
    return {
        "run": score.run_id,
        "calculated_at": score.run.finished_at,
        "model": str(score.run.model_version),
        "priority": score.priority,
        "priority_label": score.get_priority_display(),
    }


def move_rows(comparison: RunComparison) -> list[MoveRow]:
    """The matrix of moves, the most urgent class first both ways."""
    order = sorted(PriorityClass, reverse=True)
    return [
        MoveRow(
            label=before.label,
            cells=tuple((after.label, f"{comparison.moves[before, after]:,}", before == after) for after in order),
        )
        for before in order
    ]


def comparison_text(comparison: RunComparison) -> str:
    """What a comparison of two runs says, in sentences."""
    if not comparison.areas:
        return "No area was scored in both runs."
    if not comparison.moved:
        return f"All {comparison.areas:,} areas that both runs scored have the same class in both."
    share = 100 * comparison.moved / comparison.areas
    text = (
        f"{_areas(comparison.moved)} of {comparison.areas:,} changed class ({_percent(share)}): "
        f"{comparison.rose:,} became more urgent, {comparison.fell:,} less urgent."
    )
    causes = [
        f"{CAUSE_LABELS[Cause.of(name)].lower()} in {count:,}" for name, count in comparison.causes.items() if count
    ]
    return f"{text} What changed them: {', '.join(causes)}."


def _areas(number: int) -> str:
    return "1 area" if number == 1 else f"{number:,} areas"


def _percent(share: float) -> str:
    return "under 1%" if share < 1 else f"{share:.0f}%"


def comparison_json(comparison: RunComparison) -> dict:
    """A comparison as plain values, without the areas."""
    labels = {each.value: each.label for each in PriorityClass}
    return {
        "text": comparison_text(comparison),
        "areas": comparison.areas,
        "same": comparison.same,
        "rose": comparison.rose,
        "fell": comparison.fell,
        "only_before": comparison.only_before,
        "only_after": comparison.only_after,
        "causes": comparison.causes,
        "moves": [
            {"before": labels[before], "after": labels[after], "areas": int(comparison.moves[before, after])}
            for before in labels
            for after in labels
            if comparison.moves[before, after]
        ],
        "moved_inputs": [asdict(each) for each in comparison.moved_inputs],
    }
