"""Somebody's own settings: colours, text size, where the portal opens."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.people.preferences import change_preferences, landing_address

from ..preference_forms import PreferencesForm


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request):
    """For everybody who is signed in, whatever their roles; nobody sees or changes those of others."""
    form = PreferencesForm(request.POST or None, user=request.user, organisation=request.organisation)
    if request.method == "POST" and form.is_valid():
        change_preferences(user=request.user, changes=form.cleaned_data)
        messages.success(request, "Your settings are saved. They apply wherever you sign in.")
        return redirect("preferences")
    _, lost = landing_address(request.user, request.organisation)
    return render(
        request, "accounts/preferences.html", {"form": form, "lost": lost}, status=400 if form.errors else 200
    )
