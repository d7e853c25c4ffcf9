"""Before and after of a mended day on one map: the rounds of those who change, as GeoJSON for the map of a plan."""

from functools import cached_property

from routing.models import StaffMember, Visit

from .map import feature_line, feature_point, map_settings
from .rounds import COLOURS, DASHES, short_labels


class MendedMap:
    """`before`, `after`: days and ways of the answer to a disruption; `people`: references of those who change, in the
    order of the timeline; `clock`: seconds of the day as a time. Ways from and to homes are not in the answer: lines
    begin at the first visit and end at the last one there.
    """

    def __init__(self, key, before, after, people: list[StaffMember], visits: dict[str, Visit], clock):
        self.key, self.before, self.after, self.visits, self.clock = key, before, after, visits, clock
        marks = short_labels([person.display_name for person in people])
        self.people = [
            {
                "staff": person,
                "name": person.display_name,
                "mark": mark,
                "colour_index": index % COLOURS,
                "dash": DASHES[index % len(DASHES)],
            }
            for index, (person, mark) in enumerate(zip(people, marks, strict=True))
        ]

    @property
    def identifier(self) -> str:
        return f"mended-{self.key}"

    @property
    def data_identifier(self) -> str:
        return f"{self.identifier}-data"

    @cached_property
    def settings(self) -> dict:
        names = {stop["visit"] for side in (self.before, self.after) for days in side["days"].values() for stop in days}
        return map_settings([self.visits[name].point for name in names if name in self.visits])

    @cached_property
    def features(self) -> dict:
        """A FeatureCollection. Lines and points say the `phase`; a stop that changes is `is_changed`."""
        lines = [
            *(line for person in self.people for line in self._lines(person, "before")),
            *(line for person in self.people for line in self._lines(person, "after")),
        ]
        stops = [stop for person in self.people for stop in self._stops(person)]
        return {"type": "FeatureCollection", "features": [*lines, *stops, *self._left_out(), *self._bases()]}

    @property
    def has_straight_lines(self) -> bool:
        return any(line["properties"].get("is_straight_line") for line in self.features["features"])

    @cached_property
    def _was(self) -> dict[str, dict[str, int]]:
        """Start before, by visit and person."""
        return self._starts(self.before)

    @cached_property
    def _is(self) -> dict[str, dict[str, int]]:
        return self._starts(self.after)

    def _starts(self, side) -> dict[str, dict[str, int]]:
        found: dict[str, dict[str, int]] = {}
        for person in self.people:
            for stop in self._visits(side, person):
                found.setdefault(stop["visit"], {})[person["name"]] = stop["start"]
        return found

    def _visits(self, side, person) -> list[dict]:
        stops = side["days"].get(person["staff"].reference, ())
        return [stop for stop in stops if stop["visit"] in self.visits]

    def _lines(self, person, phase):
        """One line for all legs in a row that follow the roads, or do not."""
        side, staff = (self.before if phase == "before" else self.after), person["staff"]
        visits = self._visits(side, person)
        if not visits:
            return
        start = None if staff.starts_from == "home" else staff.start_point
        end = None if staff.ends_at == "home" else staff.end_point
        places = [start, *(self.visits[stop["visit"]].point for stop in visits), end]
        ways = side.get("ways", {}).get(staff.reference) or []
        ways = ways if len(ways) == len(places) - 1 else [None] * (len(places) - 1)
        told = {name: person[name] for name in ("mark", "colour_index", "dash")}
        label_at = [round(places[1].x, 6), round(places[1].y, 6)]
        for way, here, there in zip(ways, places, places[1:], strict=False):
            if here is None or there is None:
                continue
            line = feature_line(
                here, way or (), there, staff=person["name"], phase=phase, is_straight_line=way is None,
                is_estimated=False, **told,
            )  # fmt: skip
            if phase == "after" and label_at:
                line["properties"]["label_at"], label_at = label_at, None
            yield line

    def _stops(self, person):
        for number, stop in enumerate(self._visits(self.after, person), start=1):
            visit, name = self.visits[stop["visit"]], stop["visit"]
            was = self._was.get(name, {})
            is_changed = was.get(person["name"]) != stop["start"]
            label = f"{person['name']}, stop {number} at {self.clock(stop['start'])}: {name}"
            if is_changed:
                label += f"; before: {self._who(was)}"
            yield feature_point(
                visit.point, kind="stop", label=label, sequence=number, key=f"{self.key}-{name}",
                staff=person["name"], colour_index=person["colour_index"], tier=visit.tier,
                is_core20=visit.is_core20, is_changed=is_changed,
            )  # fmt: skip

    def _who(self, starts) -> str:
        if not starts:
            return "not in these rounds"
        return " and ".join(f"{name}, {self.clock(start)}" for name, start in sorted(starts.items()))

    def _left_out(self):
        for name, starts in self._was.items():
            if name not in self._is:
                visit = self.visits[name]
                label = f"No longer in these rounds: {name}; before: {self._who(starts)}"
                yield feature_point(
                    visit.point, kind="unserved", label=label, tier=visit.tier, is_core20=visit.is_core20
                )

    def _bases(self):
        bases = {person["staff"].base_id: person["staff"].base for person in self.people}
        return [feature_point(base.point, kind="depot", label=f"Base: {base.name}") for base in bases.values()]
