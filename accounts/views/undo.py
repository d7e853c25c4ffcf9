"""Taking back one's last step."""

from django.contrib import messages
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from .. import undo as steps
from ..safe_redirects import safe_address


@require_POST
def undo(request):
    """The button of a message. What cannot be taken back is said, and nothing changes."""
    try:
        taken = steps.take_back(token=request.POST.get("token", ""), by=request.user, organisation=request.organisation)
    except steps.UndoRefused as refusal:
        messages.error(request, str(refusal))
        return redirect(safe_address(request, request.POST.get("next"), otherwise="/"))
    messages.success(request, taken.done)
    return redirect(taken.back)
