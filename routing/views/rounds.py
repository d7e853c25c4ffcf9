"""A field worker's own round: seen, recorded, and kept for places without a connection."""

from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.access import allowed, requires
from accounts.permissions import Permission
from routing import services
from routing.models import PlanState
from routing.own_rounds import OwnRound, first_day, own_round, own_rounds
from routing.presenters.my_round import MyRoundPage
from routing.presenters.round_map import round_map
from routing.round_forms import EntryForm, entries_of
from routing.services.rounds import REFUSED, Recorded

WORKER = "round_worker.js"
private = cache_control(private=True, no_store=True)


@require_safe
@private
@requires(Permission.VIEW_OWN_ROUND)
def my_round(request):
    """Today's round, else the next one that is published."""
    rounds = own_rounds(request.user, request.organisation, since=first_day(timezone.now()))
    current = next((own for own in rounds if not own.is_empty), None)
    if current is None:
        return render(request, "routing/round/none.html", {"moved": rounds})
    return _show(request, current, others=[own for own in rounds if own is not current])


@require_safe
@private
@requires(Permission.VIEW_OWN_ROUND)
def my_round_of_plan(request, plan_id):
    return _show(request, _own(request, plan_id))


@require_safe
@private
@requires(Permission.VIEW_OWN_ROUND)
def my_round_map(request, plan_id):
    own = _own(request, plan_id)
    return render(request, "routing/round/map.html", {"plan": own.plan, "map": round_map(own)})


@require_POST
@requires(Permission.RECORD_OWN_ROUND)
def round_record(request, plan_id):
    """One entry of a form: the way without JavaScript."""
    own = _own(request, plan_id)
    form = EntryForm(request.POST)
    now = timezone.now()
    try:
        if not form.is_valid():
            raise services.EventRefused("That entry could not be read. Try again.")
        services.record_event(plan=own.plan, staff=own.staff, event=form.recorded(now), by=request.user, now=now)
    except services.EventRefused as error:
        refused = {"text": str(error), "visit": request.POST.get("visit", ""), "note": request.POST.get("note", "")}
        return _show(request, _own(request, plan_id), status=422, refused=refused)
    return redirect("my-round-of-plan", plan_id)


@require_POST
@requires(Permission.RECORD_OWN_ROUND)
def round_events(request, plan_id):
    """What waited on a phone, in one batch. An empty one asks whether the round has changed."""
    own = _own(request, plan_id)
    entries = entries_of(request.body)
    good = [entry for entry in entries if isinstance(entry, Recorded)]
    kept = iter(services.record_events(plan=own.plan, staff=own.staff, events=good, by=request.user) if good else [])
    answers = [_told(next(kept)) if isinstance(entry, Recorded) else {**entry, "answer": REFUSED} for entry in entries]
    own.plan.refresh_from_db(fields=["state", "version"])
    standing = {"version": own.plan.version, "is_open": own.plan.state in PlanState.running()}
    return JsonResponse({"answers": answers, **standing, "now": timezone.now().isoformat()})


@never_cache
@require_safe
@login_not_required
def round_worker(request):
    """The service worker: at an address of its own, because it may serve only what lies below it."""
    # From where collectstatic put it, else (tests, development) from where it was built.
    path = finders.find(WORKER) or (staticfiles_storage.exists(WORKER) and staticfiles_storage.path(WORKER))
    if not path:
        raise Http404("The scripts have not been built: make assets.")
    with open(path, encoding="utf-8") as script:
        return HttpResponse(script.read(), content_type="text/javascript; charset=utf-8")


def _told(answer) -> dict:
    reason = {"reason": answer.reason} if answer.reason else {}
    return {"id": str(answer.id), "answer": answer.outcome, **reason}


def _own(request, plan_id) -> OwnRound:
    own = own_round(request.user, request.organisation, plan_id)
    if own is None:
        raise Http404("You have no round in this plan.")
    return own


def _show(request, own: OwnRound, *, others=(), status=200, refused=None):
    page = MyRoundPage(
        own,
        now=timezone.now(),
        may_record=allowed(request.user, Permission.RECORD_OWN_ROUND, request.organisation),
        others=others,
        refused=refused,
    )
    return render(request, "routing/round/round.html", {"page": page, "plan": own.plan}, status=status)
