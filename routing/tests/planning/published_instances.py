"""Small made-up instances in the layouts in which routing instances are published."""

# A square of side 30 around a depot in its middle is too small to be any published instance.
SOLOMON = """X001

VEHICLE
NUMBER     CAPACITY
  2         20

CUSTOMER
CUST NO.  XCOORD.   YCOORD.    DEMAND   READY TIME  DUE DATE   SERVICE   TIME

    0      0          0          0          0        200          0
    1      3          4         10          0        100         10
    2      1          1         10         20         60         10
    3      6          8         10          0        150         10
"""

HEAD = """NAME: {name}
COMMENT: made up
TYPE: {kind}
EDGE_WEIGHT_TYPE: EUC_2D
DIMENSION: {places}
VEHICLES: {vehicles}
"""


def table(name, rows):
    """A section whose rows are numbered from 1, as the dialects have them."""
    lines = ["\t".join(str(value) for value in (number, *row)) for number, row in enumerate(rows, start=1)]
    return "\n".join([f"{name}_SECTION", *lines]) + "\n"


def vrplib(name="Y1", kind="VRPTW", vehicles=2, depots=1, places=((0, 0), (3, 4), (1, 1), (6, 8)), head="", **tables):
    """A .vrp text; `head`: further `KEYWORD: value` lines, `tables`: rows by section in lower case."""
    text = HEAD.format(name=name, kind=kind, places=len(places), vehicles=vehicles) + head
    text += table("NODE_COORD", places)
    for keyword, rows in tables.items():
        text += table(keyword.upper(), rows)
    return text + "DEPOT_SECTION\n" + "\n".join(str(number + 1) for number in range(depots)) + "\n-1\nEOF\n"


def sol(routes, cost):
    """A .sol text."""
    lines = [f"Route #{number}: {' '.join(map(str, route))}" for number, route in enumerate(routes, start=1)]
    return "\n".join([*lines, f"Cost: {cost}"]) + "\n"
