"""How well a plan that is being worked out covers Core20 and the homes elsewhere."""

from routing.planning.equity import quintile_of_decile
from routing.planning.equity.coverage import Coverage, coverage


def quintiles_of(built) -> dict[str, int | None]:
    """Deprivation fifth of the home area by reference of the visit; None where it is not known."""
    return {name: quintile_of_decile(visit.imd_decile) for name, visit in built.visits.items()}


def core20_and_rest(built, unserved: set[str]) -> tuple[Coverage, Coverage]:
    """Coverage of the most deprived fifth and of the four others; the need of a visit is its minutes."""
    quintiles, parts = quintiles_of(built), []
    for inside in (lambda q: q == 1, lambda q: q is not None and q > 1):
        names = [name for name in built.visits if inside(quintiles[name])]
        parts.append(coverage([built.visits[name].minutes for name in names], [name not in unserved for name in names]))
    return tuple(parts)
