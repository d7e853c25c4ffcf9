"""The page of one plan: is it good, what is wrong, what can I do."""

from datetime import datetime
from functools import cached_property

from django.urls import reverse
from django.utils import timezone

from accounts.models import JobState
from accounts.people.flags import Flag
from lsoa.written_numbers import percent
from routing.models import PlanState, RoutePlan, Visit, VisitTier
from routing.plan_editing import why_not_editable
from routing.plan_verdicts import PlanVerdict, verdict_of
from routing.prechecks import findings_of
from routing.problem_building import number_at_work

from .bonds import LinksOf
from .creation import IntakePanel
from .curve import CostCurve
from .deferrals import DeferredOn, deferred_to
from .disruptions import DisruptionsPanel
from .fixed import FixedPanel
from .life import LifePanel
from .map import map_settings
from .plan_equity import EquityPanel
from .plan_parts import PlanParts, parts_of
from .plans import state_tag
from .progress import ProgressPanel
from .remedies import Wording
from .rounds import Round, give_visits, rounds_of, window_text
from .rules import rule_groups, rules_text
from .timeline import Timeline
from .travel import TravelOrigin
from .visits import late_window_text, needs_text
from .wording import counted, decile_text, decision_text, duration, kilometres, reason_label

FIFTHS = {"1": "1 most deprived", "2": "2", "3": "3", "4": "4", "5": "5 least deprived"}
UNSUCCESSFUL = (JobState.FAILED, JobState.CANCELLED, JobState.INTERRUPTED)
LEFT_OUT_AT_ONCE = 10
# Judged again whenever the page is shown; a larger plan that is not published yet is not read for that.
JUDGED = (PlanState.PROPOSED, PlanState.APPROVED, *PlanState.published())
MOST_JUDGED = 400
# Name of the address, title, what it is for.
PLAN_FILES = (
    ("plan-run-sheets", "Run sheets", "Everybody's day for printing, with a page for each person."),
    ("plan-stops-csv", "Stops (CSV)", "For a spreadsheet: one row for each stop, then the visits left out."),
    ("plan-timeline", "Timeline (SVG)", "The picture above as a file."),
    ("plan-routes", "Routes (GeoJSON)", "Lines and stops for mapping software."),
    ("plan-problem", "PROBLEM.json", "The day as the planner knows it: staff, visits, travel times."),
    ("plan-solution", "SOLUTION.json", "The routes and what the judge says about them, for check_plan."),
)
RATIO_CSS = {"green": "her-kpi--good", "amber": "her-kpi--warning", "red": "her-kpi--bad"}


class PlanPage:
    """Everything the template shows. `may_optimise`, `may_decide`: what the reader is allowed to do. `now`: the moment
    that the page speaks of, this one unless given.
    """

    def __init__(
        self,
        plan: RoutePlan,
        *,
        may_optimise=False,
        may_decide=False,
        may_edit=False,
        may_publish=False,
        now: datetime | None = None,
    ):
        self.plan, self.now = plan, now or timezone.now()
        self.is_optimising = plan.state == PlanState.OPTIMISING
        self.has_proposal = plan.optimised_at is not None and not self.is_optimising
        self.can_optimise = may_optimise and plan.state in (PlanState.DRAFT, PlanState.PROPOSED, PlanState.REJECTED)
        self.can_decide = may_decide and plan.state == PlanState.PROPOSED
        self.progress = ProgressPanel(plan, may_stop=may_optimise)
        self.intake = IntakePanel(plan.intake)
        self.tag = state_tag(plan)
        self.equity = EquityPanel(plan, may_optimise=may_optimise)
        self.may_edit = may_edit
        self.can_change = may_edit and not why_not_editable(plan)
        self.life = LifePanel(plan, may_edit=may_edit, may_publish=may_publish, may_decide=may_decide)
        self.disruptions = DisruptionsPanel(plan, may_edit=may_edit)
        self.fixed = FixedPanel(plan, can_change=self.life.can_fix)

    @cached_property
    def parts(self) -> PlanParts:
        """The large parts of the page, which need not be made for each view."""
        return parts_of(self)

    def share(self, other: "PlanPage"):
        """Take over what the page of another reader has read of the same plan, and what is the same for both."""
        for name in ("visits", "rounds", "wording", "findings", "people_free", "has_calendars"):
            if name in other.__dict__:
                self.__dict__.setdefault(name, other.__dict__[name])

    @cached_property
    def has_calendars(self) -> bool:
        return self.plan.organisation.has_flag(Flag.CALENDAR_FILES)

    @cached_property
    def visits(self) -> list[Visit]:
        """With areas and skills, for all that the page says of them."""
        return list(self.plan.visits.for_display())

    @cached_property
    def tier_one(self) -> int:
        return sum(visit.tier == VisitTier.FIRST for visit in self.visits)

    @cached_property
    def rounds(self) -> list[Round]:
        return rounds_of(self.plan, self.visits)

    @cached_property
    def travel(self) -> TravelOrigin:
        return TravelOrigin(self.plan, self.rounds)

    @cached_property
    def left_out(self) -> list[dict]:
        return self._left_out(self.plan.unserved, self.visits)

    def _left_out(self, unserved, visits) -> list[dict]:
        unserved = list(unserved.select_related("decided_by"))
        give_visits(unserved, visits)
        return [
            {
                "reference": left.visit.reference,
                "tier": left.visit.tier,
                "area": left.visit.area.name,
                "is_core20": left.visit.is_core20,
                "minutes": left.visit.minutes,
                "window": window_text(left.visit),
                "skills": ", ".join(skill.name for skill in left.visit.skills.all()) or "none",
                "pk": left.pk,
                "reason": reason_label(left.reason),
                "decision": decision_text(left),
                "deferred": self._deferrals.row(left),
                "detail": self.wording.detail(left.detail),
                "remedies": self.wording.remedies(left.remedies),
            }
            for left in unserved
        ]

    @cached_property
    def _deferrals(self) -> DeferredOn:
        return DeferredOn(self.plan, may_edit=self.may_edit)

    @cached_property
    def deferred_here(self) -> list[dict]:
        """Visits that came from an earlier day, with the plan that left them out."""
        return deferred_to(self.plan)

    @property
    def left_out_first(self) -> list[dict]:
        """The most urgent ones, which nobody should have to look for."""
        return self.left_out[: self._listed_at_once]

    @property
    def left_out_rest(self) -> list[dict]:
        return self.left_out[self._listed_at_once :]

    @property
    def _listed_at_once(self) -> int:
        # All of tier 1 whatever their number; and no heading for a single row.
        most = max(LEFT_OUT_AT_ONCE, self.tier_one_left_out)
        return most if len(self.left_out) > most + 1 else len(self.left_out)

    @cached_property
    def wording(self) -> Wording:
        return Wording(self.plan)

    @cached_property
    def findings(self) -> list[dict]:
        """What no plan can do, shown before the first optimisation."""
        if self.has_proposal or self.is_optimising or not self.visits:
            return []
        return self.wording.findings(findings_of(self.plan, self.visits))

    @property
    def reasons(self) -> list[dict]:
        """Visits left out by reason, the most frequent first."""
        groups: dict[str, list[dict]] = {}
        for row in self.left_out:
            groups.setdefault(row["reason"], []).append(row)
        return [
            {
                "reason": reason,
                "count": len(rows),
                "tier_one": sum(row["tier"] == VisitTier.FIRST for row in rows),
                "core20": sum(row["is_core20"] for row in rows),
            }
            for reason, rows in sorted(groups.items(), key=lambda group: -len(group[1]))
        ]

    def decide_with(self, form):
        """What the approver's panel shows of each visit that needs a decision, with its part of the form."""
        wanted = [row.left_out.pk for row in form.rows] if self.can_decide else []
        rows = self._left_out(self.plan.unserved.filter(pk__in=wanted), ()) if wanted else []
        known = {row["pk"]: row for row in rows}
        self.decisions = [
            known[row.left_out.pk] | {"form": row, "is_overdue": row.is_overdue, "is_open": row.is_open}
            for row in form.rows
            if row.left_out.pk in known
        ]

    @property
    def tier_one_left_out(self) -> int:
        return sum(row["tier"] == VisitTier.FIRST for row in self.left_out)

    @property
    def optimise_label(self) -> str:
        if self.plan.state == PlanState.DRAFT:
            return "Try again" if self.attempt_failed else "Optimise plan"
        return "Optimise again"

    @property
    def attempt_failed(self) -> bool:
        """Whether the last optimisation ended without a new plan; `plan.outcome_note` says how."""
        job = self.plan.job
        if self.is_optimising or job is None or job.state not in UNSUCCESSFUL:
            return False
        return self.plan.optimised_at is None or self.plan.optimised_at < job.created_at

    @cached_property
    def people_free(self) -> int:
        return number_at_work(self.plan)

    @cached_property
    def draft_lead(self) -> str:
        visits = f"{counted(len(self.visits), 'visit')} ({self.tier_one} of tier 1)"
        if not self.people_free:
            return (
                f"{visits}, and nobody to make them: on {self.plan.day:%A %-d %B %Y} nobody of {self.plan.team} has a "
                "shift and is free of absences and other approved plans."
            )
        return (
            f"{visits} for {counted(self.people_free, 'person', 'people')} on shift. "
            f"The search takes up to {counted(self.plan.seconds_allowed, 'second')}."
        )

    @cached_property
    def judged(self) -> PlanVerdict:
        """What the judge says of the plan as things are now. One too large to read while a page waits was judged when
        it was stored, and is again before it is approved.
        """
        is_read = self.plan.state in JUDGED and (self.plan.published_at or len(self.visits) <= MOST_JUDGED)
        return verdict_of(self.plan, self.visits, self.now) if is_read else PlanVerdict()

    @property
    def verdict(self) -> dict:
        """One sentence that says whether the plan is good, its colour, and lines under headings of what is not."""
        judged, total, left = self.judged, len(self.visits), len(self.left_out)
        head = f"{total - left} of {total} visits are planned; {rules_text(judged)}"
        css, text = self._left_out_verdict()
        css = "her-verdict--bad" if judged.broken else css or ("her-verdict--warning" if judged.late else "")
        return {"css": css, "head": head, "text": text, "groups": rule_groups(judged)}

    def _left_out_verdict(self) -> tuple[str, str]:
        """(colour, what is left out)."""
        left = len(self.left_out)
        if self.tier_one_left_out:
            count = counted(self.tier_one_left_out, "tier 1 visit is", "tier 1 visits are")
            undecided = sum(row["tier"] == VisitTier.FIRST and not row["decision"] for row in self.left_out)
            if not self.plan.is_binding:
                return "her-verdict--bad", f"{count} left out: a decision needs a reason."
            if undecided:
                return "her-verdict--bad", f"{count} left out, {undecided} of them without a named decision."
            return "her-verdict--warning", f"{count} left out by a named decision."
        text = f"All {self.tier_one} tier 1 visits are served." if self.tier_one else "There are no tier 1 visits."
        if not left:
            return "", text
        lower = counted(left, "lower-tier visit is", "lower-tier visits are")
        return "her-verdict--warning", f"{text} {lower} left out."

    @property
    def kpis(self) -> list[dict]:
        total, left = len(self.visits), len(self.left_out)
        late = self.tier_one_left_out
        travel = sum(each.assignment.travel_seconds for each in self.rounds)
        metres = sum(each.assignment.travel_metres for each in self.rounds)
        served = total - left
        fullest = max(self.rounds, key=lambda each: each.working_share, default=None)
        return [
            _kpi(
                "Tier 1 visits served",
                f"{self.tier_one - late} of {self.tier_one}",
                "urgent, or elevated in Core20",
                "her-kpi--bad" if late else "her-kpi--good",
            ),
            _kpi(
                "All visits served",
                f"{served} of {total}",
                f"{left} left out, reasons below" if left else "nobody left out",
                "her-kpi--warning" if left else "her-kpi--good",
            ),
            self._ratio_kpi,
            _kpi(
                self.travel.figure_label,
                duration(travel),
                f"{kilometres(metres)}; {duration(travel / served)} a visit" if served else kilometres(metres),
            ),
            _kpi(
                "People with visits",
                str(len(self.rounds)),
                f"fullest day {percent(fullest.working_share)}, {fullest.name}" if fullest else "",
            ),
        ]

    @property
    def _ratio_kpi(self) -> dict:
        equity = self.plan.equity or {}
        core20, rest = equity.get("core20") or {}, equity.get("rest") or {}
        note = f"{percent(core20.get('coverage'))} in Core20, {percent(rest.get('coverage'))} elsewhere"
        if equity.get("ratio") is None:
            return _kpi("Core20 coverage ratio", "–", "too few visits inside or outside Core20 to compare")
        return _kpi("Core20 coverage ratio", f"{equity['ratio']:.2f}", note, RATIO_CSS.get(equity["status"], ""))

    @property
    def equity_text(self) -> str:
        equity = self.plan.equity or {}
        if equity.get("ratio") is None:
            return "Too few visits inside or outside Core20 to compare the two."
        words = {
            "green": "Core20 areas are served at least as well as the others.",
            "amber": "Core20 areas are served slightly less well than the others.",
            "red": "Core20 areas are served less well than the others.",
        }
        return words.get(equity["status"], "")

    @property
    def fifths(self) -> list[dict]:
        """Coverage by deprivation fifth, for the table."""
        quintiles = (self.plan.equity or {}).get("quintiles") or {}
        return [_fifth(label, quintiles.get(key) or {}) for key, label in FIFTHS.items()]

    @property
    def bars(self) -> list[dict]:
        """The same for `{% chart_bars %}`."""
        return [
            {"label": row["label"], "share": row["share"], "text": row["coverage"], "interval": row["limits"]}
            for row in self.fifths
        ]

    @property
    def not_known(self) -> int:
        return (self.plan.equity or {}).get("not_known", 0)

    @cached_property
    def timeline(self) -> Timeline:
        return Timeline(self.plan, self.rounds, self.now)

    @property
    def curve(self) -> CostCurve:
        """How the search found this plan."""
        return CostCurve(self.plan.trace)

    @property
    def files(self) -> list[dict]:
        """What can be downloaded of the whole plan."""
        return [
            {"url": reverse(name, args=[self.plan.pk]), "title": title, "use": use} for name, title, use in PLAN_FILES
        ]

    @cached_property
    def map(self) -> dict:
        served = [row["visit"].point for each in self.rounds for row in each.rows if row["number"]]
        bases = [each.assignment.staff.base.point for each in self.rounds]
        return map_settings([*served, *bases] or [visit.point for visit in self.visits])

    @property
    def map_summary(self) -> str:
        left = (
            f" {counted(len(self.left_out), 'visit')} left out: hollow, with an exclamation mark."
            if self.left_out
            else ""
        )
        rounds = counted(len(self.rounds), "round")
        homes = any("home" in (each.starts_from, each.ends_at) for each in self.rounds)
        private = " Homes of staff are shown only to people who manage the team." if homes else ""
        shapes = "stops of tier 1 are diamonds, a flag marks Core20"
        return f"{rounds}; {self.travel.line_text}; {shapes}.{left}{private}"

    @cached_property
    def visit_rows(self) -> list[dict]:
        """Visits of a draft, which has no rounds yet."""
        links = LinksOf(self.visits)
        return [
            {
                "links": links.words(visit),
                "reference": visit.reference,
                "tier": visit.tier,
                "area": visit.area.name,
                "place": visit.postcode or "no postcode",
                "decile": decile_text(visit.imd_decile),
                "minutes": visit.minutes,
                "window": late_window_text(visit),
                "skills": needs_text(visit),
                "visit": visit,
            }
            for visit in self.visits
        ]


def _kpi(label, value, note="", css="") -> dict:
    return {"label": label, "value": value, "note": note, "css": css}


def _fifth(label, group) -> dict:
    blank = {"label": label, "interval": "", "share": None, "limits": None}
    if group.get("hidden"):
        return blank | {"n": "under 5", "served": "", "coverage": "not shown"}
    if not group.get("n"):
        return blank | {"n": "0", "served": "0", "coverage": "no visits"}
    limits = (group["low"], group["high"])
    return {
        "label": label,
        "n": str(group["n"]),
        "served": str(group["served"]),
        "coverage": percent(group["coverage"]),
        "interval": f"{percent(limits[0])} to {percent(limits[1])}",
        "share": group["coverage"],
        "limits": limits,
    }
