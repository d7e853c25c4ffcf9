"""What the page that edits a draft waits for: the effect of one change on England, from the text of the draft on.

Figures are made up (the bench needs no database), as many as England has areas, two in a thousand missing.
"""

import json
import time
from collections.abc import Callable
from dataclasses import replace
from statistics import median

import numpy as np

AREAS, SECONDS = 33_755, 0.1
SEED, REPEATS = 20_251_121, 5


def run(write: Callable[[str], None]) -> bool:
    """Write one line per kind of change; return whether all of them took less than the goal."""
    from priorities.preview import before_of, compare
    from priorities.preview_evaluation import outcome_of

    version = _version()
    inputs = _inputs(version)
    stamps = iter(range(10_000))

    def effect(text: dict, stamp):
        draft = _compiled(text)
        return compare(inputs, outcome_of(draft, inputs.figures, stamp=stamp), before_of(version, inputs))

    start = _text(version)
    first = [_seconds(lambda: effect(start, next(stamps))) for _ in range(REPEATS)]
    write(
        f"{AREAS:,} areas, effect of a draft, nothing remembered: {median(first) * 1e3:.0f} ms (goes once per process)"
    )
    done = True
    for title, change in _changes(version):
        times, moved = [], 0
        for number in range(REPEATS):
            text = change(number)
            started = time.perf_counter()
            moved = effect(text, inputs.stamp).moved
            times.append(time.perf_counter() - started)
        done &= median(times) < SECONDS
        write(
            f"{AREAS:,} areas, effect of {title}: {median(times) * 1e3:.0f} ms with reading the draft, {moved:,} areas "
            f"move (goal {SECONDS * 1e3:.0f})"
        )
    return done


def _version():
    from priorities.default_model import FILE, INPUTS
    from priorities.dex.dxi import read_dxi
    from priorities.dex.minutes import DEFAULT_POLICY
    from priorities.dex.thresholds import Thresholds
    from priorities.model_versions import CompiledVersion

    model = read_dxi(FILE.read_bytes())
    names = [model.attributes[index].name for index in model.inputs]
    limits = []
    for name in names:
        wanted = INPUTS[name]
        bounds = wanted.bounds or wanted.reference or (15.0, 30.0)
        widths = wanted.half_widths or ((bounds[1] - bounds[0]) / 6,) * len(bounds)
        limits.append(Thresholds(bounds, widths, descending=wanted.descending))
    return CompiledVersion(model, tuple(INPUTS[name].indicator for name in names), tuple(limits), DEFAULT_POLICY)


def _inputs(version):
    from priorities.preview_inputs import DECILE, Grouping, PreviewInputs

    random, numbers = np.random.default_rng(SEED), np.arange(AREAS)
    figures = {}
    for code, limits in zip(version.indicators, version.thresholds, strict=True):
        # Half of the areas below the first bound, about a fifth above the second, as in England.
        spread = np.log(limits.bounds[1] / limits.bounds[0]) / 0.84
        values = limits.bounds[0] * np.exp(random.normal(0, spread, AREAS))
        values[random.random(AREAS) < 0.002] = np.nan
        figures[code] = values
    figures[DECILE] = random.integers(1, 11, AREAS).astype(float)

    def grouping(title: str, count: int) -> Grouping:
        return Grouping(title, tuple(map(str, range(count))), random.integers(0, count, AREAS).astype(np.int16))

    deciles = Grouping("IMD decile", tuple(map(str, range(1, 11))), figures[DECILE].astype(np.int16) - 1)
    return PreviewInputs("bench", numbers, numbers, deciles, grouping("Region", 9), grouping("Place", 6), figures)


def _text(version) -> dict:
    """What is stored of a draft."""
    from priorities.dex.dxi_writer import write_dxi
    from priorities.model_versions import minutes_to_json, thresholds_to_json

    names = [version.model.attributes[index].name for index in version.model.inputs]
    return {
        "definition": write_dxi(version.model),
        "inputs": dict(zip(names, version.indicators, strict=True)),
        "thresholds": {name: thresholds_to_json(one) for name, one in zip(names, version.thresholds, strict=True)},
        "minutes": json.loads(json.dumps(minutes_to_json(version.minutes))),
    }


def _compiled(text: dict):
    from types import SimpleNamespace

    from priorities.model_versions import compile_version

    return compile_version(SimpleNamespace(**text))


def _changes(version):
    """(what is changed, number of the change -> stored text of the draft); every number is another change."""
    from priorities.dex.tables.editing import with_rule
    from priorities.dex.values import single

    def rule(name: str, first: int):
        def change(number: int) -> dict:
            model = version.model
            node = model.find(name)
            index = first + number
            value = single((node.function.rules[index].classes[0] + 1) % node.size)
            changed = replace(node, function=with_rule(node.function, index, value).table)
            attributes = [changed if one.index == node.index else one for one in model.attributes]
            return _text(replace(version, model=replace(model, attributes=tuple(attributes))))

        return change

    def bound(number: int) -> dict:
        place = [version.model.attributes[index].name for index in version.model.inputs].index("AGE75")
        limits = list(version.thresholds)
        limits[place] = replace(limits[place], bounds=(8.2 + number / 100, 12.5))
        return _text(replace(version, thresholds=tuple(limits)))

    root = version.model.attributes[0].name
    return [
        ("a rule at the top", rule(root, 1)),
        ("a rule at the bottom", rule("LTC_BURDEN", 1)),
        ("a threshold", bound),
    ]


def _seconds(action) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started
