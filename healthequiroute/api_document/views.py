"""The page Using the API."""

from django.shortcuts import render


def using_the_api(request):
    """GET /api/: how to get in, begin, and what to rely on; for everybody who is signed in."""
    return render(request, "api_document/using.html", {"address": request.build_absolute_uri("/").rstrip("/")})
