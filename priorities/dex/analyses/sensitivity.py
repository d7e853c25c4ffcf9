"""Monte Carlo sensitivity: in how many draws does an area keep its class, and its place in the ranking?

Both questions are asked of the same draws (``perturbation.draws``). ``stability_of_option`` is the plain path: it takes
one area through all draws with the plain evaluation.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from priorities.dex.analyses.perturbation import Draw, Perturbation, draws
from priorities.dex.evaluate import publish
from priorities.dex.model import Model
from priorities.dex.thresholds import Thresholds
from priorities.dex.vectorised import evaluate_areas

DRAWS = 200
SEED = 20_240_601
ROWS_TOGETHER = 20_000
# Per area: position in urgency, larger is more urgent.
Score = Callable[[Model, dict[int, NDArray]], NDArray[np.float64]]


@dataclass(frozen=True)
class Stability:
    """``published``: class per area without any change (-1 none); ``counts``: shape (areas, classes), draws in which
    the area has the class."""

    published: NDArray[np.int16]
    counts: NDArray[np.int32]
    draws: int

    @property
    def share(self) -> NDArray[np.float64]:
        """Share of draws in which an area keeps its class; NaN where it has none."""
        kept = self.counts[np.arange(len(self.counts)), self.published] / self.draws
        return np.where(self.published >= 0, kept, np.nan)


def class_stability(
    model: Model,
    thresholds: Sequence[Thresholds | None],
    figures: NDArray[np.float64],
    perturbation: Perturbation,
    *,
    count: int = DRAWS,
    seed: int = SEED,
    root: int = 0,
    progress: Callable[[int], None] = lambda done: None,
) -> Stability:
    """Return how stable the published class of every area is. ``figures``: shape (areas, inputs), NaN for missing, and
    ``thresholds``, both in the order of the model's inputs. Raises ValueError when they do not fit."""
    figures = np.asarray(figures, dtype=np.float64)
    if count < 1:
        raise ValueError("at least one draw is needed")
    unchanged = Draw(model, tuple(thresholds), figures)
    published = evaluate_areas(model, unchanged.classes(), areas=len(figures)).classes[:, root].astype(np.int16)
    counts = np.zeros((len(figures), model.attributes[root].size), dtype=np.int32)
    done = 0
    for batch in _together(draws(model, thresholds, figures, perturbation, count=count, seed=seed)):
        classes = [draw.classes() for draw in batch]
        joined = {index: np.concatenate([part[index] for part in classes]) for index in classes[0]}
        found = evaluate_areas(batch[0].model, joined, areas=len(batch) * len(figures)).classes[:, root]
        np.add.at(counts, (np.tile(np.arange(len(figures)), len(batch)), found), 1)
        done += len(batch)
        progress(done)
    return Stability(published, counts, count)


def _together(drawn: Iterable[Draw]) -> Iterator[list[Draw]]:
    """Draws with the same tables are evaluated together, as many as make up the rows of a large area."""
    batch: list[Draw] = []
    for draw in drawn:
        if batch and (draw.model is not batch[0].model or len(batch) * len(draw.figures) >= ROWS_TOGETHER):
            yield batch
            batch = []
        batch.append(draw)
    if batch:
        yield batch


def stability_of_option(model: Model, drawn: Iterable[Draw], row: int, *, root: int = 0) -> dict[int, int]:
    """The plain path: class -> number of draws in which area ``row`` of the draws has it."""
    found: dict[int, int] = {}
    for draw in drawn:
        option = {
            index: limits.class_of(float(draw.figures[row, column])) if limits else None
            for column, (index, limits) in enumerate(zip(model.inputs, draw.thresholds, strict=True))
        }
        index = publish(draw.model, option)[root].index
        found[index] = found.get(index, 0) + 1
    return found


@dataclass(frozen=True)
class RankingStability:
    """How the order of areas holds against draws.

    correlation     per draw, Spearman's rank correlation with the published order; NaN where all areas are equal
    top_kept        per draw, share of the ``top`` most urgent areas that are among them again
    rank            per area, its published rank (1 the most urgent; equal areas share the mean of their ranks)
    rank_low/high   per area, the 5th and the 95th percentile of its rank over the draws
    """

    correlation: NDArray[np.float64]
    top_kept: NDArray[np.float64]
    rank: NDArray[np.float64]
    rank_low: NDArray[np.float64]
    rank_high: NDArray[np.float64]


def ranking_stability(
    model: Model,
    thresholds: Sequence[Thresholds | None],
    figures: NDArray[np.float64],
    perturbation: Perturbation,
    *,
    score: Score | None = None,
    top: int = 100,
    count: int = 50,
    seed: int = SEED,
) -> RankingStability:
    """Return how the ranking answers to draws, of weights for example. ``score``: default is the class with the QQ1
    offset inside it. Memory: draws x areas ranks of 4 bytes."""
    figures = np.asarray(figures, dtype=np.float64)
    score = score or urgency_score
    published = score(model, Draw(model, tuple(thresholds), figures).classes())
    rank = ranks(published)
    first = top_areas(published, top)
    drawn = np.empty((count, len(figures)), dtype=np.float32)
    correlation, top_kept = np.empty(count), np.empty(count)
    for number, draw in enumerate(draws(model, thresholds, figures, perturbation, count=count, seed=seed)):
        scores = score(draw.model, draw.classes())
        drawn[number] = ranks(scores)
        correlation[number] = _correlation(rank, drawn[number])
        top_kept[number] = np.isin(top_areas(scores, top), first).mean()
    low, high = np.percentile(drawn, [5, 95], axis=0)
    return RankingStability(correlation, top_kept, rank, low, high)


def urgency_score(
    model: Model, classes: dict[int, NDArray], *, root: int = 0, method: str = "qq1"
) -> NDArray[np.float64]:
    """Steps of urgency of the published class, plus its offset inside the class (dex.md 2.5) towards more urgency."""
    # The ranking needs SciPy, which takes longer to load than everything else here.
    from priorities.dex.ranking import offsets_of_areas, urgency

    evaluation = evaluate_areas(model, classes)
    return urgency(model, evaluation, offsets_of_areas(model, evaluation, method=method), method=method, root=root)


def ranks(scores: NDArray) -> NDArray[np.float64]:
    """Rank 1 for the largest score; equal scores share the mean of their ranks. Scores equal to 9 digits are equal."""
    _, inverse, counts = np.unique(-np.round(scores, 9), return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2)[inverse.reshape(-1)]


def top_areas(scores: NDArray, top: int) -> NDArray[np.intp]:
    """The rows with the largest scores; of equals the first."""
    return np.argsort(-np.round(scores, 9), kind="stable")[:top]


def _correlation(first: NDArray, second: NDArray) -> float:
    if first.std() == 0 or second.std() == 0:
        return float("nan")
    return float(np.corrcoef(first, second)[0, 1])
