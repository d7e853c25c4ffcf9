"""What the API tells of plans beside their rows: shapes for its description, with examples."""

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers


class RunSheetStaff(serializers.Serializer):
    id = serializers.UUIDField()
    reference = serializers.CharField()
    name = serializers.CharField()


class RunSheetStop(serializers.Serializer):
    """A visit, or a break: then only the first five."""

    kind = serializers.ChoiceField(choices=[("visit", "visit"), ("break", "break")])
    number = serializers.IntegerField(allow_null=True, help_text="Of the visit in the person's day, from 1.")
    arrives_at = serializers.DateTimeField()
    starts_at = serializers.DateTimeField()
    leaves_at = serializers.DateTimeField()
    visit = serializers.CharField(required=False)
    tier = serializers.IntegerField(required=False)
    postcode = serializers.CharField(required=False, allow_null=True)
    area_code = serializers.CharField(required=False)
    area_name = serializers.CharField(required=False)
    minutes = serializers.IntegerField(required=False)
    window_start = serializers.DateTimeField(required=False, allow_null=True)
    window_end = serializers.DateTimeField(required=False, allow_null=True)
    skills = serializers.ListField(child=serializers.CharField(), required=False)
    links = serializers.ListField(child=serializers.CharField(), required=False)
    travel_seconds = serializers.IntegerField(required=False, help_text="To this stop.")
    travel_metres = serializers.IntegerField(required=False)
    is_travel_estimated = serializers.BooleanField(required=False)

    def get_fields(self):
        # A word of the language is no name of a class's member.
        return super().get_fields() | {"with": serializers.ListField(child=serializers.CharField(), required=False)}


class RunSheetSerializer(serializers.Serializer):
    """One person's day."""

    plan = serializers.UUIDField()
    day = serializers.DateField()
    team = serializers.CharField()
    version = serializers.IntegerField()
    state = serializers.CharField()
    standing = serializers.CharField(help_text="How far the plan may be relied on, in a sentence.")
    staff = RunSheetStaff()
    departs_at = serializers.DateTimeField()
    returns_at = serializers.DateTimeField()
    starts_from = serializers.CharField(help_text="home, or the name of the base.")
    ends_at = serializers.CharField()
    travel_seconds = serializers.IntegerField()
    travel_metres = serializers.IntegerField()
    travel_back_seconds = serializers.IntegerField()
    overtime_seconds = serializers.IntegerField()
    stops = RunSheetStop(many=True)
    no_access = serializers.ListField(child=serializers.CharField(), help_text="What to do where nobody opens.")
    attribution = serializers.CharField(allow_blank=True)


class ActualTotals(serializers.Serializer):
    """Numbers of visits; null where `hidden`: fewer than eight, or they would give away a group of fewer than eight."""

    visits = serializers.IntegerField(allow_null=True)
    done = serializers.IntegerField(allow_null=True)
    no_access = serializers.IntegerField(allow_null=True)
    started = serializers.IntegerField(allow_null=True)
    in_time = serializers.IntegerField(allow_null=True)
    hidden = serializers.BooleanField()


class ActualOfTier(ActualTotals):
    tier = serializers.IntegerField()


class ActualOfFifth(ActualTotals):
    fifth = serializers.IntegerField(allow_null=True, help_text="1: most deprived; null: not known.")


class ActualVisit(serializers.Serializer):
    """One person's part in one visit. Null: not recorded, or nothing to work it out from."""

    staff = serializers.CharField()
    staff_name = serializers.CharField()
    stop = serializers.IntegerField()
    visit = serializers.CharField()
    tier = serializers.IntegerField()
    imd_decile = serializers.IntegerField(allow_null=True)
    planned_start = serializers.DateTimeField()
    arrived_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    outcome = serializers.CharField(allow_null=True, help_text="done, no_access, or null.")
    was_in_time = serializers.BooleanField(allow_null=True)
    later_by_minutes = serializers.FloatField(allow_null=True, help_text="Negative: earlier.")
    planned_minutes = serializers.FloatField()
    actual_minutes = serializers.FloatField(allow_null=True)
    planned_drive_minutes = serializers.FloatField()
    actual_drive_minutes = serializers.FloatField(allow_null=True)


class ActualSerializer(serializers.Serializer):
    """A plan held against what was recorded."""

    plan = serializers.UUIDField()
    day = serializers.DateField()
    state = serializers.CharField()
    version = serializers.IntegerField()
    as_of = serializers.DateTimeField()
    totals = ActualTotals()
    by_tier = ActualOfTier(many=True)
    by_fifth = ActualOfFifth(many=True)
    visits = ActualVisit(many=True)


class MileageDay(serializers.Serializer):
    """One round as it was travelled."""

    day = serializers.DateField()
    plan = serializers.UUIDField()
    plan_name = serializers.CharField()
    visits_reached = serializers.IntegerField()
    visits_not_reached = serializers.IntegerField()
    metres = serializers.IntegerField()
    legs = serializers.IntegerField(help_text="Ways from place to place, the way back among them.")
    legs_not_as_planned = serializers.IntegerField()
    legs_estimated = serializers.IntegerField(help_text="Without a way by road: a straight line with a detour.")
    way = serializers.ChoiceField(choices=[(key, key) for key in ("road", "partly_estimated", "estimated")])
    amount_pounds = serializers.CharField(allow_null=True, help_text="Null where no rate is set.")


class MileageOfPerson(serializers.Serializer):
    staff = serializers.UUIDField()
    reference = serializers.CharField()
    name = serializers.CharField()
    team = serializers.CharField()
    travels_by = serializers.CharField(help_text="car or bicycle; walks are no mileage.")
    pence_per_mile = serializers.CharField(allow_null=True)
    metres = serializers.IntegerField()
    days = MileageDay(many=True)


# One answer, though it stands at the address of a list.
@extend_schema_serializer(many=False)
class MileageSerializer(serializers.Serializer):
    """Mileage of a month."""

    month = serializers.CharField(help_text="YYYY-MM.")
    counted = serializers.CharField(help_text="What is counted, in words.")
    people = MileageOfPerson(many=True)


ROUTES_EXAMPLE = OpenApiExample(
    "One person with one stop",
    media_type="application/geo+json",
    value={
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "LineString", "coordinates": [[-1.95, 52.45], [-1.94, 52.46], [-1.95, 52.45]]},
                "properties": {
                    "kind": "route", "staff": "Nurse 01", "mark": "N01", "colour_index": 0, "dash": "",
                    "travel_seconds": 1260, "is_straight_line": False, "is_estimated": False,
                },
            },
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [-1.94, 52.46]},
                "properties": {
                    "kind": "stop", "label": "Nurse 01, stop 1 at 09:05: V-01, tier 1, Core20", "sequence": 1,
                    "key": "0-1", "staff": "Nurse 01", "mark": "N01", "colour_index": 0, "tier": 1,
                    "is_core20": True, "visit": "V-01", "start": "09:05",
                },
            },
        ],
    },
)  # fmt: skip
RUN_SHEET_EXAMPLE = OpenApiExample(
    "A visit and the way back",
    value={
        "plan": "6f2b1c1e-5f0a-4a3e-9a55-1f1d2c3b4a59", "day": "2026-11-23", "team": "City nurses", "version": 3,
        "state": "published", "standing": "Plan published, version 3.",
        "staff": {"id": "0f8fad5b-d9cb-469f-a165-70867728950e", "reference": "nurse-01", "name": "Nurse 01"},
        "departs_at": "2026-11-23T08:50:00+00:00", "returns_at": "2026-11-23T09:45:00+00:00",
        "starts_from": "East clinic", "ends_at": "East clinic", "travel_seconds": 1500, "travel_metres": 8200,
        "travel_back_seconds": 600, "overtime_seconds": 0,
        "stops": [
            {
                "kind": "visit", "number": 1, "arrives_at": "2026-11-23T09:05:00+00:00",
                "starts_at": "2026-11-23T09:05:00+00:00", "leaves_at": "2026-11-23T09:35:00+00:00", "visit": "V-01",
                "tier": 1, "postcode": "ZZ1 1AA", "area_code": "E01900000", "area_name": "Made-up 001A",
                "minutes": 30, "window_start": None, "window_end": None, "skills": ["wound"], "with": [], "links": [],
                "travel_seconds": 900, "travel_metres": 4100, "is_travel_estimated": False,
            }
        ],
        "no_access": ["Ring or knock again, and check that the place is the one on this sheet."], "attribution": "",
    },
)  # fmt: skip
ACTUAL_EXAMPLE = OpenApiExample(
    "One visit done",
    value={
        "plan": "6f2b1c1e-5f0a-4a3e-9a55-1f1d2c3b4a59", "day": "2026-11-23", "state": "in_progress", "version": 3,
        "as_of": "2026-11-23T11:00:00+00:00",
        "totals": {"visits": 6, "done": 1, "no_access": 0, "started": 1, "in_time": 1, "hidden": False},
        "by_tier": [
            {
                "tier": 1, "visits": None, "done": None, "no_access": None, "started": None, "in_time": None,
                "hidden": True,
            }
        ],
        "by_fifth": [],
        "visits": [
            {
                "staff": "nurse-01", "staff_name": "Nurse 01", "stop": 1, "visit": "V-01", "tier": 1, "imd_decile": 2,
                "planned_start": "2026-11-23T09:05:00+00:00", "arrived_at": "2026-11-23T09:09:00+00:00",
                "finished_at": "2026-11-23T09:41:00+00:00", "outcome": "done", "was_in_time": True,
                "later_by_minutes": 4.0, "planned_minutes": 30.0, "actual_minutes": 32.0,
                "planned_drive_minutes": 15.0, "actual_drive_minutes": 17.0,
            }
        ],
    },
)  # fmt: skip
MILEAGE_EXAMPLE = OpenApiExample(
    "One round",
    value={
        "month": "2026-11",
        "counted": "legs between recorded places, in recorded order, out and back; distances of roads, not measured",
        "people": [
            {
                "staff": "0f8fad5b-d9cb-469f-a165-70867728950e", "reference": "nurse-01", "name": "Nurse 01",
                "team": "City nurses", "travels_by": "car", "pence_per_mile": "45", "metres": 18200,
                "days": [
                    {
                        "day": "2026-11-23", "plan": "6f2b1c1e-5f0a-4a3e-9a55-1f1d2c3b4a59", "plan_name": "Monday",
                        "visits_reached": 3, "visits_not_reached": 0, "metres": 18200, "legs": 4,
                        "legs_not_as_planned": 1, "legs_estimated": 0, "way": "road", "amount_pounds": "5.09",
                    }
                ],
            }
        ],
    },
)  # fmt: skip
