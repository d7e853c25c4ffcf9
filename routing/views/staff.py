"""One person of a team: details, skills, absences."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts import undo
from accounts.access import allowed, requires
from accounts.permissions import Permission
from routing import services
from routing.civil_time import today
from routing.models import Shift, StaffMember, Team
from routing.presenters.people import absence_rows, skill_form_rows, team_tabs
from routing.presenters.teams import shift_days
from routing.team_forms import AbsenceForm, StaffDetailsForm, StaffSkillsForm

SHIFTS_SHOWN = 20


@requires(Permission.MANAGE_TEAMS)
def staff_detail(request, team_id, staff_id):
    person = find_person(request, team_id, staff_id)
    if request.method != "POST":
        return _show(request, person)
    form = StaffDetailsForm(request.POST, person=person)
    if form.is_valid() and _kept(form, services.change_staff, person=person, values=form.cleaned_data, by=request.user):
        messages.success(request, "Saved.")
        return redirect("staff", team_id, staff_id)
    return _show(request, person, form=form)


@require_POST
@requires(Permission.MANAGE_TEAMS)
def staff_skills(request, team_id, staff_id):
    person = find_person(request, team_id, staff_id)
    form = StaffSkillsForm(request.POST, person=person, prefix="skill")
    if form.is_valid():
        services.set_staff_skills(person=person, skills=form.cleaned_data["skills"], by=request.user)
        messages.success(request, "Skills are saved.")
        return redirect("staff", team_id, staff_id)
    return _show(request, person, skills_form=form)


@require_POST
@requires(Permission.MANAGE_TEAMS)
def absence_add(request, team_id, staff_id):
    person = find_person(request, team_id, staff_id)
    form = AbsenceForm(request.POST, prefix="absence")
    if form.is_valid() and _kept(form, services.save_absence, person=person, by=request.user, **form.cleaned_data):
        _tell_of_plans(request, person, form.cleaned_data)
        return redirect("staff", team_id, staff_id)
    return _show(request, person, absence_form=form)


@requires(Permission.MANAGE_TEAMS)
def absence_edit(request, team_id, staff_id, absence_id):
    person = find_person(request, team_id, staff_id)
    absence = get_object_or_404(person.absences.all(), pk=absence_id)
    initial = {name: getattr(absence, name) for name in ("first_day", "last_day", "kind")}
    form = AbsenceForm(request.POST or None, prefix="absence", initial=initial)
    if request.method == "POST" and form.is_valid():
        values = {"person": person, "absence": absence, "by": request.user, **form.cleaned_data}
        if _kept(form, services.save_absence, **values):
            _tell_of_plans(request, person, form.cleaned_data)
            return redirect("staff", team_id, staff_id)
    context = {"person": person, "team": person.team, "absence": absence, "form": form}
    return render(request, "routing/absence.html", context, status=422 if form.is_bound else 200)


@require_POST
@requires(Permission.MANAGE_TEAMS)
def absence_remove(request, team_id, staff_id, absence_id):
    person = find_person(request, team_id, staff_id)
    absence = get_object_or_404(person.absences.all(), pk=absence_id)
    back = reverse("staff", args=[team_id, staff_id])
    with undo.keeping(request, kind="absence", thing=absence, back=back, done="The absence is back.") as kept:
        services.remove_absence(absence=absence, by=request.user)
    messages.success(request, "The absence is removed.", extra_tags=kept.tag)
    return redirect("staff", team_id, staff_id)


def _show(request, person, **bound):
    """The page; `bound` holds the one form that was refused, by its name."""
    forms = {
        "form": StaffDetailsForm(person=person),
        "skills_form": StaffSkillsForm(person=person, prefix="skill"),
        "absence_form": AbsenceForm(prefix="absence", initial={"first_day": today()}),
    } | bound
    day = today()
    shifts = (
        Shift.objects.for_organisation(request.organisation)
        .filter(staff=person, day__gte=day)
        .select_related("staff")[:SHIFTS_SHOWN]
    )
    may_plan = allowed(request.user, Permission.EDIT_PLANS, request.organisation)
    context = {
        "person": person,
        "team": person.team,
        "tabs": team_tabs(person.team, "", may_plan=may_plan),
        "absences": absence_rows(person, person.absences.filter(last_day__gte=day)),
        "past_absences": person.absences.filter(last_day__lt=day).count(),
        "days": shift_days(shifts),
        "skill_rows": skill_form_rows(forms["skills_form"], person),
        "may_erase": allowed(request.user, Permission.MANAGE_PRIVACY, request.organisation),
        "bound": next(iter(bound.values()), None),
        **forms,
    }
    return render(request, "routing/staff.html", context, status=422 if bound else 200)


def _kept(form, service, **values) -> bool:
    """Whether a service took what the form holds; what it refuses is shown at its fields."""
    try:
        service(**values)
    except ValidationError as error:
        known = hasattr(error, "error_dict") and set(error.error_dict) <= set(form.fields)
        form.add_error(None, error if known else error.messages)
        return False
    return True


def _tell_of_plans(request, person, days):
    """A plan that reckons with somebody who is away is mended there, not here."""
    first, last = max(days["first_day"], today()), days["last_day"]
    plans = list(services.plans_holding(person, first, last)) if first <= last else []
    if plans:
        names = ", ".join(plan.name for plan in plans)
        messages.warning(request, f"Saved. {person} is in a plan on these days: {names}. See below what to do.")
    else:
        messages.success(request, "The absence is saved.")


def find_person(request, team_id, staff_id) -> StaffMember:
    team = get_object_or_404(Team.objects.for_organisation(request.organisation), pk=team_id)
    people = StaffMember.objects.for_organisation(request.organisation).filter(team=team, only_in__isnull=True)
    return get_object_or_404(people.for_display().select_related("team__organisation", "user", "base"), pk=staff_id)
