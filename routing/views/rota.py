"""The rota of a team: two weeks of it, and files of shifts and absences."""

import csv
from datetime import date, timedelta
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import allowed, requires
from accounts.list_files import asked_kind, list_file_response
from accounts.permissions import Permission
from routing import services
from routing.civil_time import today
from routing.csv_files import FileRefused
from routing.lists.teams import absence_list, rota_list
from routing.models import RotaFile, Team
from routing.presenters.people import skill_warnings, team_tabs
from routing.presenters.rota import RotaFilePage, RotaGrid
from routing.rota_files import ABSENCES
from routing.team_forms import CsvForm

FILES_SHOWN = 10


@require_safe
@requires(Permission.MANAGE_TEAMS)
def rota(request, team_id):
    team = _team(request, team_id)
    if kind := asked_kind(request):
        grid = RotaGrid(team, _first_day(request.GET.get("from", "")))
        listed = absence_list if request.GET.get("list") == "absences" else rota_list
        return list_file_response(request, listed(team, grid), kind)
    return _show(request, team, CsvForm())


@require_POST
@requires(Permission.MANAGE_TEAMS)
def rota_upload(request, team_id):
    team = _team(request, team_id)
    form = CsvForm(request.POST, request.FILES)
    if form.is_valid():
        content = form.cleaned_data["content"]
        name = form.cleaned_data["file"].name
        try:
            file = services.upload_rota(team=team, name=name, content=content, by=request.user)
        except FileRefused as error:
            form.add_error("file", str(error))
        else:
            return redirect("rota-file", team.pk, file.pk)
    return _show(request, team, form, status=422)


@require_safe
@requires(Permission.MANAGE_TEAMS)
def rota_file(request, team_id, file_id):
    file = _file(request, team_id, file_id)
    context = {"team": file.team, "file": file, "page": RotaFilePage(file), "tabs": _tabs(request, file.team)}
    return render(request, "routing/rota_file.html", context)


@require_POST
@requires(Permission.MANAGE_TEAMS)
def rota_apply(request, team_id, file_id):
    return _settle(request, _file(request, team_id, file_id), services.apply_rota, "The rota is changed.")


@require_POST
@requires(Permission.MANAGE_TEAMS)
def rota_discard(request, team_id, file_id):
    return _settle(request, _file(request, team_id, file_id), services.discard_rota, "Nothing was changed.")


@require_safe
@requires(Permission.MANAGE_TEAMS)
def rota_refused(request, team_id, file_id):
    """The rows that were refused, as a file."""
    file = _file(request, team_id, file_id)
    rows = ((entry["line"], entry["reason"]) for entry in file.report.get("rejected", []))
    return _csv("refused-rows.csv", ("line", "reason"), rows)


@require_safe
@requires(Permission.MANAGE_TEAMS)
def rota_template(request, team_id):
    """A file to fill in: a line for each person of the team. `?kind=absences` for absences."""
    team = _team(request, team_id)
    people = team.staff.active().values_list("reference", flat=True)
    monday = today() + timedelta(days=7 - today().weekday())
    day = f"{monday:%d/%m/%Y}"
    if request.GET.get("kind") == RotaFile.Kind.ABSENCES:
        rows = ((person, day, day, "leave") for person in people[:1])
        return _csv("absences.csv", ("staff", "first_day", "last_day", "kind"), rows)
    rows = ((person, day, "08:00", "16:30", 30, "11:30-13:30") for person in people)
    return _csv("rota.csv", ("staff", "day", "start", "end", "break_minutes", "break_window"), rows)


def _show(request, team, form, status=200):
    grid = RotaGrid(team, _first_day(request.GET.get("from", "")))
    context = {
        "team": team,
        "tabs": _tabs(request, team, "rota"),
        "grid": grid,
        "form": form,
        "warnings": skill_warnings(team.staff.active()),
        "files": team.rota_files.exclude(state=RotaFile.State.DISCARDED).defer("content")[:FILES_SHOWN],
        "absence_columns": sorted(ABSENCES.known),
        "absences_query": urlencode({"from": grid.first_day, "list": "absences"}),
    }
    return render(request, "routing/rota.html", context, status=status)


def _first_day(text) -> date:
    """The Monday of the week of that day; of this week for anything that is no day."""
    try:
        day = date.fromisoformat(text)
        return day - timedelta(days=day.weekday())
    except (ValueError, OverflowError):
        return today() - timedelta(days=today().weekday())


def _settle(request, file, service, done):
    try:
        service(file=file, by=request.user)
    except (ValidationError, FileRefused) as error:
        messages.error(request, getattr(error, "messages", [str(error)])[0])
    else:
        messages.success(request, done)
    return redirect("rota-file", file.team_id, file.pk)


def _tabs(request, team, current=""):
    return team_tabs(team, current, may_plan=allowed(request.user, Permission.EDIT_PLANS, request.organisation))


def _csv(name, heading, rows) -> HttpResponse:
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    csv.writer(answer).writerows([heading, *rows])
    return answer


def _team(request, team_id) -> Team:
    return get_object_or_404(
        Team.objects.for_organisation(request.organisation).select_related("patch", "organisation"), pk=team_id
    )


def _file(request, team_id, file_id) -> RotaFile:
    files = RotaFile.objects.for_organisation(request.organisation).filter(team=team_id).defer("content")
    return get_object_or_404(files.select_related("team"), pk=file_id)
