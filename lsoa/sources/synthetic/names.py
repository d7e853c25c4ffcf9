"""Invented names and codes. None of them is in use: E0190..., E0890... and ZY are outside what has been issued."""

import numpy as np

AUTHORITIES = (
    ("E08900001", "Aldermoor"),
    ("E07900002", "Kelderness"),
    ("E07900003", "Thornmarch Vale"),
    ("E07900004", "Saltholme"),
)
SUB_ICBS = (
    ("E38900001", "NHS Aldermoor and the Isles ICB - 90A"),
    ("E38900002", "NHS Aldermoor and the Isles ICB - 90B"),
    ("E38900003", "NHS Outer Dogger ICB - 90C"),
)
ICBS = (
    ("E54900001", "NHS Aldermoor and the Isles Integrated Care Board"),
    ("E54900002", "NHS Outer Dogger Integrated Care Board"),
)
# Authority -> position in SUB_ICBS; sub-ICB -> position in ICBS.
SUB_ICB_OF_AUTHORITY = (0, 1, 2, 1)
ICB_OF_SUB_ICB = (0, 0, 1)

FIRST = (
    "Alder", "Ash", "Birch", "Cold", "Cooper", "Crow", "Dray", "Elm", "Fair", "Fern", "Gorse", "Hare", "Hawk", "Hazel",
    "Kettle", "Lark", "Linden", "Maltster", "Marl", "Mill", "Oak", "Osier", "Plover", "Quarry", "Reed", "Rope", "Rowan",
    "Sedge", "Tanner", "Teasel", "Weaver", "Willow", "Wren",
)  # fmt: skip
CITY_LAST = (" Cross", " Gate", " Hill", " Park", " Road", " Wharf", "bridge", "fields", "side")
COUNTRY_LAST = ("by", "combe", "ford", "ham", "holme", "ley", "thorpe", "wick", "worth")
UNIT_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"


def area_code(index: int) -> str:
    """E01900001 for the first area."""
    return f"E01{900_001 + index:06d}"


def neighbourhoods(rng: np.random.Generator, count: int, city: bool) -> list[str]:
    """`count` different names in random order."""
    last = CITY_LAST if city else COUNTRY_LAST
    names = [first + second for first in FIRST for second in last]
    picked = rng.permutation(len(names))
    return [names[picked[i % len(names)]] + ("" if i < len(names) else f" {i // len(names) + 1}") for i in range(count)]


def area_names(authority: np.ndarray, rng: np.random.Generator) -> list[str]:
    """`Aldermoor 012C (Coopers Wharf)`: five areas in a row share number and neighbourhood, as MSOAs do."""
    names = [""] * len(authority)
    for number, (_, title) in enumerate(AUTHORITIES):
        members = np.flatnonzero(authority == number)
        places = neighbourhoods(rng, len(members) // 5 + 1, city=number == 0)
        for position, area in enumerate(members.tolist()):
            group, letter = divmod(position, 5)
            names[area] = f"{title} {group + 1:03d}{'ABCDE'[letter]} ({places[group]})"
    return names


def postcode(district: int, serial: int) -> str:
    """The serial-th postcode (0-3999) of a district: ZY7 3AB."""
    sector, unit = divmod(serial, len(UNIT_LETTERS) ** 2)
    first, second = divmod(unit, len(UNIT_LETTERS))
    return f"ZY{district} {sector}{UNIT_LETTERS[first]}{UNIT_LETTERS[second]}"
