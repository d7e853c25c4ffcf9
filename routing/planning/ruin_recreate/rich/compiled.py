"""The compiler for the functions of this package."""

from pathlib import Path

from ..compilation import compiler

_compiler = compiler(Path(__file__).parent)


def kernel(function):
    """Compiles a function that Python calls."""
    return _compiler(function)


def part(function):
    """Compiles a function that only compiled ones call."""
    return _compiler(function, inner=True)


def inlined(function):
    """Writes a function into the one that calls it: each level of calls is optimised anew with all below it."""
    return _compiler(function, part=True)
