"""Files of a plan that somebody took: the audit trail has who took what."""

from django.db import transaction

from accounts import audit
from routing.models import RoutePlan, StaffMember


@transaction.atomic
def note_file_taken(*, plan: RoutePlan, kind: str, by, staff: StaffMember | None = None) -> None:
    """`staff`: whose part of the plan it is; None: everybody's."""
    details = {"kind": kind, "version": plan.version} | ({"staff": str(staff.pk)} if staff else {})
    audit.record(action="plan.file_taken", by=by, organisation=plan.organisation, target=plan, details=details)
