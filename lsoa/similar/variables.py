"""By what areas are alike: variables, weights and why.

In the spirit of the CIPFA Nearest Neighbours Model and the "similar 10" of NHS RightCare: variables that health
services do not cause are standardised, and the areas at the smallest weighted Euclidean distance are the neighbours.
Registered disease, the health domain of the indices and the priority class are left out on purpose: they are what
similar areas are compared by, and must not decide who is similar.

The weights are a judgement, not an estimate: who lives here and how deprived they are count twice as much as the rest.
"""

from dataclasses import dataclass

from ..catalogue.deprivation import DOMAINS

# Beyond so many standard deviations a value counts as this far: a hall of residence is unlike everything anyway, and
# one variable must not outvote all the others.
MOST_DEVIATIONS = 4.0
# Two areas are compared where what both have figures for carries at least this share of the weight.
LEAST_SHARE = 0.75
# Of a variable that fewer areas have than this share, nothing can be said for the country.
LEAST_COVERAGE = 0.5
MOST_AREAS = 50


@dataclass(frozen=True)
class Group:
    """Indicators that together carry `weight`, each an equal part of it. `instead` is used where none of `codes` is
    loaded."""

    title: str
    weight: float
    codes: tuple[str, ...]
    instead: tuple[str, ...] = ()


AGES = (*(f"age{first}_{first + 4}_share" for first in range(0, 85, 5)), "age85_share")
GROUPS = (
    Group("Age structure", 1.0, AGES, instead=("age75_share",)),
    Group(
        "Deprivation",
        1.0,
        tuple(f"{domain.key}_score" for domain in DOMAINS if domain.key != "health"),
        instead=("imd_rank",),
    ),
    Group("Households", 0.5, ("lives_alone66_share", "lone_parent_share", "no_car_share", "social_rented_share")),
    Group("Ethnicity and language", 0.5, ("ethnic_minority_share", "low_english_share")),
    Group("Place", 0.5, ("is_rural", "gp_travel_minutes")),
)
METHOD = (
    "Similar areas are the statistical nearest neighbours, by the method of the CIPFA model and of NHS RightCare's "
    "similar 10: every variable is standardised (less its mean, divided by its standard deviation over all areas), and "
    "the areas with the smallest weighted distance are shown, wherever in England they lie.",
    "The distance is the root of the weighted mean of the squared differences: 0.3 means that two areas are about a "
    "third of a standard deviation apart in each variable. Differences count up to "
    f"{MOST_DEVIATIONS:.0f} standard deviations from the mean.",
    "Registered disease, the health domain of the indices of deprivation and the priority class do not count: they are "
    "what similar areas are compared by.",
    "A missing figure is not guessed. Two areas are compared by what both have figures for, if that carries at least "
    f"{LEAST_SHARE:.0%} of the weight; the share is shown where it is not all.",
    "Similar is not the same: next to each area is what distinguishes it most.",
)


def chosen(loaded) -> list[tuple[Group, tuple[str, ...]]]:
    """Groups with those of their variables that are loaded (a container of codes); groups without any are left out."""
    found = []
    for group in GROUPS:
        codes = tuple(code for code in group.codes if code in loaded)
        codes = codes or tuple(code for code in group.instead if code in loaded)
        if codes:
            found.append((group, codes))
    return found
