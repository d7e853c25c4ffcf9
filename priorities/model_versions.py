"""A model version made ready to evaluate: parsed tree, thresholds per input, minutes."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cached_property, lru_cache

from priorities.dex.analyses.nearest import Nearest, nearest_changes
from priorities.dex.dxi import read_dxi
from priorities.dex.minutes import Addition, MinutesPolicy
from priorities.dex.model import Model, ModelError
from priorities.dex.thresholds import Thresholds

ROOT = 0
NO_BOUNDS = {"bounds": None}
# Answers to what would change a class, for each version; a few kilobytes each.
NEAREST_KEPT = 4_096


@dataclass(frozen=True)
class CompiledVersion:
    """`indicators` and `thresholds` are in the order of `model.inputs`; thresholds are empty while a draft has none.
    An input without thresholds (None) counts as missing."""

    model: Model
    indicators: tuple[str, ...]
    thresholds: tuple[Thresholds | None, ...]
    minutes: MinutesPolicy

    @cached_property
    def nearest(self) -> Callable[[tuple[int | None, ...]], Nearest]:
        """`nearest_changes` for the classes of `model.inputs`, in their order: areas share most of them."""

        @lru_cache(maxsize=NEAREST_KEPT)
        def of(classes: tuple[int | None, ...]) -> Nearest:
            return nearest_changes(self.model, dict(zip(self.model.inputs, classes, strict=True)), root=ROOT)

        return of


def compile_version(version) -> CompiledVersion:
    """Raises ModelError when definition, inputs, thresholds and minutes do not fit each other."""
    parts = (json.dumps(part, sort_keys=True) for part in (version.inputs, version.thresholds, version.minutes))
    return _compile(version.definition, *parts)


# Lists of scores bring a copy of their version each; parsing is for the content, once.
@lru_cache(maxsize=16)
def _compile(definition: str, inputs_json: str, thresholds_json: str, minutes_json: str) -> CompiledVersion:
    inputs, computed, minutes = json.loads(inputs_json), json.loads(thresholds_json), json.loads(minutes_json)
    model = read_dxi(definition)
    names = [model.attributes[index].name for index in model.inputs]
    unknown = [name for name in names if name not in inputs]
    if unknown:
        raise ModelError(unknown[0], "no indicator is named for this input")
    if not minutes:
        raise ModelError("minutes", "no visit minutes are set")
    policy = minutes_from_json(minutes)
    policy.check(model, root=ROOT)
    thresholds = tuple(thresholds_from_json(computed.get(name, NO_BOUNDS)) for name in names) if computed else ()
    for index, limits in zip(model.inputs, thresholds, strict=False):
        attribute = model.attributes[index]
        if limits is not None and limits.class_count != attribute.size:
            raise ModelError(attribute.name, f"{limits.class_count - 1} bounds do not make {attribute.size} classes")
    return CompiledVersion(model, tuple(inputs[name] for name in names), thresholds, policy)


def thresholds_from_json(data: dict) -> Thresholds | None:
    if data["bounds"] is None:
        return None
    return Thresholds(
        bounds=tuple(data["bounds"]),
        half_widths=tuple(data.get("half_widths", ())),
        goes_up=tuple(data.get("goes_up", ())),
        descending=data.get("descending", False),
    )


def thresholds_to_json(limits: Thresholds) -> dict:
    return {
        "bounds": list(limits.bounds),
        "half_widths": list(limits.half_widths),
        "goes_up": list(limits.goes_up),
        "descending": limits.descending,
    }


def minutes_from_json(data: dict) -> MinutesPolicy:
    fields = {**data, "base": tuple(data["base"]), "review_hours": tuple(data["review_hours"])}
    fields["additions"] = tuple(Addition(**addition) for addition in data["additions"])
    return MinutesPolicy(**fields)


def minutes_to_json(policy: MinutesPolicy) -> dict:
    return asdict(policy)
