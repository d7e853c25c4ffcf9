"""Teams: people, bases, skills and shifts."""

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts import audit, undo
from accounts.access import allowed, requires
from accounts.list_files import asked_kind, list_file_response
from accounts.permissions import Permission
from routing import services
from routing.civil_time import NoSuchTime, today
from routing.forms import DepotForm, ShiftForm, SkillForm, StaffForm, TeamForm
from routing.lists.teams import staff_list, team_list_file
from routing.models import Depot, Shift, Skill, Team
from routing.presenters import shift_days, staff_rows
from routing.presenters.people import skill_warnings, team_tabs

SHIFT_DAYS_SHOWN = 14


@require_safe
@requires(Permission.MANAGE_TEAMS)
def team_list(request):
    teams = Team.objects.for_organisation(request.organisation).with_counts()
    if kind := asked_kind(request):
        return list_file_response(request, team_list_file(request.organisation, teams), kind)
    return render(request, "routing/team_list.html", {"teams": teams})


@requires(Permission.MANAGE_TEAMS)
def team_create(request):
    form = TeamForm(request.POST or None, organisation=request.organisation)
    if request.method == "POST" and form.is_valid():
        try:
            team = services.create_team(organisation=request.organisation, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            return redirect("team", team.pk)
    status = 422 if form.is_bound else 200
    has_patch = form.fields["patch"].queryset.exists()
    return render(request, "routing/team_form.html", {"form": form, "has_patch": has_patch}, status=status)


@require_safe
@requires(Permission.MANAGE_TEAMS)
def team_detail(request, team_id):
    team = _team(request, team_id)
    if kind := asked_kind(request):
        staff = team.staff.filter(only_in__isnull=True).for_display()
        audit.record_reading(request, "staff.list", staff)
        return list_file_response(request, staff_list(team, staff_rows(staff)), kind)
    return _show(request, team)


def _show(request, team, **bound):
    """The team's page; `bound` holds the one form that was refused, by its name."""
    staff = team.staff.filter(only_in__isnull=True).for_display()
    audit.record_reading(request, "staff.list", staff)
    until = today() + timedelta(days=SHIFT_DAYS_SHOWN)
    shifts = Shift.objects.for_organisation(request.organisation).filter(
        staff__team=team, day__gte=today(), day__lte=until
    )
    bases = Depot.objects.for_organisation(request.organisation).usual_first(team)
    forms = {
        "staff_form": StaffForm(organisation=request.organisation, prefix="staff", initial={"base": bases.first()}),
        "shift_form": ShiftForm(team=team, prefix="shift"),
        "depot_form": DepotForm(prefix="base"),
        "skill_form": SkillForm(prefix="skill"),
    } | bound
    context = {
        "team": team,
        "staff": staff_rows(staff),
        "tabs": team_tabs(team, "team", may_plan=allowed(request.user, Permission.EDIT_PLANS, request.organisation)),
        "warnings": skill_warnings(team.staff.active()),
        "days": shift_days(shifts.select_related("staff")),
        "has_base": bases.exists(),
        "skills": Skill.objects.for_organisation(request.organisation),
        "bound": next(iter(bound.values()), None),
        **forms,
    }
    return render(request, "routing/team.html", context, status=422 if bound else 200)


@require_POST
@requires(Permission.MANAGE_TEAMS)
def staff_add(request, team_id):
    team = _team(request, team_id)
    form = StaffForm(request.POST, organisation=request.organisation, prefix="staff")

    def save(data):
        services.add_staff(team=team, by=request.user, **data)

    return _saved(request, team, "staff_form", form, save)


@require_POST
@requires(Permission.MANAGE_TEAMS)
def shifts_add(request, team_id):
    team = _team(request, team_id)
    form = ShiftForm(request.POST, team=team, prefix="shift")

    def save(data):
        names = ("people", "days", "starts", "ends", "break_minutes")
        services.add_shifts(by=request.user, **{name: data[name] for name in names})

    return _saved(request, team, "shift_form", form, save)


@require_POST
@requires(Permission.MANAGE_TEAMS)
def base_add(request, team_id):
    team = _team(request, team_id)
    form = DepotForm(request.POST, prefix="base")

    def save(data):
        point = data["postcode"].point
        services.create_depot(organisation=request.organisation, name=data["name"], point=point, by=request.user)

    return _saved(request, team, "depot_form", form, save)


@require_POST
@requires(Permission.MANAGE_TEAMS)
def skill_add(request, team_id):
    team = _team(request, team_id)
    form = SkillForm(request.POST, prefix="skill")

    def save(data):
        services.create_skill(organisation=request.organisation, by=request.user, **data)

    return _saved(request, team, "skill_form", form, save)


@require_POST
@requires(Permission.MANAGE_TEAMS)
def shift_remove(request, team_id, shift_id):
    team = _team(request, team_id)
    shifts = Shift.objects.for_organisation(request.organisation).filter(staff__team=team)
    shift = get_object_or_404(shifts, pk=shift_id)
    back = reverse("team", args=[team.pk])
    try:
        with undo.keeping(request, kind="shift", thing=shift, back=back, done="The shift is back.") as kept:
            services.remove_shift(shift=shift, by=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, "The shift is removed.", extra_tags=kept.tag)
    return redirect("team", team.pk)


def _saved(request, team, name, form, save):
    if form.is_valid():
        try:
            save(form.cleaned_data)
        except (ValidationError, NoSuchTime) as error:
            form.add_error(None, error.messages if isinstance(error, ValidationError) else str(error))
        else:
            messages.success(request, "Saved.")
            return redirect("team", team.pk)
    return _show(request, team, **{name: form})


def _team(request, team_id) -> Team:
    return get_object_or_404(Team.objects.for_organisation(request.organisation).select_related("patch"), pk=team_id)
