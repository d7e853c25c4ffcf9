"""The compiler for the functions of this package."""

from pathlib import Path

from numba import njit

from ..compilation import compiler

# What is called from Python.
kernel = compiler(Path(__file__).parent)


def part(function):
    """Compiles a function that only compiled ones call: without the wrappers for Python, a third of the work."""
    return njit(nogil=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)(function)
