"""What a check is: a name, an explanation for people, and a function that reads and gives findings."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from accounts.models import Organisation
from lsoa.models import Dataset, QualityAlert

INFORMATION = QualityAlert.Severity.INFORMATION
WARNING = QualityAlert.Severity.WARNING
ERROR = QualityAlert.Severity.ERROR


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong. `subject` names what it is about: the same thing found again is the same alert."""

    subject: str
    severity: str
    message: str
    details: dict = field(default_factory=dict)
    dataset: Dataset | None = None
    organisation: Organisation | None = None


@dataclass(frozen=True)
class Check:
    """`find()` reads only and yields findings; `explanation` says on the page what is expected."""

    code: str
    title: str
    explanation: str
    find: Callable[[], Iterable[Finding]]


CHECKS: dict[str, Check] = {}


def check(code: str, title: str, explanation: str):
    """Decorator: registers a function that yields findings as a check."""

    def register(find: Callable[[], Iterator[Finding]]):
        CHECKS[code] = Check(code, title, explanation, find)
        return find

    return register


# Upper apps say which indicators they cannot do without: callables that give {indicator code: who needs it}.
Needs = Callable[[], dict[str, str]]
_needs: list[Needs] = []


def register_needs(needs: Needs) -> None:
    """Register what an upper app needs. Call in AppConfig.ready()."""
    if needs not in _needs:
        _needs.append(needs)


def needed_indicators() -> dict[str, str]:
    """Indicator code -> who needs it."""
    return {code: who for needs in _needs for code, who in needs().items()}
