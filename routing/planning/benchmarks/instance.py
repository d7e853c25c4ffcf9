"""One published instance, read from its file by what the file holds."""

from dataclasses import dataclass, field
from pathlib import Path

from routing.planning.fields import InputError
from routing.planning.io import read_json
from routing.planning.problem import Problem

from .rounding import ROUNDINGS, Rounding

SUFFIXES = (".txt", ".vrp", ".json")


@dataclass(frozen=True)
class Instance:
    """A problem with what is needed to compare it with published results.

    `kind`: the TYPE of the literature (VRPTW, SDVRPTW ...). `visit_at`: visit id by published number of a client, the
    place counted from 0 with the depots first; alternatives of one visit share its id.
    """

    name: str
    kind: str
    problem: Problem
    rounding: Rounding
    visit_at: dict[int, str] = field(default_factory=dict)
    path: Path | None = None

    @property
    def size(self) -> int:
        return len(self.problem.visits)


def read_instance(path, rounding: str | None = None) -> Instance:
    """The instance of a .txt, .vrp or .json file; `rounding`: dimacs, exact, round or trunc (default: what is usual for
    its kind; home-care files say their own). Raises InputError with the line or field that is wrong.
    """
    from .home_care import is_home_care, read_home_care
    from .solomon import is_solomon, read_solomon
    from .vrplib import read_vrplib

    path = Path(path)
    if rounding is not None and rounding not in ROUNDINGS:
        raise InputError("rounding", f"expected one of {', '.join(ROUNDINGS)}, found {rounding!r}")
    if path.suffix.lower() == ".json":
        value = read_json(path)
        if not is_home_care(value):
            raise InputError(str(path), "expected caregivers, patients and distances of a home-care set")
        return read_home_care(value, path)
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise InputError(str(path), "no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(str(path), f"cannot be read: {error}") from None
    if path.suffix.lower() == ".vrp":
        return read_vrplib(lines, path, rounding and ROUNDINGS[rounding])
    if is_solomon(lines):
        return read_solomon(lines, path, rounding and ROUNDINGS[rounding])
    raise InputError(str(path), "expected a VRPLIB .vrp or a Solomon .txt with VEHICLE and CUSTOMER tables")


def read_folder(folder, names=None) -> list[Instance]:
    """The instances of a folder, small ones first; files that are no instance (licences, notes, plans) are passed over.

    `names`: only these, by name regardless of case. Raises InputError for a folder without any, or an unknown name.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError("--instances", f"{folder} is not a folder")
    wanted = None if names is None else {name.lower() for name in names}
    found = []
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in SUFFIXES or (wanted is not None and path.stem.lower() not in wanted):
            continue
        if _is_instance(path):
            found.append(read_instance(path))
    missing = sorted((wanted or set()) - {instance.path.stem.lower() for instance in found})
    if missing:
        raise InputError("--only", f"{folder} has no instance {', '.join(missing)}")
    if not found:
        raise InputError("--instances", f"{folder} holds no Solomon .txt, no VRPLIB .vrp and no home-care .json")
    return sorted(found, key=lambda instance: (instance.size, instance.kind, instance.name))


def _is_instance(path):
    """Whether a file of one of the suffixes holds an instance; every .vrp is taken for one."""
    from .home_care import is_home_care
    from .solomon import is_solomon

    if path.suffix.lower() == ".json":
        return is_home_care(read_json(path))
    return path.suffix.lower() == ".vrp" or is_solomon(path.read_text(encoding="utf-8").splitlines())
