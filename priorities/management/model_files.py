"""What the `dex_*` commands share: a model file that cannot be used ends the command in one line."""

from pathlib import Path

from django.core.management.base import CommandError

from priorities.dex.dxi import MAXIMUM_BYTES, DxiError, read_dxi
from priorities.dex.model import Model


def model_in(path: str) -> Model:
    """Return the model in the file at ``path``. Raises CommandError naming the file, the element and the reason."""
    try:
        with Path(path).open("rb") as stream:
            # One byte more than is allowed: a larger file is refused for its size, and does not fill the memory.
            data = stream.read(MAXIMUM_BYTES + 1)
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {(error.strerror or str(error)).lower()}.") from None
    try:
        return read_dxi(data)
    except DxiError as refusal:
        raise CommandError(f"{path} is not a model that can be used: {one_line(refusal)}.") from None


def one_line(text: object) -> str:
    """Names and reasons may hold line breaks from the file; a refusal is one line."""
    return " ".join(str(text).split()).rstrip(".")
