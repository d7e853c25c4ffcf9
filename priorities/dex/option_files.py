"""Files of options, read piece by piece: JSON as the command-line contract has it, and CSV."""

import codecs
import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import IO, Any

from priorities.dex.option_values import InputReader, OptionsError, raw_value

PIECE = 65_536
# Characters of one option, or of one line. Nobody needs more, and a file that never ends one would fill the memory.
MAXIMUM_TEXT = 4_000_000
SPACE = " \t\n\r"
NAME_COLUMNS = ("name", "option", "alternative")

# How errors call the option, its name, and what it says: names of attributes with raw values.
RawOption = tuple[str, str, list[tuple[str, Any]]]


def read_json(stream: IO, reader: InputReader) -> Iterator[RawOption]:
    """Yield the options of ``{"options": [...]}``. Raises OptionsError for anything else."""
    text = _JsonText(stream)
    text.take("{", "an object with options")
    found = False
    for _ in text.each("}"):
        key = text.value("the name of a member")
        if not isinstance(key, str):
            raise text.error(f"expected the name of a member, found {json.dumps(key)[:40]}")
        text.take(":", f'a colon after "{key[:40]}"')
        if key != "options":
            text.value(f'"{key[:40]}"')
            continue
        if found:
            raise text.error('"options" stands twice')
        found = True
        text.take("[", "a list of options")
        for number, _ in enumerate(text.each("]")):
            yield _json_option(text.value(f"option {number}"), number)
    text.end()
    if not found:
        raise OptionsError('the file has no "options"')


def _json_option(option: Any, number: int) -> RawOption:
    label = f"option {number}"
    if not isinstance(option, Mapping):
        raise OptionsError(f"expected an object with name and inputs, found {json.dumps(option)[:60]}", option=label)
    name, inputs = option.get("name"), option.get("inputs")
    if not isinstance(name, str):
        raise OptionsError(f'expected a "name" that is text, found {json.dumps(name)[:60]}', option=label)
    try:
        name.encode()
    except UnicodeEncodeError:
        raise OptionsError("its name holds half of a character", option=label) from None
    label = f"{label} ({name[:80]})"
    if not isinstance(inputs, Mapping):
        raise OptionsError(f'expected an object of "inputs", found {json.dumps(inputs)[:60]}', option=label)
    return label, name, list(inputs.items())


class _JsonText:
    """Takes JSON apart without holding more of it than one value."""

    def __init__(self, stream: IO):
        self.stream = stream
        self.decode = codecs.getincrementaldecoder("utf-8-sig")().decode
        self.decoder = json.JSONDecoder(object_pairs_hook=_unrepeated)
        self.text, self.position, self.line, self.ended = "", 0, 1, False

    def error(self, reason: str) -> OptionsError:
        line = self.line + self.text.count("\n", 0, self.position)
        return OptionsError(f"line {line}: {reason}")

    def each(self, close: str) -> Iterator[None]:
        """One turn for each part of a list or object, whose opening character has been taken."""
        if self._peek() == close:
            self.position += 1
            return
        while True:
            yield
            found = self._peek()
            if found not in (",", close):
                raise self.error(f"expected a comma or {close}, found {found or 'the end of the file'}")
            self.position += 1
            if found == close:
                return

    def take(self, character: str, what: str) -> None:
        found = self._peek()
        if found != character:
            raise self.error(f"expected {what}, found {found or 'the end of the file'}")
        self.position += 1

    def end(self) -> None:
        found = self._peek()
        if found:
            raise self.error(f"expected the end of the file, found {found}")

    def value(self, what: str) -> Any:
        self._peek()
        while True:
            try:
                value, end = self.decoder.raw_decode(self.text, self.position)
            except json.JSONDecodeError as error:
                if self.ended:
                    self.position = min(error.pos, len(self.text))
                    raise self.error(f"{what}: {error.msg}") from None
            except _Repeated as error:
                raise self.error(f"{what}: {error}") from None
            except RecursionError:
                raise self.error(f"{what} is nested too deeply") from None
            except ValueError:
                raise self.error(f"{what} holds a number of too many digits") from None
            else:
                # A number at the end of what has been read may go on.
                if end < len(self.text) or self.ended:
                    self.position = end
                    return value
            if len(self.text) - self.position > MAXIMUM_TEXT:
                raise self.error(f"{what} is longer than {MAXIMUM_TEXT:,} characters, or not JSON")
            self._read_on()

    def _peek(self) -> str:
        """The next character that is not white space; empty at the end."""
        while True:
            while self.position < len(self.text):
                if self.text[self.position] not in SPACE:
                    return self.text[self.position]
                self.position += 1
            if self.ended:
                return ""
            self._read_on()

    def _read_on(self) -> None:
        """Forget what has been taken and read at least as much as is waiting, so that long values cost no square."""
        self.line += self.text.count("\n", 0, self.position)
        rest = self.text[self.position :]
        piece = self.stream.read(max(PIECE, len(rest)))
        self.ended = not piece
        try:
            more = self.decode(piece, final=not piece) if isinstance(piece, bytes) else piece
        except UnicodeDecodeError as error:
            raise OptionsError(f"the file is not UTF-8: {error.reason}") from None
        self.text, self.position = rest + more, 0


class _Repeated(ValueError):
    """A name that an object has twice: which value is meant?"""


def _unrepeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _Repeated(f'"{twice[:60]}" stands twice in one object')
    return result


def read_csv(stream: IO, reader: InputReader) -> Iterator[RawOption]:
    """Yield the options of a CSV file: a header, then a line for each option. Raises OptionsError."""
    rows = csv.reader(_lines(stream), strict=True)
    try:
        header = next(rows, None)
        if not header or header[0].strip().lower() not in NAME_COLUMNS:
            found = header[0] if header else "an empty file"
            raise OptionsError(f"line 1: expected the columns name, then attributes; found {found[:60]}")
        attributes = [reader.known(column.strip(), "line 1") for column in header[1:]]
        for row in rows:
            if not row:
                continue
            label = f"line {rows.line_num} ({row[0][:80]})"
            if len(row) != len(header):
                raise OptionsError(f"expected {len(header)} columns, found {len(row)}", option=label)
            cells = []
            for attribute, text in zip(attributes, row[1:], strict=True):
                try:
                    cells.append((f"#{attribute.index}", raw_value(text, attribute, bounds=reader.bounds)))
                except ValueError as error:
                    raise OptionsError(str(error), option=label, attribute=attribute.name, value=text) from None
            yield label, row[0], cells
    except csv.Error as error:
        raise OptionsError(f"line {rows.line_num}: {error}") from None


def _lines(stream: IO) -> Iterator[str]:
    wrapper = None if isinstance(stream, io.TextIOBase) else io.TextIOWrapper(stream, "utf-8-sig", newline="")
    try:
        while line := (wrapper or stream).readline(MAXIMUM_TEXT):
            if len(line) == MAXIMUM_TEXT:
                raise OptionsError(f"a line is longer than {MAXIMUM_TEXT:,} characters")
            yield line
    except UnicodeDecodeError as error:
        raise OptionsError(f"the file is not UTF-8: {error.reason}") from None
    finally:
        # The stream stays open, and stays with whoever opened it.
        if wrapper is not None and not stream.closed:
            wrapper.detach()
