"""Somebody's own settings in the API: `/api/v1/me/preferences/`."""

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import PeopleAlone, request_organisation
from accounts.models import TextSize, Theme
from accounts.people.preferences import FIELDS, change_preferences, preferences_of

from .preference_forms import choices_of

EXAMPLE = {"theme": "dark", "text_size": "125", "landing_page": "explore-start", "default_patch": "aldermoor-city"}


class OwnPreferences(PeopleAlone):
    message = "Settings are for people: sign in, or use an access token. An API key has none."


class PreferencesSerializer(serializers.Serializer):
    """What somebody chose. An empty text: nothing was chosen, and the portal's own choice holds."""

    theme = serializers.ChoiceField(choices=Theme.choices, required=False)
    text_size = serializers.ChoiceField(choices=TextSize.choices, required=False)
    landing_page = serializers.CharField(
        required=False, allow_blank=True, max_length=60, help_text="Page after signing in, such as `explore-start`."
    )
    default_patch = serializers.CharField(
        required=False, allow_blank=True, max_length=100, help_text="Short name of a patch of your organisation."
    )

    def validate(self, asked):
        """The same choices as on the page: pages that the roles open, patches of the organisation."""
        open_to = choices_of(self.context["user"], self.context["organisation"])
        wrong = {
            name: f"Expected one of {', '.join(filter(None, open_to[name]))}, or nothing."
            for name in open_to
            if asked.get(name, "") not in ("", *open_to[name])
        }
        if wrong:
            raise serializers.ValidationError(wrong)
        return asked


class PreferencesView(APIView):
    """Theme, text size, landing page and patch: your own, in every organisation."""

    permission_classes = [OwnPreferences]

    @extend_schema(
        summary="Get your own settings",
        responses=PreferencesSerializer,
        examples=[OpenApiExample("Chosen", EXAMPLE, response_only=True)],
    )
    def get(self, request):
        return Response(_told(request.user))

    @extend_schema(
        summary="Change your own settings",
        request=PreferencesSerializer,
        responses=PreferencesSerializer,
        examples=[
            OpenApiExample("Dark, with larger letters", {"theme": "dark", "text_size": "125"}, request_only=True),
            OpenApiExample("Changed", EXAMPLE, response_only=True),
        ],
    )
    def patch(self, request):
        """Those that are named; the others stay."""
        context = {"user": request.user, "organisation": request_organisation(request)}
        asked = PreferencesSerializer(data=request.data, context=context)
        asked.is_valid(raise_exception=True)
        change_preferences(user=request.user, changes=asked.validated_data)
        return Response(_told(request.user))


def _told(user) -> dict:
    chosen = preferences_of(user)
    return {name: getattr(chosen, name) for name in FIELDS}
