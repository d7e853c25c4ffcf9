"""How the work lies on the staff. The aim is a low maximum: range and variance reward longer tours (Matl, Hartl, Vidal
2018, Transportation Science 52:239), so they are neither computed nor offered.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from routing.planning.check import RouteFacts

from .inequality import weighted_gini


@dataclass(frozen=True, slots=True)
class StaffLoad:
    """`by_staff`: u_k = (travel + service) / contracted seconds; `largest`: the maximum and `fullest` whose it is;
    `gini`: of the u_k, a figure to be shown and not an objective, None where nobody works.
    """

    by_staff: dict[str, float]
    largest: float | None
    fullest: str | None
    gini: float | None

    @property
    def in_order(self) -> tuple[float, ...]:
        """The loads from the fullest down: of two plans the lexicographically smaller one is the fairer (min-max)."""
        return tuple(sorted(self.by_staff.values(), reverse=True))


def staff_loads(facts: Mapping[str, RouteFacts], contracted: Mapping[str, float]) -> StaffLoad:
    """Loads of everybody in `contracted` (seconds by staff id, above 0), also of those without visits.

    `facts`: the judge's, by staff id. Raises ValueError for contracted time that is not above 0.
    """
    if any(not seconds > 0 for seconds in contracted.values()):
        raise ValueError("contracted time must be above 0")
    loads = {
        name: (facts[name].drive + facts[name].service) / seconds if name in facts else 0.0
        for name, seconds in contracted.items()
    }
    fullest = min(loads, key=lambda name: (-loads[name], name)) if loads else None
    return StaffLoad(
        by_staff=loads,
        largest=loads[fullest] if loads else None,
        fullest=fullest,
        gini=weighted_gini(list(loads.values()), [1.0] * len(loads)) if loads else None,
    )
