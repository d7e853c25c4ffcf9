"""What an adapter is: it recognises its own file, names the release, and yields normalised rows."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum

from lsoa.catalogue import IndicatorDefinition

OGL = "Open Government Licence v3.0"
ONS = "Office for National Statistics"


class Refused(ValueError):
    """A whole file that cannot be loaded: says what was expected and what was found."""

    def __init__(self, *, expected: str, found: str):
        self.expected, self.found = expected, found
        super().__init__(f"expected {expected}, found {found}")


class Stage(IntEnum):
    """Loading order: what later files need comes first, whatever order the paths were given in."""

    BOUNDARIES = 1
    LOOKUPS = 2
    POSTCODES = 3
    PRACTICES = 4
    VALUES = 5
    DERIVED = 6


@dataclass(frozen=True)
class Release:
    """Which publication, release and extent a file holds. `release` sorts in time order as text ("2024-25")."""

    title: str
    publisher: str
    release: str
    standing: int
    licence: str = OGL
    vintage: int | None = 2021
    extent: str = "England"
    is_provisional: bool = False
    method: str = ""
    # Ids of datasets that the values are derived from: when those change, the same file is loaded again.
    derived_from: tuple[str, ...] = field(default=())


class Source:
    """One publication. Instances are stateless: everything about one load is in `material` and `context`."""

    key: str
    stage: Stage
    # Sources that make their rows themselves name a scheme, so that `load_open_data scheme:option=value` finds them.
    scheme: str | None = None
    # Whether `rows` looks something up in the database. Such files are not read ahead: that happens on another thread,
    # whose connection does not see what the load has written so far.
    asks_database = False
    definitions: dict[str, IndicatorDefinition] = {}

    def recognises(self, material) -> bool:
        """Whether this is the adapter of that material: by headings, never by file name, and cheaply."""
        raise NotImplementedError

    def release(self, material) -> Release:
        """The release in this file. Raises Refused."""
        raise NotImplementedError

    def headings(self) -> list[tuple[str, ...]]:
        """Sets of headings that a file of this publication must have, one set a layout: a table that has most of one
        is refused with the name of the column that it lacks."""
        return []

    def rows(self, material, context) -> Iterator:
        """Yield the chunks of `lsoa.sources.rows`. Raises Refused; reports single bad rows to `context.report`."""
        raise NotImplementedError
