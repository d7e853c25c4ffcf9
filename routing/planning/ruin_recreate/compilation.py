"""The compiler's cache on disk. Searches are compiled once, when the system is set up, never inside a request.

numba notices when the file of a compiled function changes, but not when a function that was compiled into it does. So
the cache lies in a folder named after the content of all the files concerned. It is NUMBA_CACHE_DIR where that is set
(where the code itself cannot be written beside, as in the container), else beside the code.
"""

import hashlib
import os
import shutil
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

from numba import config, njit

PREFIX = "kernels-"
MARK = b"compil"  # stands in every file with a compiled function, since it says where its compiler is from


def compiler(*folders: Path) -> Callable:
    """A decorator that compiles functions, for kernels made of the Python files in these folders.

    They may not make arrays: numba's counting of references is off, which took half of the time of a search.
    With `part=True` a function is written into those that call it: passing a dozen arrays takes longer than what the
    smallest functions do with them. With `inner=True` only compiled functions may call it: it is compiled with those
    that do, without the wrappers for Python, which take as long as the function itself.
    """
    place = cache_root(folders[0]) / fingerprint(folders)

    def kernel(function=None, *, part=False, inner=False):
        if function is None:
            return lambda function: kernel(function, part=part, inner=inner)
        if part:
            return njit(inline="always", error_model="numpy", _nrt=False)(function)
        if inner:
            bare = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
            return njit(nogil=True, error_model="numpy", _nrt=False, **bare)(function)
        with _cached_in(place):
            return njit(cache=True, nogil=True, error_model="numpy", _nrt=False)(function)

    return kernel


def cache_root(folder: Path) -> Path:
    return Path(os.environ.get("NUMBA_CACHE_DIR") or folder / "__pycache__")


def fingerprint(folders) -> str:
    """The name of the cache folder for the present content of these folders' compiled files and of their columns."""
    content = hashlib.sha256()
    for folder in folders:
        for path in sorted(Path(folder).glob("*.py")):
            code = path.read_bytes()
            if MARK in code or path.stem == "columns":
                content.update(path.name.encode() + b"\0" + code)
    return f"{PREFIX}{Path(folders[0]).name}-{content.hexdigest()[:12]}"


def remove_outdated(*folders: Path):
    """Deletes what earlier versions of these files left in the cache."""
    current = fingerprint(folders)
    for path in cache_root(folders[0]).glob(f"{PREFIX}{Path(folders[0]).name}-*"):
        if path.name != current:
            shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _cached_in(place):
    before = config.CACHE_DIR
    config.CACHE_DIR = str(place)
    try:
        yield
    finally:
        config.CACHE_DIR = before


def is_compiled(folders, modules) -> bool:
    """Whether kernels of these modules lie in the cache, compiled from the files of the folders as they are now."""
    place = cache_root(folders[0]) / fingerprint(folders)
    return all(any(place.rglob(f"{module}.*.nbi")) for module in modules)
