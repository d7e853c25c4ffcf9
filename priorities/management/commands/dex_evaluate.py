"""Evaluate options with a model file."""

import os
import sys
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from priorities.dex.arrays import Columns, evaluate_columns
from priorities.dex.evaluate import METHODS
from priorities.dex.options import OptionsError, read_options, write_results
from priorities.management.model_files import model_in, one_line

RANKING = ("qq1", "qq2")
# Options that are read, evaluated and written together: memory is bounded by this, however many there are.
BLOCK = 4_096


class Command(BaseCommand):
    help = (
        "Evaluate the options of a JSON or CSV file with a .dxi file and print the value of every computed attribute as"
        " JSON. Needs no database. Options are read and answered in blocks, so their number is not limited by memory."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("model", metavar="MODEL.dxi", help="file of the model")
        parser.add_argument("options", metavar="OPTIONS.json", help="file of the options, .json or .csv; - reads JSON")
        parser.add_argument("--method", choices=[*METHODS, *RANKING], required=True)
        parser.add_argument(
            "--undefined",
            choices=("keep", "expand"),
            default="keep",
            help="whether what is undefined stays so, or becomes any class of its scale, at every node",
        )
        parser.add_argument(
            "--bounds",
            choices=("error", "clamp"),
            default="error",
            help="whether a class outside its scale is refused, or becomes the nearest class",
        )
        parser.add_argument("--out", metavar="FILE", help="write here instead of printing; whole or not at all")

    def handle(self, *args, model, method, undefined, bounds, out, **options):
        path = options["options"]
        model = model_in(model)
        notation = "csv" if path.lower().endswith(".csv") else "json"
        try:
            with _source(path) as source, self._sink(out) as sink:
                stream = read_options(model, source, bounds=bounds, notation=notation)
                results = evaluated(model, stream, method=method, expand=undefined == "expand")
                write_results(model, results, sink, keep_zero=method in RANKING)
        except OptionsError as refusal:
            raise CommandError(f"{path}: {one_line(refusal)}.") from None

    @contextmanager
    def _sink(self, out):
        if out is None:
            yield _TextSink(self.stdout)
            return
        target = Path(out)
        unfinished = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            with ExitStack() as stack:
                with _named(out, "written"):
                    sink = stack.enter_context(unfinished.open("wb"))
                yield sink
            os.replace(unfinished, target)
        finally:
            unfinished.unlink(missing_ok=True)


def evaluated(model, stream, *, method, expand):
    """Yield (name, values by attribute) of a stream of named options, a block at a time."""
    computed = [attribute.index for attribute in model.attributes if attribute.function]
    while block := list(islice(stream, BLOCK)):
        given = [option.inputs for option in block]
        for option, values in zip(block, _values(model, given, method, expand, computed), strict=True):
            yield option.name, values


def _values(model, given, method, expand, computed):
    if method in RANKING:
        # SciPy, which only ranking needs, is not loaded for the rest.
        from priorities.dex.ranking import offsets

        return offsets(model, Columns.of_options(model, given), method=method, expand=expand).options()
    columns = Columns.of_options(model, given, method=method)
    return evaluate_columns(model, columns, method=method, expand=expand).options(computed)


@contextmanager
def _source(path):
    if path == "-":
        yield sys.stdin.buffer
        return
    with ExitStack() as stack:
        with _named(path, "read"):
            source = stack.enter_context(Path(path).open("rb"))
        yield source


@contextmanager
def _named(path, done):
    try:
        yield
    except OSError as error:
        raise CommandError(f"{path} cannot be {done}: {(error.strerror or str(error)).lower()}.") from None


class _TextSink:
    """Lets bytes be written to the command's output, which takes text."""

    def __init__(self, stdout):
        self.stdout = stdout

    def write(self, data: bytes) -> None:
        self.stdout.write(data.decode(), ending="")
