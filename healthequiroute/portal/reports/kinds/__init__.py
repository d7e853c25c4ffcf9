"""Kinds of reports: who may read each, and how its document is made."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from accounts.permissions import Permission

from ...models import Report, ReportKind
from ..document import Document
from . import data, equity, plans, priorities, workload


@dataclass(frozen=True)
class KindOfReport:
    """`make(report, today, progress)` gives the document; `about`: whether it is about teams or about a patch."""

    permission: Permission
    make: Callable[[Report, date, Callable[[int, str], None]], Document]
    about: str
    use: str


KINDS = {
    ReportKind.EQUITY: KindOfReport(
        Permission.VIEW_PLANS, equity.make, "team",
        "Who was reached: Core20 against elsewhere, by deprivation and PLUS group, with the trend.",
    ),
    ReportKind.PRIORITIES: KindOfReport(
        Permission.VIEW_AREAS, priorities.make, "patch", "Areas by priority, which of them moved, and Core20."
    ),
    ReportKind.PLANS: KindOfReport(
        Permission.VIEW_PLANS, plans.make, "team", "Plans, visits planned, done and left out, with the reasons."
    ),
    ReportKind.WORKLOAD: KindOfReport(
        Permission.VIEW_PLANS, workload.make, "team", "How much of the contracted time is used, and how evenly."
    ),
    ReportKind.DATA: KindOfReport(
        Permission.VIEW_AREAS, data.make, "", "How fresh and complete the data are, and what is open."
    ),
}  # fmt: skip


def kinds_for(user, organisation) -> list[str]:
    """Kinds of report that somebody may read in an organisation; none for those who work in none."""
    held = user.permissions_in(organisation) if organisation else frozenset()
    return [kind.value for kind, each in KINDS.items() if each.permission in held]
