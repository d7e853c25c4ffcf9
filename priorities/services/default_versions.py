"""The default model as a version: a draft with thresholds from the loaded data, and its publication by two people."""

import hashlib

from django.db import transaction

from accounts.models import User
from priorities import default_model
from priorities.computed_thresholds import thresholds_from_data
from priorities.dex.minutes import DEFAULT_POLICY
from priorities.model_versions import compile_version, minutes_to_json
from priorities.models import ModelVersion
from priorities.score_inputs import read_inputs

from .drafts import next_number, person, record
from .rights import check_editor
from .versions import propose_version, publish_version

REASON = "The default model with thresholds from the loaded data."


@transaction.atomic
def install_default_model(*, by) -> ModelVersion:
    """Return the default model as a version, with thresholds from the loaded data.

    An existing version with the same content and the same thresholds is returned as it is: a second call changes
    nothing. Otherwise a new draft is made. Raises ThresholdsNotComputable.
    """
    check_editor(by, None)
    definition = default_model.FILE.read_text()
    content = {
        "definition": definition,
        "definition_sha256": hashlib.sha256(definition.encode()).hexdigest(),
        "inputs": {name: wanted.indicator for name, wanted in default_model.INPUTS.items()},
        "thresholds": _default_thresholds(),
        "minutes": minutes_to_json(DEFAULT_POLICY),
    }
    number, latest = next_number(default_model.NAME, None)
    if latest is not None and _same_content(latest, content):
        return latest
    version = ModelVersion(
        name=default_model.NAME,
        number=number,
        reason=REASON,
        based_on=latest,
        created_by=person(by),
        updated_by=person(by),
        **content,
    )
    compile_version(version)
    version.save()
    record(version, "model.drafted", by)
    return version


@transaction.atomic
def publish_default_model(*, proposed_by: User, published_by: User, reason: str = "") -> ModelVersion:
    """Install the default model from the loaded data and publish it: the first administrator proposes, the second
    publishes. Does nothing when the published version would come out the same. Scores are left to the caller."""
    version = install_default_model(by=proposed_by)
    if version.state == ModelVersion.State.DRAFT:
        version = propose_version(version=version, by=proposed_by, reason=reason or "Thresholds from the loaded data")
    if version.state == ModelVersion.State.REVIEW:
        version = publish_version(version=version, by=published_by, recalculate=False)
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
