"""Messages to the signed-in person."""

from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from .. import services
from ..models import Notification


@require_GET
def notifications(request):
    page = Paginator(Notification.objects.for_user(request.user), 50).get_page(request.GET.get("page"))
    return render(request, "accounts/notifications.html", {"page": page})


@require_POST
def mark_read(request):
    services.mark_notifications_read(user=request.user)
    return redirect("notifications")
