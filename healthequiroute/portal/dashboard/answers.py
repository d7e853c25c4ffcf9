"""The figures of a dashboard as plain data for the API."""

from priorities.models import PriorityClass

from .figures import Dashboard
from .heatmap import HeatMap
from .reach import Reached
from .visits import Tally, VisitFigures


def period_answer(found: Dashboard) -> dict:
    weeks = found.weeks
    return {"kind": weeks.span.value, "first_day": str(weeks.first_day), "last_day": str(weeks.last_day)}


def summary_answer(found: Dashboard) -> dict:
    classes, fresh, has_visits = found.classes, found.freshness, bool(found.teams)
    return {
        "place": found.selection.patch.name if found.selection.patch else "All areas",
        "patch": found.selection.patch and found.selection.patch.slug,
        "period": period_answer(found),
        "areas": {
            "total": classes.areas,
            "by_class": {PriorityClass(n).label.lower(): count for n, count in enumerate(classes.by_class)},
            "unscored": classes.unscored,
            "core20": classes.core20,
            "more_urgent_than_before": classes.rose if classes.before else None,
            "less_urgent_than_before": classes.fell if classes.before else None,
        },
        "freshness": {
            "loaded_at": fresh.loaded_at,
            "publications": fresh.datasets,
            "scored_at": fresh.scored_at,
            "outdated_because": fresh.outdated_because,
            "open_alerts": fresh.open_alerts,
        },
        "visits": _visits(found.visits) if has_visits else None,
        "visits_before": _visits(found.visits_before) if has_visits else None,
        "urgent_areas_not_reached": found.reach.urgent(found.weeks).missed if has_visits else None,
        "weeks": [
            {"first_day": str(week.first_day), "due": figures.due.as_dict(), "planned": figures.planned.as_dict()}
            for week, figures in zip(found.weeks.trend, found.visit_trend, strict=bool(found.visit_trend))
        ]
        if has_visits
        else [],
    }


def _visits(figures: VisitFigures) -> dict:
    waited = figures.waited or (None, None)
    return {
        "due": figures.due.as_dict(),
        "planned": figures.planned.as_dict(),
        "done": None if figures.done is None else figures.done.as_dict(),
        "left_out": figures.all.left_out.as_dict(),
        "plans": figures.plans,
        "closed_plans": figures.closed_plans,
        "days_waited_core20": waited[0],
        "days_waited_elsewhere": waited[1],
    }


def coverage_answer(found: Dashboard) -> dict:
    return {
        "place": found.selection.patch.name if found.selection.patch else "All areas",
        "period": period_answer(found),
        "core20": _group(found.reach.core20(found.weeks), found.visits.core20),
        "elsewhere": _group(found.reach.rest(found.weeks), found.visits.rest),
        "gap": found.visits.gap,
    }


def _group(reached: Reached, tally: Tally) -> dict:
    return {
        "areas": reached.areas,
        "areas_reached": reached.reached,
        "visits_due": tally.due.as_dict(),
        "visits_planned": tally.planned.as_dict(),
        "share_planned": tally.share,
    }


def heat_answer(found: HeatMap) -> dict:
    return {
        "by": found.by.value,
        "rows": [
            {
                "key": None if row.key is None else str(row.key),
                "label": row.label,
                "areas": {str(number): row.areas[number] for number in found.classes},
                "unscored": row.unscored,
                "total": row.total,
            }
            for row in found.rows
        ],
        "left_out": found.left_out,
    }
