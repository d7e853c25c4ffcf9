"""Writes about drafts: made from any version or from a file, changed by one editor at a time, deleted."""

from collections.abc import Mapping

from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts import audit
from accounts.models import Organisation, User
from accounts.services import warn_platform
from priorities.dex.dxi import read_dxi
from priorities.draft_content import DraftContent
from priorities.imported_models import content_of
from priorities.models import ModelVersion
from priorities.rule_conflicts import conflicts_of

from .refusals import ConflictsNeedReason, DraftInvalid, ImportRefused, PublicationRefused, StaleDraft
from .rights import check_editor

# One number for the advisory lock under which versions are numbered.
NUMBER_LOCK = 0x5C0F
CONTENT = ["definition", "definition_sha256", "inputs", "thresholds", "minutes", "accepted_conflicts"]


@transaction.atomic
def import_model(
    *, definition: bytes | str, by, name: str = "", reason: str = "", organisation: Organisation | None = None
) -> ModelVersion:
    """Make a draft from the content of a .dxi file, called ``name`` or as the file says; an editor completes it.

    With ``organisation`` it is a scenario of theirs. The same file again returns its draft while that is the latest
    version. Raises DxiError, ImportRefused, PublicationRefused.
    """
    check_editor(by, organisation)
    model = read_dxi(definition)
    name = " ".join((name or model.name).split())
    if not name or len(name) > 100:
        raise ImportRefused(f"A model needs a name of 1 to 100 characters; this one has {len(name)}.")
    number, latest = next_number(name, organisation)
    content = content_of(model, predecessor=latest)
    same = latest is not None and latest.definition_sha256 == content["definition_sha256"]
    if same and latest.is_draft:
        return latest
    title = f"From a file: {name}"[:120] if organisation is not None else ""
    version = ModelVersion.objects.create(
        name=name,
        number=number,
        organisation=organisation,
        title=title,
        reason=reason,
        based_on=latest,
        created_by=person(by),
        updated_by=person(by),
        **content,
    )
    record(version, "model.imported", by)
    return version


@transaction.atomic
def new_draft(*, source: ModelVersion, by, title: str = "", reason: str = "") -> ModelVersion:
    """Make a draft with the content of any version that may come into force, published, retired or in work."""
    check_editor(by, None)
    if source.is_scenario:
        raise PublicationRefused(f"{source} belongs to an organisation: they can hand a copy over.")
    return _copy(source, None, "model.drafted", by, title=title, reason=reason)


@transaction.atomic
def new_scenario(*, source: ModelVersion, organisation: Organisation, title: str, by, reason: str = "") -> ModelVersion:
    """Make a scenario of an organisation from a version that is or was in force, or from another of theirs."""
    check_editor(by, organisation)
    theirs = source.organisation_id == organisation.pk
    if not theirs and (source.is_scenario or source.state not in ("published", "retired")):
        raise PublicationRefused("A scenario begins with a published version or with another scenario of your own.")
    return _copy(source, organisation, "scenario.made", by, title=title, reason=reason)


@transaction.atomic
def to_national_draft(*, version: ModelVersion, by, reason: str) -> ModelVersion:
    """Hand a scenario to the platform administrators: they get a copy as a draft, the scenario stays as it is."""
    if not version.is_scenario:
        raise PublicationRefused(f"{version} is no scenario: platform administrators have it already.")
    check_editor(by, version.organisation)
    if not reason.strip():
        raise PublicationRefused("Say why the platform administrators should look at this scenario.")
    version = locked(version)
    draft = _copy(version, None, "model.drafted", by, title=version.title, reason=reason.strip())
    warn_platform(text=f"{version.organisation} hands over a scenario: {draft.title} ({draft}).", url=page_of(draft))
    record(version, "scenario.handed_over", by, draft=str(draft.pk))
    return draft


@transaction.atomic
def save_draft(
    *,
    version: ModelVersion,
    by,
    revision: int,
    accepted_conflicts: Mapping[str, str] | None = None,
    **changes,
) -> ModelVersion:
    """Change a draft that ``by`` has read at ``revision``, and return it at the next one; what is the same stays.

    ``changes``: any of title, definition (.dxi or a Model), inputs {input: indicator code}, thresholds {input: entry},
    minutes. A threshold entry has bounds and half_widths, or percentiles of the loaded data; where it comes from and
    what the data say is added here. ``accepted_conflicts``: a reason for each table whose rules contradict each other.
    Raises StaleDraft, DraftInvalid, ConflictsNeedReason, PublicationRefused.
    """
    version = locked(version)
    check_editor(by, version.organisation)
    check_draft(version)
    if version.revision != revision:
        raise StaleDraft(saved_by=version.updated_by, saved_at=version.updated_at, revision=version.revision)
    content = DraftContent(version, changes)
    if content.problems:
        raise DraftInvalid(content.problems)
    accepted, new = _accepted(version, content, accepted_conflicts or {}, by)
    changed = content.changed | ({"accepted_conflicts": accepted} if accepted != version.accepted_conflicts else {})
    if not changed:
        return version
    _write(version, changed, by)
    record(version, "scenario.edited" if version.is_scenario else "model.edited", by, changed=_fields(changed))
    if new:
        record(version, "model.conflicts_accepted", by, attributes=sorted(new))
    return version


@transaction.atomic
def delete_draft(*, version: ModelVersion, by) -> None:
    """Delete a draft for good. PublicationRefused for what was ever proposed for publication and not returned."""
    version = locked(version)
    check_editor(by, version.organisation)
    check_draft(version)
    if version.runs.exists():
        raise PublicationRefused(f"{version} has scores: it cannot be deleted.")
    record(version, "scenario.deleted" if version.is_scenario else "model.deleted", by)
    version.delete()


@transaction.atomic
def delete_scenario(*, version: ModelVersion, by) -> None:
    """Delete a scenario of an organisation for good."""
    if not version.is_scenario:
        raise PublicationRefused(f"{version} is no scenario.")
    delete_draft(version=version, by=by)


def locked(version: ModelVersion) -> ModelVersion:
    """The row as it is now, locked until the end of the transaction. PublicationRefused when it is gone."""
    found = ModelVersion.objects.select_for_update(of=("self",)).with_people().filter(pk=version.pk).first()
    if found is None:
        raise PublicationRefused("This version was deleted meanwhile.")
    return found


def check_draft(version: ModelVersion) -> None:
    if not version.is_draft:
        state = version.get_state_display().lower()
        raise PublicationRefused(f"{version} is {state}, not a draft: it cannot change. Make a new draft from it.")


def next_number(name: str, organisation: Organisation | None) -> tuple[int, ModelVersion | None]:
    """The next free number of a model, and its latest version. Nobody else gets one until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NUMBER_LOCK])
    latest = ModelVersion.objects.filter(name=name, organisation=organisation).order_by("-number").first()
    return (latest.number + 1 if latest else 1), latest


def page_of(version: ModelVersion) -> str:
    """Address of a version in the administration."""
    return reverse("admin:priorities_modelversion_change", args=[version.pk])


def person(by) -> User | None:
    return by if isinstance(by, User) else None


def record(version: ModelVersion, action: str, by, **details) -> None:
    """One event about a version, seen by its organisation where it has one."""
    named = {"name": version.name, "number": version.number, "sha256": version.definition_sha256}
    audit.record(action=action, by=by, organisation=version.organisation, target=version, details=named | details)


def _copy(source: ModelVersion, organisation, action: str, by, *, title: str, reason: str) -> ModelVersion:
    number, _ = next_number(source.name, organisation)
    draft = ModelVersion(
        name=source.name,
        number=number,
        organisation=organisation,
        based_on=_origin(source, organisation),
        reason=reason,
        created_by=person(by),
        updated_by=person(by),
        **{field: getattr(source, field) for field in CONTENT},
    )
    content = DraftContent(draft, {"title": title})
    if faults := [fault for fault in content.problems if fault[0] == "title"]:
        raise DraftInvalid(faults)
    draft.title = content.values["title"]
    draft.save()
    record(draft, action, by, based_on=str(draft.based_on_id) if draft.based_on_id else None)
    return draft


def _origin(source: ModelVersion, organisation) -> ModelVersion | None:
    """What a copy is compared with. A copy that leaves its organisation must not lead back into it."""
    while source is not None and source.is_scenario and source.organisation_id != getattr(organisation, "pk", None):
        source = source.based_on
    return source


def _accepted(version: ModelVersion, content: DraftContent, reasons: Mapping[str, str], by) -> tuple[dict, set]:
    """Acceptances that stand after the change, and the attributes of the new ones. Raises ConflictsNeedReason."""
    accepted, new, missing = {}, set(), {}
    for name, conflict in conflicts_of(content.model).items():
        known, reason = version.accepted_conflicts.get(name), (reasons.get(name) or "").strip()
        if conflict.is_too_contradictory:
            message = f"{conflict.label}: so many rules contradict each other that nobody could judge them."
            raise DraftInvalid([("accepted_conflicts", message)])
        covered = conflict.is_covered_by(known)
        if covered and reason in ("", known["reason"]):
            accepted[name] = known
        elif reason:
            who = str(by.pk) if isinstance(by, User) else ""
            accepted[name] = conflict.accepted(reason=reason, by=who, at=timezone.now().isoformat())
            new.add(name)
        elif "definition" in content.changed:
            missing[name] = conflict
    if missing:
        raise ConflictsNeedReason(missing)
    return accepted, new


def _write(version: ModelVersion, changed: dict, by) -> None:
    for field, value in changed.items():
        setattr(version, field, value)
    version.__dict__.pop("compiled", None)
    version.revision += 1
    version.updated_by = person(by)
    version.save(update_fields=[*changed, "revision", "updated_by", "updated_at"])


def _fields(changed: dict) -> list[str]:
    return sorted(field for field in changed if field != "definition_sha256")
