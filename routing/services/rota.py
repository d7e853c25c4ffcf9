"""Files of shifts and absences: looked at first, applied once, and harmless when applied again."""

from collections import defaultdict
from dataclasses import asdict, dataclass, field
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import audit
from routing.models import Absence, RotaFile, RouteAssignment, Shift, StaffMember
from routing.rota_files import ParsedAbsence, ParsedShift, RotaSheet, read_rota_file

from .people import days_text

BATCH = 5_000
TIMES = ("starts_at", "ends_at", "break_minutes", "break_earliest", "break_latest")


@dataclass
class RotaChange:
    """What a file changes. `outdated`: rows of the database that go; `fresh`: unsaved ones that come."""

    rows: int = 0
    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    first_day: str = ""
    last_day: str = ""
    people: int = 0
    rejected: list[dict] = field(default_factory=list)
    outdated: list = field(default_factory=list)
    fresh: list = field(default_factory=list)

    @property
    def report(self) -> dict:
        """Plain values, kept with the file."""
        told = asdict(self, dict_factory=lambda pairs: {k: v for k, v in pairs if k not in ("outdated", "fresh")})
        return told | {"rejected": sorted(self.rejected, key=lambda entry: entry["line"])}


@transaction.atomic
def upload_rota(*, team, name: str, content: bytes, by) -> RotaFile:
    """Keep a file and say what it would change; nothing changes yet. FileRefused when it is no rota of this system.

    The same content again, while it waits, is the same file.
    """
    sheet = read_rota_file(content, team=team)
    file, _ = RotaFile.objects.update_or_create(
        team=team,
        sha256=sheet.sha256,
        state=RotaFile.State.CHECKED,
        defaults={
            "kind": sheet.kind,
            "name": name[:200] or "rota.csv",
            "content": content,
            "report": change_of(team, sheet).report,
            "uploaded_by": by if hasattr(by, "email") else None,
        },
    )
    return file


@transaction.atomic
def apply_rota(*, file: RotaFile, by) -> RotaFile:
    """Do what the file says, as the rota is now; `file.report` says what came of it. ValidationError when that was
    done, or the file was discarded.
    """
    file = _locked(file)
    sheet = read_rota_file(bytes(file.content), team=file.team)
    # One file at a time for a team: two would each reckon with the shifts that the other removes. No plan may begin to
    # build on a shift while it goes.
    for rows in (StaffMember.objects.filter(team=file.team), Shift.objects.filter(staff__team=file.team)):
        list(rows.order_by("pk").select_for_update(of=("self",)).values_list("pk"))
    change = change_of(file.team, sheet)
    model = Shift if file.kind == RotaFile.Kind.SHIFTS else Absence
    model.objects.filter(pk__in=[row.pk for row in change.outdated]).delete()
    model.objects.bulk_create(change.fresh, batch_size=BATCH)
    _settle(file, RotaFile.State.APPLIED, change.report)
    details = {name: value for name, value in change.report.items() if name != "rejected"}
    audit.record(
        action="rota.imported",
        by=by,
        organisation=file.team.organisation,
        target=file.team,
        details={**details, "rejected": len(change.rejected), "kind": file.kind, "sha256": file.sha256},
    )
    return file


@transaction.atomic
def discard_rota(*, file: RotaFile, by) -> RotaFile:
    """Nothing of the file is done; what it held is forgotten."""
    file = _locked(file)
    _settle(file, RotaFile.State.DISCARDED, file.report)
    audit.record(
        action="rota.discarded",
        by=by,
        organisation=file.team.organisation,
        target=file.team,
        details={"sha256": file.sha256},
    )
    return file


def check_rota(*, team, content: bytes) -> dict:
    """What a file would change, with its kind, for the command line; nothing is kept. FileRefused as `upload_rota`."""
    sheet = read_rota_file(content, team=team)
    return {"kind": sheet.kind, **change_of(team, sheet).report}


@transaction.atomic
def import_rota(*, team, name: str, content: bytes, by) -> RotaFile:
    """Check and apply at once, for the command line. FileRefused as `upload_rota`."""
    return apply_rota(file=upload_rota(team=team, name=name, content=content, by=by), by=by)


def change_of(team, sheet: RotaSheet) -> RotaChange:
    """What a file that was read changes in the rota as it is now."""
    change = RotaChange(rows=sheet.size, rejected=list(sheet.rejected))
    if not sheet.rows:
        return change
    if sheet.kind == RotaFile.Kind.ABSENCES:
        _compare_absences(sheet.rows, change)
        days = [row.first_day for row in sheet.rows] + [row.last_day for row in sheet.rows]
    else:
        _compare_shifts(sheet.rows, change)
        days = [row.day for row in sheet.rows]
    change.people = len({row.staff for row in sheet.rows})
    change.first_day, change.last_day = str(min(days)), str(max(days))
    return change


def _compare_shifts(rows: list[ParsedShift], change: RotaChange) -> None:
    """A file says the whole working time of a person on each day that it names."""
    first, last = min(row.day for row in rows), max(row.day for row in rows)
    around = (first - timedelta(days=1), last + timedelta(days=1))
    there = Shift.objects.filter(staff__in={row.staff for row in rows}, day__range=around)
    planned = dict(
        RouteAssignment.objects.filter(shift__in=there).order_by("plan__created_at").values_list("shift", "plan__name")
    )
    have, wanted = defaultdict(list), defaultdict(list)
    for shift in there:
        have[shift.staff_id, shift.day].append(shift)
    for row in rows:
        wanted[row.staff, row.day].append(row)
    days = {key: _Day(have[key], of_day, planned) for key, of_day in wanted.items()}
    _settle_overlaps(days, have)
    for day in days.values():
        day.add_to(change)


class _Day:
    """One person's day: shifts that stay, go and come. `reason`: why it stays as it is; blank when it does not."""

    def __init__(self, have: list[Shift], wanted: list[ParsedShift], planned: dict):
        times_wanted = {_times(row) for row in wanted}
        times_had = {_times(shift) for shift in have}
        self.have = have
        self.kept = [shift for shift in have if _times(shift) in times_wanted]
        self.outdated = [shift for shift in have if _times(shift) not in times_wanted]
        self.fresh = [row for row in wanted if _times(row) not in times_had]
        self.reason = ""
        held = next((planned[shift.pk] for shift in self.outdated if shift.pk in planned), None)
        if held is not None:
            self.reason = f"the plan “{held}” builds on the shift of this day as it is"

    @property
    def then(self) -> list:
        """The shifts of the day when the file is applied."""
        return self.have if self.reason else [*self.kept, *self.fresh]

    def add_to(self, change: RotaChange):
        change.unchanged += len(self.kept)
        if self.reason:
            change.rejected += [{"line": row.line, "reason": self.reason} for row in self.fresh]
            return
        pairs = min(len(self.outdated), len(self.fresh))
        change.changed += pairs
        change.added += len(self.fresh) - pairs
        change.removed += len(self.outdated) - pairs
        change.outdated += self.outdated
        change.fresh += [_shift(row) for row in self.fresh]


def _settle_overlaps(days: dict, have: dict) -> None:
    """Refuse days that would overlap with the day before or after (night shifts). What stays as it is may then clash
    with another, so it is looked at again until nothing more is refused.
    """
    to_see = list(days)
    while to_see:
        again = set()
        for staff, day in to_see:
            beside = [(staff, day - timedelta(days=1)), (staff, day + timedelta(days=1))]
            then = {other: days[other].then if other in days else have.get(other, []) for other in beside}
            clash = next((other for other in beside if _clash(days[staff, day].fresh, then[other])), None)
            if clash and not days[staff, day].reason:
                days[staff, day].reason = f"it overlaps with a shift of {clash[1]:%-d %B %Y}"
                again.update(beside)
        to_see = [key for key in again if key in days]


def _clash(some, others) -> bool:
    return any(a.starts_at < b.ends_at and b.starts_at < a.ends_at for a in some for b in others)


def _compare_absences(rows: list[ParsedAbsence], change: RotaChange) -> None:
    """An absence with the same first day is replaced; one that overlaps with another is refused."""
    there = defaultdict(list)
    within = Q(last_day__gte=min(row.first_day for row in rows), first_day__lte=max(row.last_day for row in rows))
    for absence in Absence.objects.filter(within, staff__in={row.staff for row in rows}):
        there[absence.staff_id].append(absence)
    for row in rows:
        same = next((each for each in there[row.staff] if each.first_day == row.first_day), None)
        if same and (same.last_day, same.kind) == (row.last_day, row.kind):
            change.unchanged += 1
            continue
        clash = next((each for each in there[row.staff] if each is not same and _overlap(each, row)), None)
        if clash:
            change.rejected.append({"line": row.line, "reason": f"it overlaps with the absence of {days_text(clash)}"})
            continue
        made = Absence(staff_id=row.staff, first_day=row.first_day, last_day=row.last_day, kind=row.kind)
        change.fresh.append(made)
        if same:
            change.outdated.append(same)
            change.changed += 1
        else:
            change.added += 1


def _overlap(absence, row) -> bool:
    return absence.first_day <= row.last_day and row.first_day <= absence.last_day


def _times(shift) -> tuple:
    return tuple(getattr(shift, name) for name in TIMES)


def _shift(row: ParsedShift) -> Shift:
    return Shift(staff_id=row.staff, day=row.day, **{name: getattr(row, name) for name in TIMES})


def _locked(file) -> RotaFile:
    file = RotaFile.objects.select_for_update(of=("self",)).select_related("team__organisation").get(pk=file.pk)
    if file.state != RotaFile.State.CHECKED:
        raise ValidationError(f"This file was {file.get_state_display().lower()} already.")
    return file


def _settle(file, state, report):
    file.state, file.report, file.content, file.settled_at = state, report, None, timezone.now()
    file.save(update_fields=["state", "report", "content", "settled_at"])
