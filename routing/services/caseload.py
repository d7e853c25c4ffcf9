"""A team's caseload: whom it visits again and again, and when each is due."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from routing.caseload import due_date
from routing.models import CaseloadEntry, PlanState, PlusGroup, Visit

# Fields of an entry that a form or a file gives, besides its many-to-many ones.
FIELDS = (
    *("reference", "area", "postcode", "point", "minutes", "interval_days", "next_due", "last_done"),
    *("most_days_late", "window_opens", "window_closes", "staff_required"),
)
MANY = ("skills", "preferred_staff", "plus_groups")
BATCH = 1_000


@transaction.atomic
def save_caseload_entry(*, team, values: dict, entry: CaseloadEntry | None = None, by) -> CaseloadEntry:
    """A new entry, or a changed one. `values`: of FIELDS and MANY. ValidationError says what does not fit."""
    is_new = entry is None
    entry = entry or CaseloadEntry(team=team)
    for name in FIELDS:
        if name in values:
            setattr(entry, name, values[name])
    entry.full_clean()
    entry.save()
    for name in MANY:
        if name in values:
            _of_organisation(team, name, values[name])
            getattr(entry, name).set(values[name])
    audit.record(
        action="caseload.added" if is_new else "caseload.changed",
        by=by,
        organisation=team.organisation,
        target=entry,
        details={"team": str(team.pk)},
    )
    return entry


@transaction.atomic
def pause_caseload_entry(*, entry: CaseloadEntry, is_active: bool, by) -> CaseloadEntry:
    """While paused, no visits are made for it."""
    entry.is_active = is_active
    entry.save(update_fields=["is_active"])
    action = "caseload.resumed" if is_active else "caseload.paused"
    audit.record(action=action, by=by, organisation=entry.team.organisation, target=entry)
    return entry


@transaction.atomic
def remove_caseload_entry(*, entry: CaseloadEntry, by) -> None:
    """Take somebody off the caseload. Visits that were made stay, and no longer know of it."""
    audit.record(action="caseload.removed", by=by, organisation=entry.team.organisation, target=entry)
    entry.delete()


@transaction.atomic
def import_caseload(*, team, file, by) -> dict:
    """The good rows of a parsed file (`routing.caseload_files`), each in place of the entry with its reference.

    Returns {"rows", "added", "changed", "unchanged", "rejected"}; the last is a list of {"line", "reason"}.
    """
    known = {
        entry.reference: entry
        for entry in CaseloadEntry.objects.filter(team=team).prefetch_related(*MANY).select_for_update(of=("self",))
    }
    rows = [(row.values, known.get(row.values["reference"])) for row in file.rows]
    changing = [(values, entry) for values, entry in rows if entry is None or not _says_the_same(entry, values)]
    _store_rows(team, changing)
    added = sum(entry is None for _, entry in changing)
    report = {
        "rows": len(file.rows) + len(file.rejected),
        "added": added,
        "changed": len(changing) - added,
        "unchanged": len(rows) - len(changing),
    }
    report["rejected"] = sorted(file.rejected, key=lambda entry: entry["line"])
    counts = {name: value for name, value in report.items() if name != "rejected"}
    audit.record(
        action="caseload.imported",
        by=by,
        organisation=team.organisation,
        target=team,
        details={**counts, "rejected": len(file.rejected), "sha256": file.sha256},
    )
    return report


@transaction.atomic
def caseload_done(*, visit: Visit, day: date, by) -> CaseloadEntry | None:
    """Somebody was seen on that civil day: the next visit is due one interval later, on a working day.

    None when the visit is from no caseload. A day before the last one that is known changes nothing.
    """
    if visit.caseload_entry_id is None:
        return None
    entry = CaseloadEntry.objects.select_for_update(of=("self",)).select_related("team").get(pk=visit.caseload_entry_id)
    if entry.last_done is not None and day <= entry.last_done:
        return entry
    entry.last_done, entry.next_due = day, due_date(day, entry.interval_days)
    entry.save(update_fields=["last_done", "next_due"])
    audit.record(
        action="caseload.visit_done",
        by=by,
        organisation=entry.team.organisation,
        target=entry,
        details={"day": str(day), "next_due": str(entry.next_due)},
    )
    return entry


@transaction.atomic
def caseload_not_done(*, visit: Visit, by) -> CaseloadEntry | None:
    """Somebody was not seen after all (`visit` is no longer done): due again as before, unless a later visit was done.
    None when the visit is from no caseload.
    """
    if visit.caseload_entry_id is None:
        return None
    entry = CaseloadEntry.objects.select_for_update(of=("self",)).select_related("team").get(pk=visit.caseload_entry_id)
    done = entry.visits.filter(state=Visit.State.DONE).exclude(pk=visit.pk).order_by("-day").first()
    if done is not None and done.day >= visit.day:
        return entry
    entry.last_done = done and done.day
    entry.next_due = visit.first_due or entry.next_due
    entry.save(update_fields=["last_done", "next_due"])
    audit.record(
        action="caseload.visit_not_done",
        by=by,
        organisation=entry.team.organisation,
        target=entry,
        details={"next_due": str(entry.next_due)},
    )
    return entry


@transaction.atomic
def save_plus_group(*, organisation, code: str, name: str, group: PlusGroup | None = None, by) -> PlusGroup:
    """A population that the organisation looks out for, new or renamed. ValidationError for a code that is taken."""
    action = "plus_group.changed" if group else "plus_group.added"
    group = group or PlusGroup(organisation=organisation)
    group.code, group.name = code, name
    group.full_clean()
    group.save()
    audit.record(action=action, by=by, organisation=organisation, target=group, details={"code": code})
    return group


@transaction.atomic
def remove_plus_group(*, group: PlusGroup, by) -> None:
    """ValidationError while visits or people on a caseload belong to it: figures of the past would lose them."""
    if group.visits.exists() or CaseloadEntry.objects.filter(plus_groups=group).exists():
        raise ValidationError(f"{group} is used by visits or people on a caseload and cannot be removed.")
    audit.record(
        action="plus_group.removed", by=by, organisation=group.organisation, target=group, details={"code": group.code}
    )
    group.delete()


def busy_entries(team, day: date) -> dict:
    """Visits of other days that stand for people on the caseload, by entry: planned ones whose plan is not closed, and
    open ones from today on. Who has one gets no second.
    """
    others = Visit.objects.filter(team=team, caseload_entry__isnull=False).exclude(day=day)
    planned = others.filter(state=Visit.State.PLANNED).exclude(plans__state=PlanState.CLOSED)
    ahead = others.filter(state=Visit.State.OPEN, day__gte=day)
    return {visit.caseload_entry_id: visit for visit in (planned | ahead).distinct()}


def _store_rows(team, changing: list[tuple]) -> None:
    """(values, entry or None for a new one) as rows, in a handful of statements for any number."""
    made = [(values, _with(values, entry or CaseloadEntry(team=team))) for values, entry in changing]
    CaseloadEntry.objects.bulk_create([new for (_, old), (_, new) in zip(changing, made, strict=True) if old is None])
    CaseloadEntry.objects.bulk_update([entry for _, entry in changing if entry], FIELDS, batch_size=BATCH)
    for name in MANY:
        field = CaseloadEntry._meta.get_field(name)
        links, column = field.remote_field.through, f"{field.m2m_reverse_field_name()}_id"
        told = [(entry.pk, values[name]) for values, entry in made if name in values]
        links.objects.filter(caseloadentry__in=[entry for entry, _ in told]).delete()
        links.objects.bulk_create(
            links(caseloadentry_id=entry, **{column: thing.pk}) for entry, things in told for thing in things
        )


def _with(values, entry) -> CaseloadEntry:
    for name in FIELDS:
        if name in values:
            setattr(entry, name, values[name])
    return entry


def _says_the_same(entry, values) -> bool:
    return all(getattr(entry, name) == values[name] for name in FIELDS if name in values) and all(
        set(getattr(entry, name).all()) == set(values[name]) for name in MANY if name in values
    )


def _of_organisation(team, name, things):
    for thing in things:
        if thing.organisation != team.organisation:
            raise ValidationError(f"{thing} does not belong to {team.organisation}.")
