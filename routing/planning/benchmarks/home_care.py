"""Home-care sets of the unified layout (UHHC, Ceschia et al. 2026): one JSON file an instance, with caregivers,
patients, services, travel times, lunch breaks, and the weights of the cost.

A patient becomes one visit for each service required, tied by links: both are done or neither. Times are the file's
units where they are all whole, else thousandths of them. A rule that the model cannot state is refused by name.
"""

from functools import cached_property

import numpy as np

from routing.planning.fields import Fields, InputError, array, at, integer, shown
from routing.planning.problem import Break, Link, Problem, Staff, Visit, Weights

from .home_care_costs import Charges
from .instance import Instance
from .rounding import ROUNDINGS

KIND = "home care"
MARKS = {"caregivers", "patients", "distances"}
FILE = (
    "metadata", "distances", "terminal_points", "caregivers", "patients", "services", "lunch_breaks",
    "public_distances", "services_order",
)  # fmt: skip
METADATA = (
    "name", "origin", "area", "horizon", "generator_info", "time_window_met", "cost_components",
    "time_window_service_level",
)  # fmt: skip
POINT = ("id", "distance_matrix_index", "public_distance_matrix_index", "location")
CAREGIVER = (
    "id", "abilities", "departing_point", "arrival_point", "working_shift", "lunch_break", "transportation_mode",
    "aspects",
)  # fmt: skip
PATIENT = (
    "id", "required_services", "distance_matrix_index", "public_distance_matrix_index", "time_windows", "location",
    "synchronization", "incompatible_caregivers", "preferred_caregivers", "optional", "preferred_start_time", "aspects",
)  # fmt: skip
# Fields of the layout whose rules the model does not have.
REFUSED = {
    "public_distances", "services_order", "time_window_service_level", "transportation_mode", "aspects",
    "preferred_start_time",
}  # fmt: skip
AT_START, AT_END = "at_service_start", "at_service_end"


def is_home_care(value) -> bool:
    """Whether a parsed JSON file is an instance of this layout."""
    return isinstance(value, dict) and value.keys() >= MARKS


def read_home_care(value, path) -> Instance:
    """The instance of a parsed file. Raises InputError naming the field, or the rule that cannot be stated."""
    file = _known(value, str(path), FILE)
    reader = _Reader(file)
    problem = Problem(
        staff=tuple(reader.staff()),
        visits=tuple(reader.visits()),
        duration=reader.matrix,
        links=tuple(reader.links),
        weights=reader.weights(),
    )
    return Instance(path.stem, KIND, problem, reader.rounding, path=path)


def visit_id(patient, service) -> str:
    """What the visit for one service of a patient is called."""
    return f"{patient}/{service}"


def _known(value, path, known):
    fields = Fields(value, path, known)
    for key in REFUSED & set(known):
        if fields.given(key):
            raise InputError(fields.name(key), "is a rule of the layout that a planning problem cannot state")
    return fields


class _Reader:
    """Reads one file; `matrix`: travel times in the units of `rounding`; `links`: filled while visits are read."""

    def __init__(self, file):
        self.file = file
        metadata = _known(file.get("metadata"), file.name("metadata"), METADATA)
        self.at_end = metadata.choice("time_window_met", (AT_START, AT_END), AT_START) == AT_END
        legs = _square(file.array("distances"), file.name("distances"))
        self.patients = [
            _known(item, f"{file.name('patients')}[{i}]", PATIENT) for i, item in enumerate(file.array("patients"))
        ]
        self.rounding = ROUNDINGS["round" if (legs == np.rint(legs)).all() else "exact"]
        self.matrix = self.rounding.whole(legs)
        self.charges = Charges(metadata, self.rounding.scale)
        self.services = self._services()
        self.caregivers = self._caregivers()
        self.links = []

    def _services(self):
        """Usual duration by name of service, None where there is none."""
        durations = {}
        for i, item in enumerate(self.file.array("services")):
            service = Fields(item, f"{self.file.name('services')}[{i}]", ("id", "type", "default_duration"))
            name = service.identifier("id")
            _new(name, durations, service.name("id"))
            durations[name] = self._time(service, "default_duration", None)
        return durations

    def _caregivers(self):
        caregivers = {}
        for i, item in enumerate(self.file.array("caregivers")):
            caregiver = _known(item, f"{self.file.name('caregivers')}[{i}]", CAREGIVER)
            name = caregiver.identifier("id")
            _new(name, caregivers, caregiver.name("id"))
            caregivers[name] = caregiver
        return caregivers

    def staff(self):
        places = self._points()
        for name, caregiver in self.caregivers.items():
            departing = caregiver.identifier("departing_point")
            arrival = caregiver.identifier("arrival_point") if caregiver.given("arrival_point") else departing
            for key, point in (("departing_point", departing), ("arrival_point", arrival)):
                _among(point, places, caregiver.name(key), "terminal point")
            abilities = caregiver.identifiers("abilities")
            for service in sorted(abilities):
                _among(service, self.services, caregiver.name("abilities"), "service")
            shift = self._shift(caregiver)
            yield Staff(
                name,
                start=places[departing],
                end=places[arrival],
                shift=shift,
                skills=abilities,
                breaks=self._breaks(caregiver),
                overtime=0 if self.charges.overtime is None else self._latest - shift[1],
                overtime_cost=self.charges.overtime or 0,
            )

    def _points(self):
        places, seen = {}, set()
        points = self.file.array("terminal_points")
        for i, item in enumerate(points):
            point = _known(item, f"{self.file.name('terminal_points')}[{i}]", POINT)
            name = point.identifier("id")
            place = self._place(point)
            # Some files list a point twice over; only another place under the same name is an error.
            if places.setdefault(name, place) != place:
                raise InputError(point.name("id"), f"{name!r} is already the name of another place")
            seen.add(place)
        for patient in self.patients:
            place = self._place(patient)
            if place in seen:
                raise InputError(patient.name("distance_matrix_index"), f"row {place} of distances is somebody else's")
            seen.add(place)
        return places

    def _place(self, fields):
        index = fields.integer("distance_matrix_index", least=0)
        if index >= len(self.matrix):
            where = fields.name("distance_matrix_index")
            raise InputError(where, f"distances has {len(self.matrix)} rows, found {index}")
        return index

    def _shift(self, caregiver):
        if caregiver.given("working_shift"):
            return self._window(caregiver.get("working_shift"), caregiver.name("working_shift"))
        if self.charges.max_idle:
            raise InputError(caregiver.name("working_shift"), "missing, and max_idle_time is counted from it")
        return 0, self._latest

    def _breaks(self, caregiver):
        if not caregiver.boolean("lunch_break", False):
            return ()
        path = self.file.name("lunch_breaks")
        lunch = Fields(self.file.get("lunch_breaks"), path, ("start", "end", "min_duration"))
        duration = self._time(lunch, "min_duration")
        opens, closes = self._window({key: lunch.get(key) for key in ("start", "end")}, path)
        closes -= duration if self.at_end else 0
        if closes < opens:
            raise InputError(path, f"a break of {duration} does not fit into its hours")
        missed = self.charges.missed_break
        return (Break(duration, ((opens, closes),), missed is None, missed or 0, "stop"),)

    @cached_property
    def _latest(self):
        """Nobody who is under way without a pause between visits is so late."""
        ends = [closes for patient in self.patients for _, closes in self._windows(patient)]
        ends += [
            self._window(caregiver.get("working_shift"), caregiver.name("working_shift"))[1]
            for caregiver in self.caregivers.values()
            if caregiver.given("working_shift")
        ]
        work = sum(duration for patient in self.patients for _, duration in self._required(patient))
        rests = 1 + len(self.patients) + sum(len(self._required(patient)) for patient in self.patients)
        return max(ends, default=0) + work + rests * int(self.matrix.max(initial=0))

    def visits(self):
        seen = {}
        for patient in self.patients:
            name = patient.identifier("id")
            _new(name, seen, patient.name("id"))
            seen[name] = True
            required = self._required(patient)
            self._tie(patient, name, [service for service, _ in required])
            charges, preferred = self.charges, self._people(patient, "preferred_caregivers")
            if preferred is not None and not preferred:
                raise InputError(patient.name("preferred_caregivers"), "names nobody")
            may_be_left = patient.boolean("optional", False) and charges.unserved is not None
            for first, (service, duration) in enumerate(required):
                yield Visit(
                    visit_id(name, service),
                    self._place(patient),
                    service=duration,
                    windows=self._windows(patient),
                    window_at="end" if self.at_end else "start",
                    skills=frozenset([service]),
                    required=not may_be_left,
                    prize=charges.unserved if may_be_left and not first else 0,
                    not_staff=self._people(patient, "incompatible_caregivers") or frozenset(),
                    only_staff=preferred if charges.preference is None else None,
                    preferred_staff=preferred if preferred and charges.preference else frozenset(),
                    preference_cost=charges.preference if preferred and charges.preference else 0,
                    late_cost=charges.late,
                )

    def _required(self, patient):
        """[(service, duration)] of a patient."""
        required, path = {}, patient.name("required_services")
        for i, item in enumerate(patient.array("required_services")):
            entry = Fields(item, f"{path}[{i}]", ("service", "duration"))
            service = entry.identifier("service")
            _among(service, self.services, entry.name("service"), "service")
            if service in required:
                raise InputError(entry.name("service"), f"{service!r} is required twice")
            required[service] = self._time(entry, "duration", self.services[service])
            if required[service] is None:
                raise InputError(entry.name("duration"), f"missing, and {service!r} has no usual one")
        if not required:
            raise InputError(path, "expected at least one service")
        return list(required.items())

    def _tie(self, patient, name, services):
        """Adds the links between the services of a patient."""
        path = patient.name("synchronization")
        if len(services) < 2:
            return
        rule = Fields(patient.get("synchronization"), path, ("type", "distance"))
        kind = rule.choice("type", ("independent", "simultaneous", "sequential"), None)
        gaps = None, None
        if kind == "simultaneous":
            gaps = 0, 0
        elif kind == "sequential":
            if len(services) > 2:
                raise InputError(path, f"the distance between {len(services)} services one after the other is not said")
            gaps = self._gap(rule)
        tied = [visit_id(name, service) for service in services]
        self.links += [
            Link(first, second, *gaps, different_staff=kind != "independent", together=True)
            for first, second in zip(tied, tied[1:], strict=False)
        ]

    def _gap(self, rule):
        value, path = rule.get("distance"), rule.name("distance")
        if isinstance(value, dict):
            pair = Fields(value, path, ("min", "max"))
            value = [pair.get("min"), pair.get("max")]
        pair = array(value, path)
        if len(pair) != 2:
            raise InputError(path, f"expected the least and the largest, found {shown(value)}")
        least, most = (self._whole(item, path) for item in pair)
        if least > most:
            raise InputError(path, f"the least is above the largest: {shown(value)}")
        return least, most

    def _people(self, patient, key):
        names = patient.identifiers(key, None)
        for name in sorted(names or ()):
            _among(name, self.caregivers, patient.name(key), "caregiver")
        return names

    def _windows(self, patient):
        path = patient.name("time_windows")
        windows = tuple(self._window(item, f"{path}[{i}]") for i, item in enumerate(patient.array("time_windows")))
        if not windows:
            raise InputError(path, "expected at least one window")
        return windows

    def _window(self, value, path):
        pair = Fields(value, path, ("start", "end"))
        opens, closes = (self._whole(pair.get(key), pair.name(key)) for key in ("start", "end"))
        if opens > closes:
            raise InputError(path, f"ends before it starts: {shown(value)}")
        return opens, closes

    def _time(self, fields, key, default=...):
        if default is not ... and not fields.given(key):
            return default
        return self._whole(fields.get(key), fields.name(key))

    def _whole(self, value, path):
        """A time of the file, at least 0, in integer units."""
        if isinstance(value, float) and self.rounding.scale > 1:
            value = round(value, 3) * self.rounding.scale
            return integer(round(value), path, least=0)
        return integer(value, path, least=0) * self.rounding.scale

    def weights(self):
        charges = self.charges
        return Weights(charges.travel, charges.waiting, charges.max_late, charges.max_idle)


def _square(rows, path):
    """A square matrix of numbers of at least 0, as floats."""
    size = len(rows)
    for i, row in enumerate(rows):
        if len(array(row, at(path, f"[{i}]"))) != size:
            raise InputError(f"{path}[{i}]", f"expected {size} numbers as there are rows, found {len(row)}")
        for j, value in enumerate(row):
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if not number or not 0 <= value < 1 << 40:
                raise InputError(f"{path}[{i}][{j}]", f"expected a number of at least 0, found {shown(value)}")
    return np.array(rows, dtype=float).reshape(size, size)


def _new(name, seen, path):
    if name in seen:
        raise InputError(path, f"{name!r} is there twice")


def _among(name, known, path, what):
    if name not in known:
        raise InputError(path, f"no {what} has the name {name!r}")
