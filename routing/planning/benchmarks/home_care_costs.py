"""The weights of a home-care instance: what each part of the cost is worth, and which are rules instead."""

from routing.planning.fields import Fields, InputError

HARD = "HARD"
# Left out, these are rules; the others left out count nothing.
RULES = {"caregiver_preferences", "optional_patients", "missed_lunch_break", "qualification", "incompabilities"}
STATED = (
    "travel_time", "total_tardiness", "highest_tardiness", "total_waiting_time", "total_extra_time", "max_idle_time",
    "caregiver_preferences", "optional_patients", "missed_lunch_break",
)  # fmt: skip
# Rules of the layout, which may not be bought off in the model.
RULES_ONLY = ("qualification", "incompabilities")
REFUSED = ("workload_balance", "max_waiting_time", "tw_max_dev_in_time", "tw_max_dev_in_desired_time", "working_time")


class Charges:
    """What is charged, in units of the problem; None: it is a rule.

    `late`, `overtime`: a unit of time; `unserved`, `preference`, `missed_break`: once; the others are weights.
    """

    def __init__(self, metadata, scale):
        components = Fields(
            metadata.get("cost_components", {}), metadata.name("cost_components"), (*STATED, *RULES_ONLY, *REFUSED)
        )
        self._refuse(components)
        self.travel = _weight(components, "travel_time")
        self.waiting = _weight(components, "total_waiting_time")
        self.max_idle = _weight(components, "max_idle_time")
        self.overtime = _charge(components, "total_extra_time")
        latest = _charge(components, "highest_tardiness")
        self.late = None if latest is None else _charge(components, "total_tardiness")
        self.max_late = latest if self.late is not None else 0
        self.unserved, self.preference, self.missed_break = (
            _scaled(_charge(components, key), scale)
            for key in ("optional_patients", "caregiver_preferences", "missed_lunch_break")
        )

    @staticmethod
    def _refuse(components):
        for key in REFUSED:
            if components.get(key, 0) not in (0, None):
                raise InputError(components.name(key), "is a part of the cost that a planning problem cannot state")
        for key in RULES_ONLY:
            if components.get(key, HARD) != HARD:
                raise InputError(components.name(key), "may only be a rule (HARD), it cannot be bought off")


def _charge(components, key):
    """A number; None for a rule."""
    default = HARD if key in RULES else 0
    return None if components.get(key, default) == HARD else components.number(key, default)


def _weight(components, key):
    charge = _charge(components, key)
    if charge is None:
        raise InputError(components.name(key), "cannot be forbidden altogether (HARD), only charged")
    return charge


def _scaled(charge, scale):
    return None if charge is None else charge * scale
