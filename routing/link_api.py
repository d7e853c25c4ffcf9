"""REST: links between two visits of a day. Visits go by their references; the same checks as on the page."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status, viewsets
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.response import Response

from accounts import audit, preconditions
from accounts.access import HasPermission, request_organisation
from accounts.permissions import Permission

from . import services
from .api import Conflict
from .models import Team, Visit, VisitLink
from .services.visit_links import FIELDS, MOST_GAP


class VisitLinkSerializer(serializers.ModelSerializer):
    """Gaps are minutes from the start of `first` to the start of `second`."""

    team = serializers.UUIDField(source="first.team_id")
    day = serializers.DateField(source="first.day")
    first = serializers.CharField(source="first.reference")
    second = serializers.CharField(source="second.reference")

    class Meta:
        model = VisitLink
        fields = ["id", "team", "day", "first", "second", *FIELDS]


class LinkValuesSerializer(serializers.Serializer):
    """What the link asks for: at least one of it."""

    min_gap_minutes = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=MOST_GAP)
    max_gap_minutes = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=MOST_GAP)
    same_staff = serializers.BooleanField(default=False)
    different_staff = serializers.BooleanField(default=False)
    together = serializers.BooleanField(default=False, help_text="Both are made or neither.")


class NewLinkSerializer(LinkValuesSerializer):
    """Two visits of a team on a day, by reference."""

    team = serializers.PrimaryKeyRelatedField(queryset=Team.objects.none())
    day = serializers.DateField()
    first = serializers.CharField(max_length=40)
    second = serializers.CharField(max_length=40)

    def __init__(self, *args, organisation=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = Team.objects.for_organisation(organisation)

    def validate(self, asked):
        for name in ("first", "second"):
            visits = Visit.objects.filter(team=asked["team"], day=asked["day"])
            found = visits.filter(reference=asked[name]).first()
            if found is None:
                raise serializers.ValidationError({name: "The team has no visit with this reference on that day."})
            asked[name] = found
        return asked


class VisitLinkFilter(filters.FilterSet):
    team = filters.UUIDFilter(field_name="first__team")
    day = filters.DateFilter(field_name="first__day")

    class Meta:
        model = VisitLink
        fields = []


ANSWERS = {
    400: OpenApiResponse(description="The link cannot be kept; detail says why."),
    409: OpenApiResponse(description="A plan that is searched, proposed or approved holds one of the visits."),
}


class VisitLinkViewSet(ListModelMixin, RetrieveModelMixin, viewsets.GenericViewSet):
    """Links between two visits of one day of a team."""

    permission_classes = [
        HasPermission.of(
            {None: Permission.VIEW_PLANS, **dict.fromkeys(("create", "update", "destroy"), Permission.EDIT_PLANS)}
        )
    ]
    serializer_class = VisitLinkSerializer
    filterset_class = VisitLinkFilter
    queryset = VisitLink.objects.none()

    def paginate_queryset(self, queryset):
        page = super().paginate_queryset(queryset)
        visits = [visit for link in page for visit in (link.first, link.second)]
        audit.record_reading(self.request, "visits.list", visits)
        return page

    def get_queryset(self):
        links = VisitLink.objects.for_organisation(request_organisation(self.request))
        return links.select_related("first__organisation", "second").order_by("-first__day", "pk")

    @extend_schema(request=NewLinkSerializer, responses={201: VisitLinkSerializer, **ANSWERS})
    def create(self, request):
        asked = NewLinkSerializer(data=request.data, organisation=request_organisation(request))
        asked.is_valid(raise_exception=True)
        pair = {name: asked.validated_data[name] for name in ("first", "second")}
        link = _told(services.link_visits, values=_values(asked), by=request.user, **pair)
        return Response(VisitLinkSerializer(link).data, status=status.HTTP_201_CREATED)

    def retrieve(self, request, *args, **kwargs):
        return preconditions.with_etag(super().retrieve(request, *args, **kwargs))

    @extend_schema(
        parameters=[preconditions.if_match(required=True)],
        request=LinkValuesSerializer,
        responses={200: VisitLinkSerializer, **ANSWERS},
    )
    @transaction.atomic
    def update(self, request, pk=None):
        """All of what the link asks for, in place of what it asked for. `If-Match` says what that was."""
        link = self._seen_link(required=True)
        asked = LinkValuesSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        pair = {"first": link.first, "second": link.second}
        link = _told(services.change_link, link=link, values=_values(asked), by=request.user, **pair)
        return preconditions.with_etag(Response(VisitLinkSerializer(link).data))

    @extend_schema(parameters=[preconditions.if_match()], request=None, responses={204: None, **ANSWERS})
    @transaction.atomic
    def destroy(self, request, pk=None):
        _told(services.unlink_visits, link=self._seen_link(), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _seen_link(self, *, required=False) -> VisitLink:
        """The link, held for this transaction; refused when If-Match says that it was another one."""
        seen = self.get_object()
        pair = [seen.first_id, seen.second_id]
        visits = Visit.objects.for_organisation(request_organisation(self.request)).filter(pk__in=pair)
        # As the services hold it: by its visits, in one order.
        list(visits.order_by("pk").select_for_update(of=("self",)).values_list("pk"))
        link = self.get_object()
        preconditions.check(self.request, VisitLinkSerializer(link).data, required=required)
        return link


def _values(asked) -> dict:
    return {name: asked.validated_data.get(name) for name in FIELDS}


def _told(service, **arguments):
    try:
        return service(**arguments)
    except services.PlanStateError as error:
        raise Conflict(error.messages[0]) from error
    except ValidationError as error:
        raise serializers.ValidationError({"detail": error.messages}) from error


def register(router):
    """Adds these routes to the API root."""
    router.register("visit-links", VisitLinkViewSet, basename="visit-links")
