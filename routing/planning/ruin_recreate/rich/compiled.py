"""The compiler for the functions of this package."""

from pathlib import Path

from numba import njit

from ..compilation import compiler

_compiler = compiler(Path(__file__).parent, Path(__file__).parent.parent)


def kernel(function):
    """Compiles a function that Python calls."""
    return _compiler(function)


def part(function):
    """Compiles a function that only compiled ones call: without the wrappers for Python, a third of the work."""
    return njit(nogil=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)(function)


def inlined(function):
    """Writes a function into the one that calls it: each level of calls is optimised anew with all below it."""
    return _compiler(function, part=True)
