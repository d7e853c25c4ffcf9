"""What was in force before a run: it ends, and what of the figures and the model makes the new classes differ."""

from dataclasses import dataclass

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from priorities.changes.causes import Cause, causes_of_change, changed_inputs, known_nodes
from priorities.dex.thresholds import MISSING
from priorities.model_versions import CompiledVersion
from priorities.models import PriorityScore, ScoreRun
from priorities.score_storage import Ragged, Words
from priorities.scoring import ScoreResults, classes_of_inputs

# Packed by the server: received row by row, 33,755 scores take longer than their evaluation. Aggregates without an
# order of their own see the rows of a group in the same order.
IN_FORCE = """
SELECT run_id, cardinality(input_values), string_agg(int8send(area_id), ''), string_agg(int2send(priority), ''),
    string_agg(array_send(input_values), '')
FROM priorities_priorityscore WHERE is_current{chosen} GROUP BY run_id, cardinality(input_values)
"""
# What array_send puts before the items: dimensions, flag of nulls, type, length, first index.
HEAD = "V20"


@dataclass(frozen=True)
class ScoresBefore:
    """One row per area of the run.

    priorities  int16, class in force; -1 for none
    causes      int8, `Cause` of a change of class; NONE where it did not change or its figures are not known
    inputs      bool (areas, inputs of the model), whether the class of an input differs
    is_known    bool, the figures of the score before are known, so `inputs` says something
    """

    priorities: NDArray[np.int16]
    causes: NDArray[np.int8]
    inputs: NDArray[np.bool_]
    is_known: NDArray[np.bool_]

    def columns(self) -> dict:
        """Columns of PriorityScore by field name."""
        places = np.argsort(~self.inputs, axis=1, kind="stable").astype(np.int16)
        lengths = np.where(self.is_known, self.inputs.sum(axis=1), -1).astype(np.int16)
        return {
            "previous_priority": np.ma.array(self.priorities, mask=self.priorities < 0),
            "changed_because": Words(tuple(cause.stored for cause in Cause), self.causes),
            "changed_inputs": Ragged(places, lengths),
        }


@dataclass(frozen=True)
class EndedScores:
    """Scores of one run that were in force: area ids, classes, figures (None where they are not known)."""

    run_id: object
    areas: NDArray[np.int64]
    priorities: NDArray[np.int16]
    figures: NDArray[np.float64] | None


def end_scores(areas: NDArray[np.int64] | None = None) -> list[EndedScores]:
    """End the scores in force of the areas, or (None) of all, also of areas that are gone; return what they said."""
    chosen, current = "", PriorityScore.objects.current()
    if areas is not None:
        chosen, current = " AND area_id = ANY(%s)", current.filter(area_id__in=areas.tolist())
    with connection.cursor() as cursor:
        cursor.execute(IN_FORCE.format(chosen=chosen), None if areas is None else [areas.tolist()])
        ended = [_ended(*row) for row in cursor.fetchall()]
    current.update(is_current=False)
    return ended


def scores_before(results: ScoreResults, ended: list[EndedScores]) -> ScoresBefore:
    """Compare the results of a run with the scores that it ends."""
    areas = results.inputs.areas
    order = np.argsort(areas)
    before = ScoresBefore(
        priorities=np.full(len(areas), -1, dtype=np.int16),
        causes=np.zeros(len(areas), dtype=np.int8),
        inputs=np.zeros((len(areas), len(results.version.model.inputs)), dtype=bool),
        is_known=np.zeros(len(areas), dtype=bool),
    )
    evaluation = results.evaluation
    nodes = known_nodes(evaluation.classes, evaluation.low, evaluation.high)
    runs = ScoreRun.objects.select_related("model_version").in_bulk([part.run_id for part in ended])
    for part in ended:
        # An area that is gone, or has no figures any more, has no place in the run.
        place = np.minimum(np.searchsorted(areas, part.areas, sorter=order), len(areas) - 1)
        rows, own = order[place], np.flatnonzero(areas[order[place]] == part.areas)
        rows = rows[own]
        before.priorities[rows] = part.priorities[own]
        old = runs[part.run_id].model_version.compiled
        if part.figures is not None and part.figures.shape[1] == len(old.model.inputs) and len(rows):
            _explain(before, results, nodes, rows, old, part.figures[own])
    return before


def _explain(before: ScoresBefore, results: ScoreResults, nodes, rows, old: CompiledVersion, figures) -> None:
    new = results.version
    before.is_known[rows] = True
    before.causes[rows] = causes_of_change(
        old, new, figures, results.inputs.values[rows], before.priorities[rows], results.priorities[rows]
    )
    nodes_before = np.full((len(rows), len(old.model.attributes)), MISSING, dtype=np.int16)
    for index, classes in classes_of_inputs(old, figures).items():
        nodes_before[:, index] = classes
    before.inputs[rows] = changed_inputs(old, new, nodes_before, nodes[rows])


def _ended(run_id, inputs: int, ids: bytes, priorities: bytes, figures: bytes) -> EndedScores:
    areas = np.frombuffer(ids, dtype=">i8").astype(np.int64)
    record = np.dtype([("head", HEAD), ("items", [("size", ">i4"), ("value", ">f8")], (inputs,))])
    # A score written by hand may have no figures; empty lists have a shorter head.
    fits = inputs and len(figures) == len(areas) * record.itemsize
    values = np.frombuffer(figures, dtype=record)["items"]["value"].astype(np.float64) if fits else None
    return EndedScores(run_id, areas, np.frombuffer(priorities, dtype=">i2").astype(np.int16), values)
