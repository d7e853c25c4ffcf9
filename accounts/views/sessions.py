"""Where somebody is signed in, and how long this session goes on."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ..models import Session
from ..sessions import ending
from ..sessions.presenters import device_lines, public_name


@never_cache
@require_GET
def devices(request):
    """Every browser in which the person is signed in, this one first."""
    sessions = Session.objects.for_user(request.user).living()
    return render(request, "accounts/devices.html", {"lines": device_lines(sessions, request.session.session_key)})


@require_POST
def end(request, name):
    """Sign out of one of one's own devices; 404 for those of others, and for what has ended."""
    sessions = Session.objects.for_user(request.user).exclude(session_key=request.session.session_key)
    found = next((session for session in sessions if public_name(session.session_key) == name), None)
    if found is None:
        raise Http404
    ending.end_one(session=found, by=request.user)
    messages.success(request, "You are signed out there.")
    return redirect("devices")


@require_POST
def end_others(request):
    """Sign out everywhere but here."""
    kept = request.session.session_key
    ended = ending.end_all(user=request.user, by=request.user, why="by_hand", keep=kept)
    said = {0: "You were signed in nowhere else.", 1: "You are signed out of the other device."}
    messages.success(request, said.get(ended, f"You are signed out of {ended} other devices."))
    return redirect("devices")


@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
def state(request):
    """Seconds until the session ends: when nothing is done, and whatever is done; none where it is over. A POST says
    that somebody is there; asking alone does not keep a session alive.
    """
    if not request.user.is_authenticated:
        return JsonResponse({"left": 0, "longest": 0})
    if request.method == "POST":
        request.session.touch()
    idle, longest = request.session.seconds_left()
    return JsonResponse({"left": idle, "longest": longest})
