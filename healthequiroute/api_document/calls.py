"""One call of every operation, made in this order at a portal with the demo data: the examples of the document.

`healthequiroute/tests/api/test_live.py` makes them all, compares what comes with `answers.json`, and with
`RECORD_EXAMPLES=1` writes that file anew. Texts in braces are taken from earlier answers (`keeps`).
"""

from dataclasses import dataclass, field

PLANNER, APPROVER, ANALYST, PLATFORM = "planner", "approver", "analyst", "platform1"


@dataclass(frozen=True)
class Call:
    """`keeps`: name -> where it stands in the answer, as `results.0.id`, `rounds>seconds.id` for
    the round with the most seconds, or `visit#1` for the second element of a list that has a
    `visit`; `ETag` is that of the answer. `if_match`: such a one. `until`: asked again until a
    member of the answer is this. `sends`: the body. `as_`: the demo account; "" for nobody.
    """

    operation: str
    summary: str
    as_: str = PLANNER
    path: dict[str, str] = field(default_factory=dict)
    query: dict[str, object] = field(default_factory=dict)
    sends: dict | None = None
    status: int = 200
    keeps: dict[str, str] = field(default_factory=dict)
    until: tuple[str, str] | None = None
    if_match: str = ""


PLAN, AREA = {"id": "{plan}"}, {"code": "{area}"}
OF_PLAN = {"plan_pk": "{plan}"}
EMAIL = "planner@aldermoor.example"

CALLS = (
    Call("token_create", "Sign in for a pair of tokens", "", sends={"email": EMAIL, "password": "{password}"},
         keeps={"refresh": "refresh"}),
    Call("token_refresh_create", "Renew a pair of tokens", "", sends={"refresh": "{refresh}"},
         keeps={"refresh": "refresh"}),
    Call("token_revoke_create", "Sign out", "", sends={"refresh": "{refresh}"}, status=204),
    Call("areas_list", "List areas", query={"core20": "true", "page_size": 2},
         keeps={"area": "results.0.code", "authority": "results.0.local_authority_code"}),
    Call("areas_retrieve", "Get an area with every figure and its source", path=AREA),
    Call("areas_similar_retrieve", "Find areas that are most like an area", path=AREA, query={"count": 3}),
    Call("areas_search_list", "Find areas by code, name or postcode", query={"q": "{area}"}),
    Call("areas_within_bounds_retrieve", "Get areas in a rectangle as GeoJSON",
         query={"west": 2.312, "south": 54.896, "east": 2.316, "north": 54.898}),
    Call("areas_geojson_retrieve", "Get areas with all figures as GeoJSON", query={"search": "{area}"}),
    Call("search_list", "Search places of every kind", query={"q": "Aldermoor", "limit": 2}),
    Call("priorities_list", "List priorities, the most urgent first", query={"page_size": 2}),
    Call("priorities_retrieve", "Get the priority of an area", path=AREA),
    Call("priorities_explain_retrieve", "Explain the priority of an area", path=AREA),
    Call("priorities_history_list", "List the priorities that an area has had", path=AREA),
    Call("priorities_minutes_create", "Plan other visit minutes for an area", path=AREA,
         sends={"minutes": 55, "reason": "Long ways between the houses"}, status=201),
    Call("priorities_minutes_create", "Plan other visit minutes for an area", path=AREA,
         sends={"minutes": 50, "reason": "Fewer stairs than we thought"}, status=201),
    Call("priorities_minutes_retrieve", "Get the visit minutes that your organisation set for an area", path=AREA),
    Call("priorities_minutes_destroy", "Return to the visit minutes of the model", path=AREA,
         sends={"reason": "A new road"}),
    Call("priorities_runs_list", "List score runs", keeps={"run": "results.0.id"}),
    Call("priorities_runs_retrieve", "Get a score run", path={"id": "{run}"}),
    Call("priorities_runs_compare_retrieve", "Compare two score runs", query={"before": "{run}", "after": "{run}"}),
    Call("priorities_recalculate_create", "Calculate priorities anew", PLATFORM, sends={}, status=202),
    Call("ml_predictions_forecast_retrieve", "Get the forecast of published activity of a place",
         query={"service": "emergency_admissions", "place": "ZY1", "horizon": 3}),
    Call("ml_models_list", "List the models of the forecasts", query={"page_size": 2},
         keeps={"forecast_model": "results.0.id"}),
    Call("ml_models_performance_retrieve", "Get how far off a model of the forecasts was",
         path={"id": "{forecast_model}"}),
    Call("exports_areas_retrieve", "Export areas as a file", ANALYST, path={"kind": "csv"},
         query={"patch": "aldermoor-city", "q": "{area}", "indicator": "population", "notes": "0"}),
    Call("route_plans_list", "List plans", query={"state": "proposed", "page_size": 1},
         keeps={"team": "results.0.team"}),
    Call("route_plans_create", "Make a plan", status=201, keeps={"plan": "id"},
         sends={"team": "{team}", "day": "{day}", "name": "Made by a program", "count": 12, "seconds": 1}),
    Call("route_plans_optimize_create", "Optimise a plan", path=PLAN, status=202),
    Call("route_plans_retrieve", "Get a plan", path=PLAN, until=("state", "proposed"),
         keeps={"version": "version", "assignment": "assignments>service_seconds.id",
                "person": "assignments>service_seconds.staff"}),
    Call("assignments_stops_list", "List the stops of a round", path={"id": "{assignment}"},
         keeps={"visit": "visit#0", "other": "visit#1"}),
    Call("route_plans_edits_create", "Change a plan by hand, or look at a change", path=PLAN,
         sends={"kind": "take_out", "version": "{version}", "dry_run": True, "visit": "{visit}"}),
    Call("route_plans_routes_retrieve", "Get the routes of a plan as GeoJSON", path=PLAN),
    Call("route_plans_timeline_retrieve", "Get a plan as a picture", path=PLAN),
    Call("route_plans_files_retrieve", "Get a plan as a file", path=PLAN | {"kind": "stops"}, query={"notes": "0"}),
    Call("route_plans_rounds_retrieve", "Get a round as a file", path=PLAN | {"staff": "{person_id}", "kind": "gpx"}),
    Call("route_plans_rounds_sheet_retrieve", "Get a run sheet", path=PLAN | {"staff": "{person_id}"}),
    Call("route_plans_reject_create", "Reject a plan", APPROVER, path=PLAN, sends={"reason": "Too few people"}),
    Call("visit_links_create", "Link two visits", status=201, keeps={"link": "id"}, sends={
        "team": "{team}", "day": "{day}", "first": "{visit}", "second": "{other}", "min_gap_minutes": 60,
        "same_staff": True}),
    Call("visit_links_list", "List links between visits", query={"team": "{team}", "day": "{day}"}),
    Call("visit_links_retrieve", "Get a link between visits", path={"id": "{link}"}, keeps={"seen": "ETag"}),
    Call("visit_links_update", "Change a link between visits", path={"id": "{link}"}, if_match="{seen}",
         sends={"min_gap_minutes": 120, "max_gap_minutes": 240}),
    Call("visit_links_destroy", "Remove a link between visits", path={"id": "{link}"}, status=204),
    Call("route_plans_optimize_create", "Optimise a plan", path=PLAN, status=202),
    # Another search may give the visits to others.
    Call("route_plans_retrieve", "Get a plan", path=PLAN, until=("state", "proposed"),
         keeps={"seen": "ETag", "person": "assignments>service_seconds.staff"}),
    Call("route_plans_approve_create", "Approve a plan", APPROVER, path=PLAN, if_match="{seen}", sends={
        "reason": "Agreed", "for_all": {"decision": "other", "reason": "Looked at with the team"}}),
    Call("route_plans_reopen_create", "Take the approval of a plan back", APPROVER, path=PLAN,
         sends={"reason": "Somebody fell ill"}),
    Call("route_plans_approve_create", "Approve a plan", APPROVER, path=PLAN, sends={"reason": "Agreed", "for_all": {
        "decision": "other", "reason": "Looked at with the team"}}),
    Call("route_plans_publish_create", "Publish a plan to field staff", path=PLAN),
    Call("route_plans_actual_retrieve", "Compare a plan with what was done", path=PLAN),
    Call("route_plans_disruptions_create", "Say that something happened on the day", path=OF_PLAN, status=202,
         sends={"kind": "sick", "at": "{day}T08:00:00Z", "staff": "{person}"}, keeps={"disruption": "id"}),
    Call("route_plans_disruptions_retrieve", "Get a disruption with the proposed change",
         path=OF_PLAN | {"id": "{disruption}"}, until=("state", "proposed")),
    Call("route_plans_disruptions_list", "List disruptions of a plan", path=OF_PLAN),
    Call("route_plans_disruptions_again_create", "Work a proposed change out anew",
         path=OF_PLAN | {"id": "{disruption}"}, status=202),
    Call("route_plans_disruptions_retrieve", "Get a disruption with the proposed change",
         path=OF_PLAN | {"id": "{disruption}"}, until=("state", "proposed")),
    Call("route_plans_disruptions_discard_create", "Leave the plan as it is", path=OF_PLAN | {"id": "{disruption}"}),
    Call("route_plans_disruptions_create", "Say that something happened on the day", path=OF_PLAN, status=202,
         sends={"kind": "late", "at": "{day}T08:00:00Z", "staff": "{person}", "minutes": 20},
         keeps={"disruption": "id"}),
    Call("route_plans_disruptions_retrieve", "Get a disruption with the proposed change",
         path=OF_PLAN | {"id": "{disruption}"}, until=("state", "proposed")),
    Call("route_plans_disruptions_apply_create", "Use the proposed change", path=OF_PLAN | {"id": "{disruption}"},
         sends={"alternative": "few"}),
    Call("route_plans_withdraw_create", "Take the publication of a plan back", path=PLAN,
         sends={"reason": "Wrong day"}),
    Call("route_plans_publish_create", "Publish a plan to field staff", path=PLAN),
    Call("route_plans_close_create", "Close a plan", path=PLAN, status=409),
    Call("equity_retrieve", "Get who is reached and who is not", query={"plan": "{plan}", "period": "plan"}),
    Call("dashboard_summary_retrieve", "Get the dashboard in figures", query={"patch": "aldermoor-city"}),
    Call("dashboard_priority_heatmap_retrieve", "Count areas by priority and deprivation"),
    Call("dashboard_equity_coverage_retrieve", "Get the coverage of the most deprived fifth by week"),
    Call("ml_demand_retrieve", "Get what teams will be asked for, against their rotas"),
    Call("inequality_retrieve", "Get how unequally a figure is spread", query={"indicator": "bad_health_share"}),
    Call("me_preferences_retrieve", "Get your own settings"),
    Call("me_preferences_partial_update", "Change your own settings",
         sends={"theme": "dark", "text_size": "125", "default_patch": "aldermoor-city"}),
    Call("saved_views_create", "Save a view of Explore", status=201, keeps={"view": "id"},
         sends={"name": "Urgent and Core20", "address": "/explore/?priority=3&core20=1", "is_shared": False}),
    Call("saved_views_list", "List saved views"),
    Call("saved_views_retrieve", "Get a saved view", path={"id": "{view}"}),
    Call("saved_views_destroy", "Delete a saved view", path={"id": "{view}"}, status=204),
    Call("chat_create", "Ask a question", status=201, sends={"question": "What does Core20 mean?"},
         keeps={"conversation": "conversation.id", "answer": "answer.id"}),
    Call("chat_conversations_list", "List your own conversations", query={"search": "core20", "page_size": 1}),
    Call("chat_conversations_messages_list", "Get the messages of a conversation", path={"id": "{conversation}"}),
    Call("chat_messages_feedback_create", "Say whether an answer was useful", path={"id": "{answer}"},
         sends={"rating": "down", "reason": "out_of_date"}),
    Call("chat_conversations_partial_update", "Rename, pin or archive a conversation", path={"id": "{conversation}"},
         sends={"title": "What Core20 is", "is_pinned": True}),
    Call("chat_conversations_destroy", "Delete a conversation", path={"id": "{conversation}"}, status=204),
    Call("mileage_list", "Get mileage of a month"),
    Call("mileage_csv_retrieve", "Get mileage of a month as CSV"),
    Call("notifications_list", "One's own notifications, newest first", APPROVER,
         query={"unread": "true", "page_size": 1}, keeps={"notification": "results.0.id"}),
    Call("notifications_read_create", "Mark one as read", APPROVER, path={"id": "{notification}"}),
    Call("notifications_read_all_create", "Mark all as read", APPROVER),
)  # fmt: skip
