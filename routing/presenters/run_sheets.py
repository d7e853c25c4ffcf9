"""Run sheets: each person's day on paper."""

from routing.models import PlanState, StaffMember

from .rounds import Round
from .wording import counted, duration

# What everybody does who stands before a closed door. An organisation's own policy goes before it.
NO_ACCESS = (
    "Ring or knock again, and check that the place is the one on this sheet.",
    "Call the base and say the reference of the visit: somebody there decides whether you wait or go on.",
    "Tick no access and write down the time. Leave nothing behind that says who you are or why you came.",
    "If you are worried about somebody's safety, call 999 first, then the base.",
)


class RunSheets:
    """What the template shows. `contents`: the plan; `staff`: whose sheet it is alone, None for everybody's."""

    no_access = NO_ACCESS

    def __init__(self, contents, rounds: list[Round], staff: StaffMember | None = None, *, may_see_plan=True):
        self.contents, self.plan, self.staff = contents, contents.plan, staff
        self.may_see_plan = may_see_plan
        self.sheets = [Sheet(each, self.plan) for each in rounds]

    @property
    def title(self) -> str:
        return f"Run sheet of {self.staff.display_name}" if self.staff else "Run sheets"

    @property
    def warning(self) -> str:
        """Why the paper is not to be worked from; empty once it is the day's work."""
        return "" if self.plan.state in PlanState.binding() else "Not approved: not to be worked from."

    @property
    def attribution(self) -> str:
        return self.contents.attribution

    @property
    def version(self) -> str:
        return f"version {self.plan.version}" if self.plan.version else "first version"


class Sheet:
    """One person's paper."""

    def __init__(self, each: Round, plan):
        self.round, self.plan = each, plan
        self.staff = each.assignment.staff
        back = each.assignment.returns_at
        # A break may come once everything is done: then it stands below the way back, as the day goes.
        self.rows = [row for row in each.rows if row["number"] or row["starts_at"] < back]
        self.rows_after = [row for row in each.rows if not row["number"] and row["starts_at"] >= back]

    @property
    def facts(self) -> list[tuple[str, str]]:
        """Label and text, for the head of the sheet."""
        each = self.round
        estimated, drives = each.estimated_drives
        driving = each.driving
        if estimated:
            driving += " (estimated)" if estimated == drives else " (partly estimated)"
        facts = [
            ("Out and back", each.times),
            ("Visits", counted(each.visit_count, "visit")),
            ("Start", each.starts_from),
            ("End", each.ends_at),
            ("Driving", driving),
        ]
        if each.overtime_seconds >= 60:
            facts.append(("Overtime", duration(each.overtime_seconds)))
        return facts

    @property
    def drive_back(self) -> str:
        return duration(self.round.way_back_seconds)
