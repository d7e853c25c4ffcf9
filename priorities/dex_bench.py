"""`manage.py bench dex`: how fast options are evaluated, against dexipy, the library of the method's author.

Both evaluate the same random options in the same run, and every value of every aggregate must be equal, or the bench
fails. dexipy takes and gives dictionaries, one option at a time; where it would take minutes it evaluates a sample,
and its time is scaled to all options. Needs requirements-dev.txt. Then the effect of a draft on England, and the whole
recalculation of England where its data are loaded.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from django.core.management.base import CommandError

from priorities import england_bench, preview_bench

SEED = 20_251_121
REPEATS = 7
TOLERANCE = 1e-9
# How much faster than dexipy (goals of the product), on all options.
GOALS = {"crisp": 1_000, "prob": 300, "fuzzy": 300, "fuzzynorm": 300}

# As large as the method's well-known example of a car: six inputs, four tables.
SIX_INPUTS = """<DEXi><NAME>Six inputs</NAME><ATTRIBUTE><NAME>BUY</NAME>{4}
<FUNCTION><LOW>000001230233</LOW></FUNCTION>
<ATTRIBUTE><NAME>COST</NAME>{3}<FUNCTION><LOW>000012022</LOW></FUNCTION>
<ATTRIBUTE><NAME>PRICE</NAME>{3}</ATTRIBUTE><ATTRIBUTE><NAME>UPKEEP</NAME>{3}</ATTRIBUTE></ATTRIBUTE>
<ATTRIBUTE><NAME>QUALITY</NAME>{4}<FUNCTION><LOW>000012023</LOW></FUNCTION>
<ATTRIBUTE><NAME>COMFORT</NAME>{3}<FUNCTION><LOW>000000000000000011012012000012022022</LOW></FUNCTION>
<ATTRIBUTE><NAME>SEATS</NAME>{3}</ATTRIBUTE><ATTRIBUTE><NAME>DOORS</NAME>{4}</ATTRIBUTE>
<ATTRIBUTE><NAME>LUGGAGE</NAME>{3}</ATTRIBUTE></ATTRIBUTE>
<ATTRIBUTE><NAME>SAFETY</NAME>{3}</ATTRIBUTE></ATTRIBUTE></ATTRIBUTE></DEXi>"""


@dataclass(frozen=True)
class Task:
    """``arrays``: what we are given; ``plain(value)``: one option's part of it as dexipy takes it."""

    name: str
    method: str
    arrays: dict
    plain: Callable


def add_arguments(parser):
    parser.add_argument("--options", type=int, default=35_000, help="options to evaluate (default 35,000)")
    parser.add_argument("--sample", type=int, default=1_000, help="options that dexipy evaluates, crisp ones all")
    parser.add_argument("--only", choices=("options", "effect", "england"), help="one part (default: all three)")
    parser.add_argument("--keep", action="store_true", help="England: keep the runs, and measure their commit too")
    parser.add_argument("--whole", action="store_true", help="no sample: dexipy evaluates all options (minutes)")


def run(options, write):
    only, missed, unmeasured = options["only"], [], ""
    if only in (None, "options"):
        missed += _against_dexipy(options, write)
    if only in (None, "effect") and not preview_bench.run(write):
        missed.append("effect of a draft")
    if only in (None, "england"):
        met = england_bench.run(write, keep=options["keep"])
        missed += ["recalculation of England"] if met is False else []
        unmeasured = "; England not measured" if met is None else ""
    write((f"goals missed: {', '.join(missed)}" if missed else "all goals met, all results equal") + unmeasured)


def _against_dexipy(options, write) -> list[str]:
    """Return which goals were missed."""
    try:
        from dexipy.dexi import read_dexi_from_string
    except ImportError:
        raise CommandError("dexipy is not installed: pip install -r requirements-dev.txt") from None
    from priorities.default_model import FILE
    from priorities.dex.dxi import read_dxi

    missed = []
    for title, text in (("6 inputs", _six_inputs()), ("12 inputs", FILE.read_text())):
        model, peer = read_dxi(text), read_dexi_from_string(text)
        for task in _tasks(model, options["options"]):
            all_options = options["whole"] or task.name == "crisp"
            sample = options["options"] if all_options else min(options["sample"], options["options"])
            times = _compare(model, peer, task, options["options"], sample, write, title)
            if times < GOALS.get(task.name, 0):
                missed.append(f"{title} {task.name}")
    return missed


def _six_inputs() -> str:
    scales = {
        size: f"<SCALE>{''.join(f'<SCALEVALUE><NAME>c{k}</NAME></SCALEVALUE>' for k in range(size))}</SCALE>"
        for size in (3, 4)
    }
    return SIX_INPUTS.replace("{3}", scales[3]).replace("{4}", scales[4])


def _tasks(model, count) -> list[Task]:
    import numpy as np

    random = np.random.default_rng(SEED)
    sizes = {index: model.attributes[index].size for index in model.inputs}
    crisp = {index: random.integers(0, size, count).astype(np.int8) for index, size in sizes.items()}
    sets = {index: (random.random((count, size)) < 0.6).astype(float) for index, size in sizes.items()}
    for index, chosen in sets.items():
        chosen[np.arange(count), crisp[index]] = 1
    shares = {index: random.dirichlet(np.ones(size), count) for index, size in sizes.items()}
    return [
        Task("crisp", "set", crisp, int),
        Task("set", "set", sets, lambda row: set(np.flatnonzero(row).tolist())),
        *(Task(method, method, shares, lambda row: row.tolist()) for method in ("prob", "fuzzy", "fuzzynorm")),
    ]


def _compare(model, peer, task, count, sample, write, title) -> float:
    """Write one line and return how many times faster we are."""
    from priorities.dex.arrays import Columns, evaluate_columns

    def ours():
        return evaluate_columns(model, Columns.of_arrays(model, task.arrays), method=task.method)

    results, seconds = ours(), median(_seconds(ours) for _ in range(REPEATS))
    # Attributes of dexipy are in the same order, after the model itself.
    names = [attribute.id for attribute in peer.attributes][1:]
    alternatives = [
        {"name": str(row), **{names[index]: task.plain(values[row]) for index, values in task.arrays.items()}}
        for row in range(sample)
    ]
    started = time.perf_counter()
    answers = peer.evaluate(alternatives, method=task.method)
    peer_seconds = (time.perf_counter() - started) * count / sample
    differences = sum(
        differs(found[index], answer[names[index]])
        for found, answer in zip(results.options(model.aggregates), answers, strict=False)
        for index in model.aggregates
    )
    if differences:
        raise CommandError(f"{title} {task.name}: {differences:,} values differ from those of dexipy")
    times, goal = peer_seconds / seconds, GOALS.get(task.name)
    how = "" if sample == count else f" (scaled from {sample:,})"
    write(
        f"{title}, {task.name:9}: {count:,} options in {seconds * 1e3:7.2f} ms, dexipy {peer_seconds:6.2f} s{how}: "
        f"{times:6,.0f} times{f' (goal {goal:,})' if goal else ''}, {sample * len(model.aggregates):,} values equal"
    )
    return times


def _seconds(action) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def differs(found, answer) -> bool:
    """Whether our value is another than dexipy's: a class, a set, a list of memberships, or None."""
    if isinstance(answer, int):
        answer = {answer: 1.0}
    elif isinstance(answer, set):
        answer = dict.fromkeys(answer, 1.0)
    elif isinstance(answer, list):
        answer = {index: membership for index, membership in enumerate(answer) if membership > 0}
    if not isinstance(found, dict) or not isinstance(answer, dict):
        return found is not answer
    return found.keys() != answer.keys() or any(abs(found[key] - answer[key]) > TOLERANCE for key in found)
