"""A small made-up instance, and a plan, in the layout in which home-care sets are published."""

import copy
import json

# Two caregivers at one base; times in minutes. Places: base 0, then the patients.
INSTANCE = {
    "metadata": {
        "name": "made up",
        "origin": "generated",
        "time_window_met": "at_service_start",
        "cost_components": {
            "travel_time": 2,
            "total_tardiness": 3,
            "highest_tardiness": 4,
            "total_waiting_time": 5,
            "total_extra_time": 6,
            "max_idle_time": 7,
            "caregiver_preferences": 11,
            "optional_patients": 100,
            "missed_lunch_break": 50,
        },
    },
    "distances": [[0, 10, 20, 15], [10, 0, 12, 9], [20, 12, 0, 8], [15, 9, 8, 0]],
    "terminal_points": [{"id": "base", "distance_matrix_index": 0}],
    "caregivers": [
        {
            "id": "c1",
            "abilities": ["wash"],
            "departing_point": "base",
            "arrival_point": "base",
            "working_shift": {"start": 0, "end": 300},
            "lunch_break": True,
        },
        {
            "id": "c2",
            "abilities": ["wash", "dress"],
            "departing_point": "base",
            "working_shift": {"start": 60, "end": 240},
            "lunch_break": False,
        },
    ],
    "patients": [
        {
            "id": "p1",
            "required_services": [{"service": "wash", "duration": 20}, {"service": "dress"}],
            "distance_matrix_index": 1,
            "time_windows": [{"start": 90, "end": 150}],
            "synchronization": {"type": "sequential", "distance": {"min": 10, "max": 40}},
        },
        {
            "id": "p2",
            "required_services": [{"service": "wash"}],
            "distance_matrix_index": 2,
            "time_windows": [{"start": 30, "end": 60}, {"start": 200, "end": 220}],
            "preferred_caregivers": ["c2"],
            "optional": True,
        },
        {
            "id": "p3",
            "required_services": [{"service": "wash"}],
            "distance_matrix_index": 3,
            "time_windows": [{"start": 200, "end": 210}],
            "incompatible_caregivers": ["c2"],
        },
    ],
    "services": [
        {"id": "wash", "type": "care", "default_duration": 30},
        {"id": "dress", "type": "nursing", "default_duration": 15},
    ],
    "lunch_breaks": {"start": 90, "end": 180, "min_duration": 30},
}

# c1: lunch on arrival at p3's, then p3 late (215 after 210); c2: p1 twice is not allowed, so c1 washes and c2 dresses.
PLAN = {
    "cost": {"objective": 0},
    "routes": [
        {
            "caregiver_id": "c1",
            "locations": [
                {"patient": "p1", "service": "wash", "arrival_time": 130, "departure_time": 150},
                {"patient": "p1", "service": "lunch_break", "start_time": 95, "end_time": 125},
                {"patient": "p3", "service": "wash", "arrival_time": 215, "departure_time": 245},
            ],
        },
        {
            "caregiver_id": "c2",
            "locations": [{"patient": "p1", "service": "dress", "arrival_time": 150, "departure_time": 165}],
        },
    ],
}
# Travel: c1 10 + 9 + 15, c2 10 + 10. Waiting: c1 from 159 to 215; idle: c1 85 to begin with, 5 before p1, 56 before p3,
# 40 at the end, but not at lunch; c2 180 less 15 less 20.
TRAVEL, WAITING, IDLE, LATE = 34 + 20, 56, 85 + 5 + 56 + 40, 5
COST = 2 * TRAVEL + 5 * WAITING + 7 * IDLE + (3 + 4) * LATE + 100


def instance(*changes):
    """The instance with changes: (path of keys and indexes, value); the value None takes the last key out."""
    return changed(INSTANCE, changes)


def plan(*changes, cost=COST):
    return changed(PLAN, [(("cost", "objective"), cost), *changes])


def changed(value, changes):
    value = copy.deepcopy(value)
    for path, new in changes:
        at = value
        for key in path[:-1]:
            at = at[key]
        if new is None:
            del at[path[-1]]
        else:
            at[path[-1]] = new
    return value


def write(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value))
    return path
