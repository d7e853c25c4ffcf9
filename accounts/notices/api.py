"""One's own notifications in the API: `/api/v1/notifications/`."""

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from ..access import PeopleAlone
from ..models import Notification
from . import preferences
from .events import absolute
from .kinds import all_kinds, label_of


class OwnNotifications(PeopleAlone):
    message = "Notifications are for people: sign in, or use an access token. An API key has none."


class NotificationSerializer(serializers.ModelSerializer):
    kind_label = serializers.SerializerMethodField(help_text="The kind in words.")
    page = serializers.SerializerMethodField(help_text="Address in the portal; opening it marks the message as read.")
    is_read = serializers.SerializerMethodField()

    class Meta:
        model = Notification
        fields = ["id", "kind", "kind_label", "text", "count", "organisation", "created_at", "read_at"]
        fields += ["is_read", "page"]

    def get_kind_label(self, row) -> str:
        return label_of(row.kind)

    def get_page(self, row) -> str:
        return absolute(f"/notifications/{row.pk}/")

    def get_is_read(self, row) -> bool:
        return row.read_at is not None


class AllReadSerializer(serializers.Serializer):
    """`undo` takes it back within a quarter of an hour."""

    marked = serializers.IntegerField(help_text="how many were unread")
    undo = serializers.CharField(help_text="token for the page's Undo")


EXAMPLE = {
    "id": 4711,
    "kind": "plan.waiting",
    "kind_label": "A plan waits for approval",
    "text": "City nurses, Monday waits for approval.",
    "count": 1,
    "organisation": "0d9f3c1e-6f0b-4b0e-9c9e-0a5f6d1b2c3d",
    "created_at": "2026-11-22T09:30:00Z",
    "read_at": None,
    "is_read": False,
    "page": "https://portal.example.nhs.uk/notifications/4711/",
}
FILTERS = [
    OpenApiParameter("unread", bool, description="true: only what was not read; false: only what was"),
    OpenApiParameter("kind", str, description="only this kind, such as plan.waiting"),
]


@extend_schema_view(
    list=extend_schema(
        summary="One's own notifications, newest first",
        parameters=FILTERS,
        examples=[OpenApiExample("One unread message", value=EXAMPLE, response_only=True)],
    ),
)
class NotificationViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    """What the signed-in person was told, in all their organisations."""

    serializer_class = NotificationSerializer
    permission_classes = [OwnNotifications]
    queryset = Notification.objects.none()

    def get_queryset(self):
        rows = Notification.objects.for_user(self.request.user).listed()
        unread, kind = self.request.query_params.get("unread"), self.request.query_params.get("kind")
        if unread is not None:
            if unread not in ("true", "false"):
                raise serializers.ValidationError({"unread": "Expected true or false."})
            rows = rows.filter(read_at__isnull=unread == "true")
        if kind is not None:
            if kind not in {one.code for one in all_kinds()}:
                raise serializers.ValidationError({"kind": "There is no such kind."})
            rows = rows.filter(kind=kind)
        return rows

    @extend_schema(
        summary="Mark one as read",
        request=None,
        responses=NotificationSerializer,
        examples=[OpenApiExample("Read", value=EXAMPLE | {"is_read": True}, response_only=True)],
    )
    @action(detail=True, methods=["post"])
    def read(self, request, pk=None):
        row = self.get_object()
        preferences.mark_read(user=request.user, notification=row)
        row.refresh_from_db()
        return Response(self.get_serializer(row).data)

    @extend_schema(
        summary="Mark all as read",
        request=None,
        responses=AllReadSerializer,
        filters=False,
        examples=[OpenApiExample("Three were new", value={"marked": 3, "undo": "eyJ..."}, response_only=True)],
    )
    @action(detail=False, methods=["post"], url_path="read-all", pagination_class=None)
    def read_all(self, request):
        marked, undo = preferences.mark_all_read(user=request.user)
        return Response({"marked": marked, "undo": undo})


def register(router) -> None:
    router.register("notifications", NotificationViewSet, basename="api-notifications")
