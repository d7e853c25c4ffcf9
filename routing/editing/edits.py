"""What can be asked for. People and visits go by their ids in the problem; times are seconds into the day; a `place` is
how many visits come before, counted without the visit that moves.
"""

from dataclasses import dataclass


class EditError(ValueError):
    """What was asked makes no sense for this plan; the message says why. `{0}`, `{1}` in it stand for `staff` ids."""

    def __init__(self, text: str, *staff: str):
        self.text, self.staff = text, staff
        super().__init__(self.in_words(str))

    def in_words(self, name) -> str:
        """The message with names for staff ids. `name`: a function of an id."""
        words = self.text
        for index, staff in enumerate(self.staff):
            words = words.replace(f"{{{index}}}", name(staff))
        return words


class NothingBetter(EditError):
    """What was asked makes sense, and is as good already."""


@dataclass(frozen=True, slots=True)
class Move:
    """A served visit to another person or place. `place` None: the best one of that person. `from_staff`: whose visit
    it is, where several people go together.
    """

    visit: str
    staff: str
    place: int | None = None
    from_staff: str | None = None


@dataclass(frozen=True, slots=True)
class Swap:
    """Two served visits change places."""

    visit: str
    other: str


@dataclass(frozen=True, slots=True)
class TakeOut:
    """A served visit is left out."""

    visit: str


@dataclass(frozen=True, slots=True)
class PutIn:
    """A visit that is left out goes to these (person, place) pairs; to the best place of `staff` or of anybody where
    there are none.
    """

    visit: str
    staff: str | None = None
    places: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class MoveBreak:
    """A break after so many visits (`place`), or at a time (`start`)."""

    staff: str
    place: int | None = None
    start: int | None = None
    index: int = 0


@dataclass(frozen=True, slots=True)
class SetStart:
    """A visit starts at that very second; None: as early as it can."""

    visit: str
    start: int | None


@dataclass(frozen=True, slots=True)
class Reorder:
    """One person's visits in another order."""

    staff: str
    visits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Improve:
    """One person's visits in the best order that a short search finds."""

    staff: str


@dataclass(frozen=True, slots=True)
class Clear:
    """All visits of one person are left out: to give them to others one by one, when somebody cannot come."""

    staff: str


Edit = Move | Swap | TakeOut | PutIn | MoveBreak | SetStart | Reorder | Improve | Clear
