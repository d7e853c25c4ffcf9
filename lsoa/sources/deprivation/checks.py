"""Do score, rank and decile of a measure agree? Single contradictions are rejected, files of them refused."""

import numpy as np

from lsoa.models.indicators import MissingReason

from .. import tables
from ..base import Refused

# Of the rows that can be compared: more contradictions than this are no slip of a row but a wrong column.
TOLERATED, AT_LEAST = 0.01, 5
# Scores are published with three decimals, so that many are equal; a wrong column is far below.
LEAST_AGREEMENT = 0.99


class Cells:
    """The figures of one file: values and reasons by indicator, aligned with `frame`'s lines and codes."""

    def __init__(self, lines, codes, report):
        self.lines, self.codes, self.report = np.asarray(lines), np.asarray(codes, dtype=object), report
        self.values: dict[str, np.ndarray] = {}
        self.reasons: dict[str, np.ndarray] = {}
        # Cells whose row was reported: they give no figure.
        self.dropped: dict[str, np.ndarray] = {}

    def reject(self, indicators, mask, reason) -> None:
        """Report each row under `mask` once, `reason(place)` in words, and leave out its figures of `indicators`."""
        for place in np.flatnonzero(mask):
            self.report.reject(self.lines[place], self.codes[place], reason(place))
        for indicator in indicators:
            self.dropped[indicator] = self.dropped[indicator] | mask

    def present(self, indicator):
        return ~np.isnan(self.values[indicator]) & ~self.dropped[indicator]


def check_measure(cells: Cells, key: str, areas: int) -> None:
    """Check `<key>_rank`, `_decile` and `_score` as far as they are there. `areas` is the lowest rank there can be."""
    rank, decile, score = f"{key}_rank", f"{key}_decile", f"{key}_score"
    for name in (rank, decile):
        if name in cells.values:
            _check_whole(cells, name)
    if rank in cells.values:
        _check_ranks(cells, rank, areas)
    if rank in cells.values and decile in cells.values:
        _check_deciles(cells, rank, decile, areas)
    if rank in cells.values and score in cells.values:
        _check_order(cells, rank, score)


def _check_whole(cells, name):
    values = cells.values[name]
    with np.errstate(invalid="ignore"):
        broken = cells.present(name) & (values != np.floor(values))
    cells.reject([name], broken, lambda place: f"{name} {values[place]:g} is not a whole number")


def _check_ranks(cells, rank, areas):
    values = cells.values[rank]
    with np.errstate(invalid="ignore"):
        outside = cells.present(rank) & ((values < 1) | (values > areas))
    for place in np.flatnonzero(outside):
        reason = f"{rank} {values[place]:g} is not within 1 to {areas}"
        cells.report.reject(cells.lines[place], cells.codes[place], reason)
    values[outside] = np.nan
    cells.reasons[rank][outside] = MissingReason.OUT_OF_RANGE.value
    present = values[cells.present(rank)]
    distinct = len(np.unique(present))
    # Some ranks of 2019 are shared, none by many.
    if len(present) >= tables.NATIONAL_AREAS and distinct < 0.95 * len(present):
        raise Refused(expected=f"{rank} nearly unique", found=f"{distinct:,} ranks for {len(present):,} areas")


def _check_deciles(cells, rank, decile, areas):
    ranks, deciles = cells.values[rank], cells.values[decile]
    for name, other in ((rank, decile), (decile, rank)):
        alone = cells.present(name) & (cells.reasons[other] != "")
        if alone.any():
            cells.report.note_count(f"{name} without {other}", int(alone.sum()))
    with np.errstate(invalid="ignore"):
        both = cells.present(rank) & cells.present(decile) & (deciles >= 1) & (deciles <= 10)
        expected = np.ceil(ranks * 10 / areas)
        wrong = both & (deciles != expected)
    if wrong.sum() > max(TOLERATED * both.sum(), AT_LEAST) or (wrong.sum() >= 3 and wrong.sum() == both.sum()):
        place = int(np.flatnonzero(wrong)[0])
        raise Refused(
            expected=f"{decile} to be the tenth that {rank} falls into",
            found=f"{wrong.sum():,} of {both.sum():,} rows that contradict it, the first in line "
            f"{cells.lines[place]:,}: rank {ranks[place]:,.0f} of {areas:,} with decile {deciles[place]:.0f}",
        )
    cells.reject(
        [rank, decile],
        wrong,
        lambda place: (
            f"{decile} {deciles[place]:.0f} contradicts {rank} {ranks[place]:.0f} (decile {expected[place]:.0f})"
        ),
    )


def _check_order(cells, rank, score):
    """The order of the scores is that of the ranks (Spearman's correlation; equal scores in the order of the ranks)."""
    both = np.flatnonzero(cells.present(rank) & cells.present(score))
    if len(both) < AT_LEAST:
        return
    order = both[np.argsort(cells.values[rank][both], kind="stable")]
    place = np.argsort(np.argsort(-cells.values[score][order], kind="stable"), kind="stable")
    agreement = np.corrcoef(np.arange(len(place)), place)[0, 1]
    if agreement < LEAST_AGREEMENT:
        raise Refused(
            expected=f"{score} to fall from rank to rank", found=f"a rank correlation of {agreement:.2f} instead of 1"
        )
