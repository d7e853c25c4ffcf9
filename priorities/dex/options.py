"""Options: what is known about the inputs of a model, read from JSON, CSV or a model file; and results as JSON.

    {"options": [{"name": "one", "inputs": {"PRICE": 2, "SAFETY": [0, 1], "COMFORT": {"0": 0.1, "2": 0.9}, "#7": 1.5}}]}

A number is a class index, or the number itself on a continuous scale; a list is a set of classes (``[]`` is empty: no
class is possible); an object is a distribution, class -> membership; null is undefined, as is an input that is not
named. Attributes go by name, or by ``#i``, their index in pre-order, needed where a name repeats. A value for an
aggregate replaces what its function would give (pruning). In CSV the first column is the name of the option, the
others are attributes; a cell holds a value in the notation of ``.dxi`` files or the name of a class; blank is
undefined.

Options are read and results written one at a time: memory does not grow with their number.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import IO, NamedTuple

import orjson

from priorities.dex.evaluate import InputValue, NodeValue
from priorities.dex.model import Model
from priorities.dex.option_files import read_csv, read_json
from priorities.dex.option_values import InputReader, OptionsError, stored_value

__all__ = ["NamedInputs", "OptionsError", "read_options", "stored_options", "write_results"]

READERS = {"json": read_json, "csv": read_csv}


class NamedInputs(NamedTuple):
    """One option: attribute index -> value (``evaluate.InputValue``), for the attributes that it names."""

    name: str
    inputs: dict[int, InputValue]


def read_options(model: Model, stream: IO, *, bounds: str = "error", notation: str = "json") -> Iterator[NamedInputs]:
    """Yield the options of a file, one at a time.

    ``stream``: open for reading, bytes (UTF-8) or text. ``bounds``: a class off the scale is refused ("error"), or
    moved to the end of the scale ("clamp"). ``notation``: "json" or "csv". Raises OptionsError at the first option
    that does not fit.
    """
    reader = InputReader(model, bounds=bounds)
    for label, name, given in READERS[notation](stream, reader):
        yield NamedInputs(name, reader.inputs(given, label))


def stored_options(model: Model, *, bounds: str = "error") -> Iterator[NamedInputs]:
    """Yield the options that a model file holds. Raises OptionsError."""
    reader = InputReader(model, bounds=bounds)
    for number, option in enumerate(model.options):
        label = f"option {number} ({option.name})"
        notations = option.notations or (option.notation,) * len(option.values)
        given = []
        for index in model.inputs:
            attribute, text = model.attributes[index], option.values[index]
            try:
                raw = stored_value(text, notations[index], attribute, bounds=bounds)
            except ValueError as error:
                raise OptionsError(str(error), option=label, attribute=attribute.name, value=text) from None
            given.append((f"#{index}", raw))
        yield NamedInputs(option.name, reader.inputs(given, label))


def write_results(
    model: Model,
    results: Iterable[tuple[str, Sequence[NodeValue] | Mapping[int, NodeValue]]],
    stream: IO[bytes],
    *,
    keep_zero: bool = False,
) -> None:
    """Write ``{"attributes": [...], "options": [{"name": ..., "values": {"#0": {"3": 1.0}, ...}}]}``, option by option.

    ``results``: name, and attribute index -> value; those of attributes with a function are written, null for a value
    that is undefined or missing. Classes with 0 are left out unless ``keep_zero``: an offset of 0 is an answer.
    Raises ValueError for a number that is not finite.
    """
    results = iter(results)
    # Nothing is written before the first result is there: a refusal should not follow half an answer.
    first = list(islice(results, 1))
    computed = [(attribute.index, f"#{attribute.index}") for attribute in model.attributes if attribute.function]
    stream.write(b'{"attributes": ' + orjson.dumps([attribute.name for attribute in model.attributes]))
    stream.write(b', "options": [')
    separator = b"\n"
    for name, values in chain(first, results):
        written = {key: _result(values[index], key, keep_zero=keep_zero) for index, key in computed}
        stream.write(separator + orjson.dumps({"name": name, "values": written}))
        separator = b",\n"
    stream.write(b"\n]}\n")


def _result(value: NodeValue, key: str, *, keep_zero: bool) -> dict[str, float] | None:
    if not isinstance(value, Mapping):
        return None
    numbers = {str(index): float(number) for index, number in value.items() if number or keep_zero}
    if not all(map(math.isfinite, numbers.values())):
        raise ValueError(f"{key} has a value that is not a finite number: {numbers}")
    return numbers
