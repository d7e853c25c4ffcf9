"""What planners can take back after they removed it: `accounts.undo`."""

from accounts.permissions import Permission
from accounts.undo import register_kind

from .models import Absence, PlanAdjustment, Visit, VisitLink


def register() -> None:
    """Called once, when the app is ready."""
    register_kind("absence", action="absence.restored", permission=Permission.MANAGE_TEAMS, check=_absence)
    register_kind("shift", action="shift.restored", permission=Permission.MANAGE_TEAMS)
    register_kind("plus_group", action="plus_group.restored", permission=Permission.MANAGE_TEAMS)
    register_kind("caseload", action="caseload.restored", permission=Permission.EDIT_PLANS)
    register_kind("visit", action="visit.restored", permission=Permission.EDIT_PLANS, check=_visit)
    register_kind(
        "plan_adjustment", action="plan.adjustment_restored", permission=Permission.EDIT_PLANS, check=_adjustment
    )
    register_kind("visit_link", action="visit.link_restored", permission=Permission.EDIT_PLANS, check=_link)


def _absence(pk: str) -> None:
    Absence.objects.get(pk=pk).full_clean()


def _visit(pk: str) -> None:
    """A draft that held it may have been searched or approved since: then it must not slip in."""
    from .services.visit_entry import free_visit

    free_visit(Visit.objects.get(pk=pk))


def _adjustment(pk: str) -> None:
    """The plan may have been approved since, or people may work by it otherwise."""
    from .services import check_adjustment

    check_adjustment(PlanAdjustment.objects.select_related("plan", "visit", "staff").get(pk=pk))


def _link(pk: str) -> None:
    link = VisitLink.objects.get(pk=pk)
    for visit in (link.first_id, link.second_id):
        _visit(str(visit))
