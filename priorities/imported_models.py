"""What a version gets when its model comes from a file: the tree and tables, and what its predecessor knows of it."""

import hashlib

from priorities.dex.dxi_writer import write_dxi
from priorities.dex.minutes import DEFAULT_POLICY, MinutesPolicy
from priorities.dex.model import Model, ModelError
from priorities.model_versions import ROOT, minutes_from_json, minutes_to_json


def content_of(model: Model, *, predecessor=None) -> dict:
    """Return the fields of a draft. Indicators and minutes are those of ``predecessor`` where they fit the model.

    Inputs that it does not know have no indicator, and thresholds are not computed: an editor does that.
    """
    definition = write_dxi(model)
    known = predecessor.inputs if predecessor is not None else {}
    names = [model.attributes[index].name for index in model.inputs]
    return {
        "definition": definition,
        "definition_sha256": hashlib.sha256(definition.encode()).hexdigest(),
        "inputs": {name: known[name] for name in names if name in known},
        "thresholds": {},
        "minutes": _minutes(model, predecessor),
    }


def _minutes(model: Model, predecessor) -> dict:
    """Minutes of the predecessor, else the planning defaults; none when neither fits the classes of the model."""
    policies: list[MinutesPolicy] = [DEFAULT_POLICY]
    if predecessor is not None and predecessor.minutes:
        policies.insert(0, minutes_from_json(predecessor.minutes))
    for policy in policies:
        try:
            policy.check(model, root=ROOT)
        except ModelError:
            continue
        return minutes_to_json(policy)
    return {}
