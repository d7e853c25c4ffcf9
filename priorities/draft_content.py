"""What a draft may hold: new parts are read and checked together, and every fault is named at once.

Nothing is written here. A draft may be unfinished (an input without indicator or thresholds, no minutes); what is
there must fit. What a finished version needs is said by `priorities.version_checks`.
"""

import hashlib
from collections.abc import Mapping

from lsoa.catalogue import CATALOGUE
from lsoa.models import Indicator
from priorities.computed_thresholds import ThresholdsNotComputable, specification_of, thresholds_from_data
from priorities.default_model import SOFT_POINTS
from priorities.dex.dxi import read_dxi
from priorities.dex.dxi_writer import write_dxi
from priorities.dex.minutes import MinutesPolicy
from priorities.dex.model import Model, ModelError
from priorities.model_versions import NO_BOUNDS, ROOT, minutes_from_json, thresholds_from_json
from priorities.models import ModelVersion
from priorities.score_inputs import read_inputs
from priorities.threshold_proposals import bounds_differ
from priorities.wording import ATTRIBUTE_LABELS

FIELDS = frozenset({"title", "definition", "inputs", "thresholds", "minutes"})
MOST_TITLE = ModelVersion._meta.get_field("title").max_length
# Planned minutes that a score may have, by its constraint.
LEAST_MINUTES, MOST_MINUTES = 15, 90


class DraftContent:
    """New values of the fields of a draft. ``problems``: pairs (field, message); ``model``: None when unreadable."""

    def __init__(self, version: ModelVersion, changes: Mapping):
        if unknown := set(changes) - FIELDS:
            raise TypeError(f"a draft has no {', '.join(sorted(unknown))}")
        self.version = version
        self.problems: list[tuple[str, str]] = []
        self.values: dict = {}
        self._set_title(changes.get("title", version.title))
        self.model = self._set_definition(changes.get("definition", version.definition))
        if self.model is not None:
            self.names = [self.model.attributes[index].name for index in self.model.inputs]
            self._set_inputs(changes.get("inputs"))
            self._set_thresholds(changes.get("thresholds"))
            self._set_minutes(changes.get("minutes", version.minutes))

    @property
    def changed(self) -> dict:
        """Fields whose value differs from the version's."""
        return {name: value for name, value in self.values.items() if getattr(self.version, name) != value}

    def _problem(self, field: str, message: str) -> None:
        self.problems.append((field, message))

    def _set_title(self, title: str) -> None:
        title = " ".join(str(title).split())
        if len(title) > MOST_TITLE:
            self._problem("title", f"A title has at most {MOST_TITLE} characters; this one has {len(title)}.")
        elif self.version.is_scenario and not title:
            self._problem("title", "A scenario needs a title.")
        self.values["title"] = title

    def _set_definition(self, definition: Model | bytes | str) -> Model | None:
        try:
            model = definition if isinstance(definition, Model) else read_dxi(definition)
            text = write_dxi(model) if not isinstance(definition, str) else definition
        except (ModelError, ValueError) as fault:
            self._problem("definition", f"The model cannot be read. {fault}")
            return None
        self.values |= {"definition": text, "definition_sha256": hashlib.sha256(text.encode()).hexdigest()}
        return model

    def _set_inputs(self, inputs: Mapping[str, str] | None) -> None:
        """Inputs that are not named keep their indicator; those that the model has no longer lose it."""
        kept = {name: code for name, code in self.version.inputs.items() if name in self.names}
        named = {name: code for name, code in (inputs or {}).items() if code}
        for name in named:
            if name not in self.names:
                self._problem("inputs", f"The model has no input called {name}.")
        new = {code for name, code in named.items() if kept.get(name) != code}
        known = set(CATALOGUE) | set(Indicator.objects.public().filter(code__in=new).values_list("code", flat=True))
        for code in sorted(new - known):
            self._problem("inputs", f"There is no indicator called {code} that everybody may see.")
        self.values["inputs"] = {name: (kept | named)[name] for name in self.names if name in kept | named}

    def _set_thresholds(self, given: Mapping[str, Mapping] | None) -> None:
        stored, given = self.version.thresholds, given or {}
        for name in sorted(set(given) - set(self.names)):
            self._problem("thresholds", f"The model has no input called {name}.")
        for name, entry in given.items():
            if not isinstance(entry, Mapping):
                self._problem("thresholds", f"{_label(name)}: expected bounds or percentiles, found {entry!r}.")
        if self.problems and self.problems[-1][0] == "thresholds":
            return
        kept, wanted = {}, {}
        for name in self.names:
            indicator, before = self.values["inputs"].get(name), stored.get(name)
            entry = _completed(before, given.get(name)) or before
            if entry is None or indicator is None:
                continue
            same_data = before is not None and before.get("indicator") == indicator
            if same_data and not _differs(before, entry):
                kept[name] = before
            elif not same_data and entry == before and not entry.get("percentiles"):
                # Bounds in the unit of another indicator say nothing about this one.
                kept[name] = NO_BOUNDS | {"indicator": indicator, "method": "the indicator is another now"}
            else:
                wanted[name] = _recipe(before, entry)
        found = kept | self._computed(wanted)
        self.values["thresholds"] = {name: found[name] for name in self.names if name in found}
        self._check_class_counts()

    def _computed(self, wanted: Mapping[str, Mapping]) -> dict:
        """Entries with their provenance: what the loaded data say about each input now."""
        specifications = {}
        for name, entry in wanted.items():
            try:
                self._check_percentiles(entry.get("percentiles"))
                specifications[name] = specification_of(name, self.values["inputs"][name], dict(entry))
            except (KeyError, TypeError, ValueError) as fault:
                self._problem("thresholds", f"{_label(name)}: {fault}.")
        if not specifications:
            return {}
        inputs = read_inputs(sorted({wish.indicator for wish in specifications.values()}))
        result = {}
        for name, wish in specifications.items():
            try:
                result |= thresholds_from_data({name: wish}, inputs)
            except (ThresholdsNotComputable, ValueError) as fault:
                self._problem("thresholds", f"{fault}.")
        return result

    def _check_percentiles(self, percentiles) -> None:
        if percentiles is None:
            return
        if not all(SOFT_POINTS < p < 100 - SOFT_POINTS for p in percentiles):
            raise ValueError(f"percentiles lie between {SOFT_POINTS} and {100 - SOFT_POINTS}, found {percentiles}")
        if sorted(set(percentiles)) != list(percentiles):
            raise ValueError(f"percentiles rise, found {percentiles}")

    def _check_class_counts(self) -> None:
        for index in self.model.inputs:
            attribute = self.model.attributes[index]
            entry = self.values["thresholds"].get(attribute.name) or NO_BOUNDS
            limits = thresholds_from_json(entry)
            if limits is not None and limits.class_count != attribute.size:
                wanted = f"{attribute.size} classes need {attribute.size - 1} bounds"
                self._problem("thresholds", f"{_label(attribute.name)}: {wanted}, found {len(limits.bounds)}.")

    def _set_minutes(self, minutes: Mapping) -> None:
        self.values["minutes"] = dict(minutes)
        if not minutes:
            return
        try:
            policy = minutes_from_json(dict(minutes))
            policy.check(self.model, root=ROOT)
        except ModelError as fault:
            self._problem("minutes", f"Visit minutes do not fit the model. {fault}.")
        except (KeyError, TypeError, ValueError) as fault:
            self._problem("minutes", f"Visit minutes are not complete: {fault}.")
        else:
            self._check_minutes(policy)

    def _check_minutes(self, policy: MinutesPolicy) -> None:
        numbers = [*policy.base, *policy.review_hours, policy.first_visit, policy.round_to, policy.floor]
        numbers += [policy.ceiling, *(addition.minutes for addition in policy.additions)]
        wrong = [number for number in numbers if type(number) is not int or number < 0]
        if wrong:
            self._problem("minutes", f"Minutes and hours are whole numbers from 0 up, found {wrong[0]!r}.")
        elif policy.floor < LEAST_MINUTES or policy.ceiling > MOST_MINUTES:
            found = f"found {policy.floor} to {policy.ceiling}"
            self._problem("minutes", f"Visits last {LEAST_MINUTES} to {MOST_MINUTES} minutes, {found}.")


def _label(name: str) -> str:
    return ATTRIBUTE_LABELS.get(name, name)


def _completed(before: Mapping | None, entry: Mapping | None) -> Mapping | None:
    """What a form does not name stays as it was: softness, and on which side of a bound a value belongs."""
    bounds = (entry or {}).get("bounds")
    if before is None or not isinstance(bounds, list | tuple) or len(bounds) != len(before.get("bounds") or ()):
        return entry
    kept = ("half_widths", "goes_up", "descending")
    return {name: before[name] for name in kept if name in before} | dict(entry)


def _differs(before: Mapping, entry: Mapping) -> bool:
    recipe = ("percentiles", "half_width")
    named = any(name in entry and entry[name] != before.get(name) for name in recipe)
    return named or _has_other_bounds(before, entry)


def _has_other_bounds(before: Mapping, entry: Mapping) -> bool:
    """True also for bounds that cannot be read: they are looked at, and refused, once."""
    try:
        return bounds_differ(dict(before), dict(entry))
    except (KeyError, TypeError, ValueError):
        return True


def _recipe(before: Mapping | None, entry: Mapping) -> Mapping:
    """Percentiles where they are new or alone; bounds where a person changed them, which ends computing them."""
    same = before is not None and entry.get("percentiles") == before.get("percentiles")
    if entry.get("percentiles") and not (same and _has_other_bounds(before, entry)):
        return {name: entry[name] for name in ("percentiles", "half_width", "descending") if name in entry}
    return {name: entry[name] for name in ("bounds", "half_widths", "goes_up", "descending") if name in entry}
