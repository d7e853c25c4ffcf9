"""What is fixed in a plan, and scenarios: copy, try, add and take away."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts import undo
from accounts.access import allowed, requires
from accounts.permissions import Permission
from routing import life_forms as forms
from routing import services
from routing.editing import EditError
from routing.models import PlanState, UnservedVisit
from routing.plan_editing import OpenPlan
from routing.presenters.fixed import FixedPanel
from routing.presenters.life import LifePanel
from routing.services.optimisation import OPTIMISABLE

from .plans import settled_plan

HOLDS = "This applies from now on. Optimise to see what it does to the plan."
HOLDS_NOW = "This applies from now on, whatever is changed today."
# By the name in the address: heading, label of the button, form, service, and whether only a scenario can have it.
WAYS = {
    "keep": ("Keep a visit with a person or at a time", "Keep visit", forms.PinForm, services.pin_visit, False),
    "leave-out": ("Leave a visit out", "Leave visit out", forms.LeaveOutForm, services.exclude_visit, False),
    "lock": ("Keep somebody's whole day", "Keep whole day", forms.LockForm, services.lock_round, False),
    "without": ("Plan without somebody", "Plan without them", forms.WithoutPersonForm, services.exclude_person, False),
    "nurse": ("One more nurse", "Add nurse", forms.MadeUpPersonForm, services.add_made_up_person, True),
    "longer": ("A longer shift", "Make shift longer", forms.LongerShiftForm, services.extend_shift, True),
    "window": ("Another window", "Change window", forms.WindowForm, services.change_window, True),
}


@require_safe
@requires(Permission.VIEW_PLANS)
def plan_fixed(request, plan_id):
    return _show(request, settled_plan(request, plan_id))


@require_POST
@requires(Permission.EDIT_PLANS)
def plan_fix(request, plan_id, way):
    plan = settled_plan(request, plan_id)
    if way not in WAYS:
        raise Http404(f"{way!r} is nothing that can be fixed.")
    _, _, form_class, service, _ = WAYS[way]
    form = form_class(request.POST, plan=plan, prefix=way)
    if form.is_valid():
        try:
            _fix(plan, way, service, request.user, form.cleaned_data)
        except (ValidationError, services.EditRefused) as error:
            form.add_error(None, error.messages)
        except EditError as error:
            form.add_error(None, OpenPlan(plan).refused(error))
        else:
            messages.success(request, HOLDS_NOW if plan.state in PlanState.running() else HOLDS)
            return redirect("plan-fixed", plan.pk)
    return _show(request, plan, bound=(way, form), status=422)


def _fix(plan, way, service, by, values):
    """A visit that is left out of a plan that people work by goes off its round at once."""
    if way == "leave-out" and plan.state in PlanState.running():
        services.leave_out(plan=plan, version=plan.version, by=by, **values)
    else:
        service(plan=plan, by=by, **values)


@require_POST
@requires(Permission.EDIT_PLANS)
def plan_unfix(request, plan_id, number):
    plan = settled_plan(request, plan_id)
    adjustment = plan.adjustments.filter(pk=number).first()
    back = reverse("plan-fixed", args=[plan.pk])
    if adjustment is None:  # taken away already: what was asked for is so
        return redirect(back)
    words = FixedPanel(plan, can_change=True).words(adjustment)
    kept_as = {"kind": "plan_adjustment", "thing": adjustment, "back": back, "done": f"This holds again: {words}."}
    try:
        # The plan before what hangs on it, in the order in which all services take them.
        with transaction.atomic():
            services.locked(plan)
            with undo.keeping(request, **kept_as) as kept:
                services.remove_adjustment(plan=plan, adjustment=adjustment, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, f"This holds no more: {words}.", extra_tags=kept.tag)
    return redirect(back)


@requires(Permission.EDIT_PLANS)
def plan_made_up(request, plan_id, staff_id):
    """Somebody who was made up for a scenario, to be changed before it is optimised."""
    plan = settled_plan(request, plan_id)
    person = get_object_or_404(plan.extra_people.select_related("base"), pk=staff_id)
    form = forms.MadeUpPersonForm(request.POST or None, plan=plan, person=person)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_made_up_person(plan=plan, staff=person, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, HOLDS)
            return redirect("plan-fixed", plan.pk)
    context = {"plan": plan, "person": person, "form": form}
    return render(request, "routing/made_up.html", context, status=422 if form.is_bound else 200)


@require_POST
@requires(Permission.EDIT_PLANS)
def plan_unmake(request, plan_id, staff_id):
    plan = settled_plan(request, plan_id)
    person = get_object_or_404(plan.extra_people, pk=staff_id)
    _tell(request, services.remove_made_up_person, plan=plan, staff=person)
    return redirect("plan-fixed", plan.pk)


@require_POST
@requires(Permission.EDIT_PLANS)
def plan_copy(request, plan_id):
    plan = settled_plan(request, plan_id)
    scenario = _tell(request, services.copy_as_scenario, plan=plan)
    if scenario is None:
        return redirect("plan", plan.pk)
    messages.success(request, "This is a copy to try something in. It does not use anybody’s time.")
    return redirect("plan-fixed", scenario.pk)


@require_POST
@requires(Permission.EDIT_PLANS)
def plan_try(request, plan_id, left_out, number):
    plan = settled_plan(request, plan_id)
    left = get_object_or_404(UnservedVisit.objects.for_organisation(request.organisation), pk=left_out, plan=plan)
    scenario = _tell(request, services.try_remedy, left_out=left, number=number)
    if scenario is None:
        return redirect("plan", plan.pk)
    messages.success(request, "This copy has the change. Change it if you like, then optimise to see what it does.")
    return redirect("plan-fixed", scenario.pk)


def _tell(request, service, **values):
    try:
        return service(by=request.user, **values)
    except ValidationError as error:
        for line in error.messages:
            messages.error(request, line)
        return None


def _show(request, plan, bound=None, status=200):
    may_edit = allowed(request.user, Permission.EDIT_PLANS, request.organisation)
    life = LifePanel(plan, may_edit=may_edit)
    cards = []
    for way, (heading, label, form_class, _, only_in_scenarios) in WAYS.items():
        if not life.can_fix or (only_in_scenarios and plan.scenario_of_id is None):
            continue
        form = bound[1] if bound and bound[0] == way else form_class(plan=plan, prefix=way)
        cards.append({"way": way, "heading": heading, "label": label, "form": form})
    context = {
        "plan": plan,
        "life": life,
        "fixed": FixedPanel(plan, can_change=life.can_fix),
        "cards": cards,
        "may_search": plan.scenario_of_id is not None
        and plan.state in OPTIMISABLE
        and allowed(request.user, Permission.OPTIMISE_PLANS, request.organisation),
        "bound": bound[1] if bound else None,
    }
    return render(request, "routing/fixed.html", context, status=status)
