"""Writes about versions of the model: drafts, and their publication by two people."""

import hashlib

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.access import allowed
from accounts.models import User
from accounts.permissions import Permission
from priorities import default_model
from priorities.computed_thresholds import thresholds_from_data
from priorities.dex.dxi import read_dxi
from priorities.dex.minutes import DEFAULT_POLICY
from priorities.imported_models import content_of
from priorities.model_versions import compile_version, minutes_to_json
from priorities.models import ModelVersion
from priorities.score_inputs import read_inputs


class PublicationRefused(ValueError):
    """A version that cannot take this step, or a person who may not take it."""


class ImportRefused(ValueError):
    """A model file that cannot become a version."""


@transaction.atomic
def install_default_model(*, by) -> ModelVersion:
    """Return the default model as a version, with thresholds from the loaded data.

    An existing version with the same content and the same thresholds is returned as it is: a second call changes
    nothing. Otherwise a new draft is made. Raises ThresholdsNotComputable.
    """
    definition = default_model.FILE.read_text()
    digest = hashlib.sha256(definition.encode()).hexdigest()
    content = {
        "definition": definition,
        "definition_sha256": digest,
        "inputs": {name: wanted.indicator for name, wanted in default_model.INPUTS.items()},
        "thresholds": _default_thresholds(),
        "minutes": minutes_to_json(DEFAULT_POLICY),
    }
    versions = ModelVersion.objects.select_for_update().filter(name=default_model.NAME)
    latest = versions.order_by("-number").first()
    if latest is not None and _same_content(latest, content):
        return latest
    version = ModelVersion(
        name=default_model.NAME,
        number=latest.number + 1 if latest else 1,
        created_by=by if isinstance(by, User) else None,
        **content,
    )
    compile_version(version)
    version.save()
    audit.record(action="model.drafted", by=by, target=version, details=_named(version))
    return version


@transaction.atomic
def import_model(*, definition: bytes | str, by, name: str = "", reason: str = "") -> ModelVersion:
    """Make a draft from the content of a .dxi file, called ``name`` or as the file says; an editor completes it.

    The same file again returns its draft while that is the latest version. Raises DxiError, ImportRefused.
    """
    if isinstance(by, User):
        _check_administrator(by)
    model = read_dxi(definition)
    name = " ".join((name or model.name).split())
    if not name or len(name) > 100:
        raise ImportRefused(f"A model needs a name of 1 to 100 characters; this one has {len(name)}.")
    latest = ModelVersion.objects.national().select_for_update().filter(name=name).order_by("-number").first()
    content = content_of(model, predecessor=latest)
    same = latest is not None and latest.definition_sha256 == content["definition_sha256"]
    if same and latest.state == ModelVersion.State.DRAFT:
        return latest
    number = latest.number + 1 if latest else 1
    author = by if isinstance(by, User) else None
    version = ModelVersion.objects.create(name=name, number=number, reason=reason, created_by=author, **content)
    audit.record(action="model.imported", by=by, target=version, details=_named(version))
    return version


def _default_thresholds() -> dict:
    inputs = read_inputs([wanted.indicator for wanted in default_model.INPUTS.values()])
    return thresholds_from_data(default_model.INPUTS, inputs)


def _same_content(version: ModelVersion, content: dict) -> bool:
    """Whether nothing would come out differently. JSON has no tuples, so both sides are compared as JSON reads them."""
    stored = {name: _as_json(getattr(version, name)) for name in content}
    return stored == {name: _as_json(value) for name, value in content.items()}


def _as_json(value):
    if isinstance(value, dict):
        return {key: _as_json(part) for key, part in value.items()}
    return [_as_json(part) for part in value] if isinstance(value, list | tuple) else value


@transaction.atomic
def compute_thresholds(*, version: ModelVersion, by) -> ModelVersion:
    """Compute the thresholds of a draft anew from the profiles of all areas. PublicationRefused for any other state."""
    version = ModelVersion.objects.select_for_update().get(pk=version.pk)
    if version.state != ModelVersion.State.DRAFT:
        raise PublicationRefused(f"{version} is not a draft: its thresholds cannot change. Make a new version.")
    specifications = {name: default_model.INPUTS[name] for name in version.inputs}
    version.thresholds = thresholds_from_data(specifications, read_inputs(list(version.inputs.values())))
    compile_version(version)
    version.save(update_fields=["thresholds"])
    audit.record(action="model.thresholds_computed", by=by, target=version, details=_named(version))
    return version


@transaction.atomic
def propose_version(*, version: ModelVersion, by: User, reason: str = "") -> ModelVersion:
    """Hand a draft to a second platform administrator for publication."""
    _check_administrator(by)
    version = ModelVersion.objects.select_for_update().get(pk=version.pk)
    if version.state != ModelVersion.State.DRAFT:
        raise PublicationRefused(f"{version} is {version.get_state_display().lower()}; only a draft can be proposed.")
    if not version.thresholds:
        raise PublicationRefused(f"{version} has no thresholds yet.")
    version.state, version.proposed_by, version.reason = ModelVersion.State.REVIEW, by, reason or version.reason
    version.save(update_fields=["state", "proposed_by", "reason"])
    audit.record(action="model.proposed", by=by, target=version, details=_named(version))
    return version


@transaction.atomic
def return_version(*, version: ModelVersion, by: User) -> ModelVersion:
    """Take a version in review back to draft, so that it can be changed."""
    _check_administrator(by)
    version = ModelVersion.objects.select_for_update().get(pk=version.pk)
    if version.state != ModelVersion.State.REVIEW:
        raise PublicationRefused(f"{version} is not in review.")
    version.state, version.proposed_by = ModelVersion.State.DRAFT, None
    version.save(update_fields=["state", "proposed_by"])
    audit.record(action="model.returned", by=by, target=version, details=_named(version))
    return version


@transaction.atomic
def publish_version(*, version: ModelVersion, by: User) -> ModelVersion:
    """Publish a version in review; the one published before is retired. `by` must not have proposed it."""
    _check_administrator(by)
    version = ModelVersion.objects.select_for_update().get(pk=version.pk)
    if version.state != ModelVersion.State.REVIEW:
        raise PublicationRefused(f"{version} is {version.get_state_display().lower()}; it must be proposed first.")
    if version.proposed_by_id == by.pk:
        raise PublicationRefused("Whoever proposed a version cannot publish it: that takes a second administrator.")
    compile_version(version)
    retired = list(ModelVersion.objects.published().filter(name=version.name).select_for_update())
    for old in retired:
        old.state = ModelVersion.State.RETIRED
        old.save(update_fields=["state"])
    version.state, version.published_by, version.published_at = ModelVersion.State.PUBLISHED, by, timezone.now()
    version.save(update_fields=["state", "published_by", "published_at"])
    details = _named(version) | {"retired": [old.number for old in retired]}
    audit.record(action="model.published", by=by, target=version, details=details)
    return version


@transaction.atomic
def publish_default_model(*, proposed_by: User, published_by: User, reason: str = "") -> ModelVersion:
    """Install the default model from the loaded data and publish it: the first administrator proposes, the second
    publishes. Does nothing when the published version would come out the same."""
    version = install_default_model(by=proposed_by)
    if version.state == ModelVersion.State.DRAFT:
        version = propose_version(version=version, by=proposed_by, reason=reason or "Thresholds from the loaded data")
    if version.state == ModelVersion.State.REVIEW:
        version = publish_version(version=version, by=published_by)
    return version


def _check_administrator(by) -> None:
    if not (isinstance(by, User) and allowed(by, Permission.PUBLISH_MODELS)):
        raise PublicationRefused("Only a platform administrator can do this.")


def _named(version: ModelVersion) -> dict:
    return {"name": version.name, "number": version.number, "sha256": version.definition_sha256}
