"""The large parts of a plan's page, as HTML: what the plan is, and how it stands.

They are the same for everybody who may see the plan, apart from what those may do who may change it. So they are kept
while all that they were read from says the same (`accounts.kept_answers`): plan, visits, rounds, records, rota,
absences, skills, what people fixed, what other plans hold.

A plan that people work by stands otherwise from minute to minute: its parts hold for the minute in which they were
made, and a record that comes meanwhile ends them at once, so that nothing recorded lies after their moment. Where a
road network says how long a drive takes, that may change without the database knowing: then they are made for each
view.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max, Min
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from accounts.kept_answers import as_html, kept_answer
from routing.civil_time import LONDON
from routing.models import PlanState, RoutePlan
from routing.travel_sources import travel_times

OF_ALL = ("intake", "deferred")
OF_PROPOSAL = ("verdict", "kpis", "travel_tag", "rounds", "travel")
# Parts that also show what only those can do who may change the plan.
OF_PROPOSAL_BY_READER, OF_DRAFT_BY_READER = ("left_out",), ("before", "visits")


@dataclass(frozen=True)
class PlanParts:
    """HTML of a plan with routes: `verdict`, `kpis`, `travel_tag`, `rounds`, `left_out`, `travel`; of one without:
    `before`, `visits`; of both: `intake`, `deferred`. Empty where the plan has no such part.
    """

    verdict: SafeString = SafeString()
    kpis: SafeString = SafeString()
    travel_tag: SafeString = SafeString()
    rounds: SafeString = SafeString()
    left_out: SafeString = SafeString()
    travel: SafeString = SafeString()
    intake: SafeString = SafeString()
    deferred: SafeString = SafeString()
    before: SafeString = SafeString()
    visits: SafeString = SafeString()


def parts_of(page) -> PlanParts:
    """Of a PlanPage, for its reader."""
    made = _kept(page) if _may_be_kept(page.plan) else _made(page, [page])
    whose = _whose(page.may_edit)
    texts = {name.removesuffix(whose): text for name, text in made.items() if "|" not in name or name.endswith(whose)}
    return PlanParts(**as_html(texts))


def _may_be_kept(plan: RoutePlan) -> bool:
    return plan.state != PlanState.OPTIMISING and not travel_times().sources


def _kept(page) -> dict[str, str]:
    plan, now = page.plan, page.now
    day = now.astimezone(LONDON).date()

    def work() -> dict[str, str]:
        # Read anew, so that the plan and its organisation are among what the answer was read from.
        fresh = RoutePlan.objects.for_organisation(plan.organisation_id).with_team().get(pk=plan.pk)
        viewer, editor = type(page)(fresh, now=now), type(page)(fresh, may_edit=True, now=now)
        return _made(viewer, [viewer, editor])

    minute = now.isoformat(timespec="minutes") if _moves(plan, day, now) else ""
    return kept_answer(("plan", str(plan.pk), day.isoformat(), minute), work)


def _moves(plan: RoutePlan, day: date, now: datetime) -> bool:
    """Whether the parts say something else from minute to minute: of a plan that people work by from its day on, as it
    is judged; of another on its day while people would be out, where the timeline has a line of now.
    """
    if plan.state in PlanState.published():
        return plan.day <= day
    if plan.day != day:
        return False
    times = plan.assignments.aggregate(
        departs=Min("departs_at"), starts=Min("shift__starts_at"), returns=Max("returns_at"), ends=Max("shift__ends_at")
    )
    if times["departs"] is None:
        return False
    return min(times["departs"], times["starts"]) <= now <= max(times["returns"], times["ends"])


def _made(page, readers) -> dict[str, str]:
    """Texts by name; of parts that differ by reader, "name|edit" and "name|view"."""
    same, by_reader = OF_ALL, OF_DRAFT_BY_READER
    if page.has_proposal:
        same, by_reader = OF_ALL + OF_PROPOSAL, OF_PROPOSAL_BY_READER
    elif page.is_optimising:
        by_reader = ()
    texts = {name: _rendered(name, page) for name in same}
    for reader in readers:
        reader.share(page)
        texts |= {f"{name}{_whose(reader.may_edit)}": _rendered(name, reader) for name in by_reader}
    return texts


def _whose(may_edit: bool) -> str:
    return "|edit" if may_edit else "|view"


def _rendered(name: str, page) -> str:
    return render_to_string(f"routing/plan/_{name}.html", {"page": page, "plan": page.plan})
