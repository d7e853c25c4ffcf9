"""What equity costs: two plans of the same visits side by side."""

from dataclasses import dataclass

from routing.planning.check import Verdict


@dataclass(frozen=True, slots=True)
class PriceOfEquity:
    """`travel_minutes`: of the plan for efficiency and the plan for equity; `price`: (Z_equity - Z_efficiency) /
    Z_efficiency, None where the first plan drives nowhere; `ratios`: Core20 ratio of both; `ratio_change`: their
    difference, None where one is not defined. Price and ratio change are always shown together. A negative price says
    that the plan for equity drives less, e.g. since it serves fewer visits: `served` has the numbers of both.
    """

    travel_minutes: tuple[float, float]
    price: float | None
    ratios: tuple[float | None, float | None]
    ratio_change: float | None
    served: tuple[int, int]


def price_of_equity(efficiency: Verdict, equity: Verdict, ratios: tuple[float | None, float | None]) -> PriceOfEquity:
    """The price in travel minutes (seconds driven by all staff / 60). `ratios`: Core20 ratio of each plan."""
    before, after = _minutes(efficiency), _minutes(equity)
    known = None not in ratios
    return PriceOfEquity(
        travel_minutes=(before, after),
        price=(after - before) / before if before > 0 else None,
        ratios=ratios,
        ratio_change=ratios[1] - ratios[0] if known else None,
        served=(_served(efficiency), _served(equity)),
    )


def _minutes(verdict):
    return sum(fact.drive for fact in verdict.facts.values()) / 60


def _served(verdict):
    return len({name for route in verdict.routes for name in route.visits})
