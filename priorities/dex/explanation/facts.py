"""What an explanation is made from: the outcome of an area and what is known of its inputs."""

from collections.abc import Mapping
from dataclasses import dataclass

from priorities.dex.analyses.nearest import Nearest
from priorities.dex.analyses.unmet_need import DEFAULT_LIMITS, UnmetNeedLimits
from priorities.dex.vectorised import Evaluation


@dataclass(frozen=True)
class Outcome:
    """Results of one area: a class, range and rule per attribute in pre-order, relief per input of the model."""

    classes: tuple[int, ...]
    low: tuple[int, ...]
    high: tuple[int, ...]
    rules: tuple[int, ...]
    probability: float
    relief: tuple[int, ...] = ()

    @classmethod
    def of(cls, evaluation: Evaluation, row: int, *, relief=(), root: int = 0) -> "Outcome":
        return cls(
            classes=tuple(evaluation.classes[row].tolist()),
            low=tuple(evaluation.low[row].tolist()),
            high=tuple(evaluation.high[row].tolist()),
            rules=tuple(evaluation.rules[row].tolist()),
            probability=float(evaluation.probability[row, root]),
            relief=tuple(int(steps) for steps in relief),
        )


@dataclass(frozen=True)
class InputFact:
    """What is known of one input: the number, how it was banded, how it compares, where it comes from.

    ``average`` and ``average_of`` compare with the nation, ``local_average`` and ``local_place`` with the authority;
    ``share_below``: percent of the nation's areas with a smaller figure. ``dataset``: id of the file it was read from.
    ``bands``: every class of the input in words. ``near_bound``: the bound in whose soft zone the figure lies.
    """

    value: float | None = None
    unit: str = ""
    decimals: int = 1
    band: str = ""
    average: float | None = None
    average_of: str = ""
    source: str = ""
    period: str = ""
    indicator: str = ""
    is_estimate: bool = False
    missing_reason: str = ""
    dataset: str = ""
    local_average: float | None = None
    local_place: str = ""
    share_below: float | None = None
    bands: tuple[str, ...] = ()
    near_bound: float | None = None


@dataclass(frozen=True)
class Trials:
    """The class stayed the same in ``kept`` of ``draws`` Monte Carlo draws; ``what`` says what was drawn."""

    kept: int
    draws: int
    what: str


@dataclass(frozen=True)
class SoftChances:
    """Probability per class of the result where figures near a bound count for both classes (``dex.confidence``)."""

    chances: tuple[float, ...]
    most_probable: int


@dataclass(frozen=True)
class Evidence:
    """What goes beyond class and rule; everything may be absent.

    ``nearest``: of ``analyses.nearest``; ``unmet_need``: True, False, or None where it cannot be told, looked at only
    with ``unmet_need_asked``.
    """

    nearest: Nearest | None = None
    trials: Trials | None = None
    soft: SoftChances | None = None
    unmet_need: bool | None = None
    unmet_need_asked: bool = False
    registers_are_crude: bool = False
    unmet_need_limits: UnmetNeedLimits = DEFAULT_LIMITS


Labels = Mapping[str, str]
NO_EVIDENCE = Evidence()
Facts = Mapping[int, InputFact]
NO_FACT = InputFact()
