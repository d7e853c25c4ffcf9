"""Saved views in the API: `/api/v1/saved-views/`."""

from django.core.exceptions import ValidationError
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import exceptions, mixins, serializers, status, viewsets
from rest_framework.response import Response

from accounts.access import HasPermission, request_organisation
from accounts.permissions import Permission

from .models import SavedView
from .saved_views import services
from .saved_views.addresses import page_address, read_address

EXAMPLE = {
    "id": "0b8a5c9e-6b8f-4d8a-9d55-0a6d2f7f5c11",
    "name": "Urgent Core20 areas",
    "address": "/explore/?priority=3&core20=1",
    "page": "explore",
    "is_shared": True,
    "is_own": True,
    "changed_at": "2026-11-22T14:00:00Z",
}


class SavedViewSerializer(serializers.ModelSerializer):
    """A named address of a page. Who else shares it is not told."""

    address = serializers.CharField(help_text="Address within the portal, of Explore or Compare.", max_length=2100)
    is_own = serializers.SerializerMethodField(help_text="Whether it is yours to change.")

    class Meta:
        model = SavedView
        fields = ["id", "name", "address", "page", "is_shared", "is_own", "changed_at"]
        read_only_fields = ["page", "changed_at"]

    def get_is_own(self, view) -> bool:
        return view.owner_id == self.context["request"].user.pk

    def to_representation(self, view):
        view.address = page_address(view.page, view.query)
        return super().to_representation(view)


class SavedViewViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Your own views and those that colleagues share. Creating and deleting: your own."""

    permission_classes = [HasPermission.of(Permission.VIEW_AREAS)]
    serializer_class = SavedViewSerializer
    queryset = SavedView.objects.none()

    def get_queryset(self):
        views = SavedView.objects.visible_to(self.request.user, request_organisation(self.request))
        return views.order_by("name", "created_at", "pk")

    @extend_schema(
        examples=[
            OpenApiExample("Answer", EXAMPLE, response_only=True),
            OpenApiExample(
                "Save a view",
                {name: EXAMPLE[name] for name in ("name", "address", "is_shared")},
                request_only=True,
            ),
        ]
    )
    def create(self, request):
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        asked = serializer.validated_data
        try:
            page, query = read_address(asked["address"])
        except ValidationError as error:
            raise exceptions.ValidationError({"address": error.messages}) from error
        try:
            view = services.save_view(
                organisation=request_organisation(request),
                page=page,
                query=query,
                name=asked["name"],
                is_shared=asked.get("is_shared", False),
                by=request.user,
            )
        except ValidationError as error:
            raise exceptions.ValidationError(error.message_dict) from error
        return Response(self.get_serializer(view).data, status=status.HTTP_201_CREATED)

    def destroy(self, request, pk=None):
        view = self.get_object()
        if view.owner_id != request.user.pk:
            raise exceptions.PermissionDenied("Only its maker deletes a view.")
        services.delete_view(view=view, by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


def register(router) -> None:
    """Add the routes of this module to the API's router."""
    router.register("saved-views", SavedViewViewSet, basename="saved-view-api")
