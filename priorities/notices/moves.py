"""Rules about classes, asked of score runs: all rules and all areas in one statement.

Condition of such a rule: {"patch": id} or {"areas": [codes]}; "change": "reaches" (at least "class" now, below it
before), "leaves" (the other way round), "rises", "falls" or "changes".
"""

import json

from django.db import connection

from accounts.models import NotificationRule
from accounts.notices.rules import Occasion
from priorities.models import PriorityClass

MOVE = "class"
CHANGES = {
    "reaches": "becomes at least",
    "leaves": "is no longer at least",
    "rises": "becomes more urgent",
    "falls": "becomes less urgent",
    "changes": "changes its class",
}
# Patches count where they belong to the rule's organisation: a condition alone opens nothing. The moves of a patch are
# counted by class before and class now first (twelve rows at most), so that the time does not grow with the rules.
_MATCHING = """
WITH rules AS MATERIALIZED ({rules}),
moved AS MATERIALIZED (
    SELECT run_id, area_id, priority AS now, previous_priority AS before FROM priorities_priorityscore
    WHERE run_id = ANY(%s) AND previous_priority IS NOT NULL AND previous_priority <> priority
),
asked AS (
    SELECT rules.id, patch.id AS patch_id FROM rules
    JOIN lsoa_patch patch
        ON patch.id = (rules.condition->>'patch')::uuid AND patch.organisation_id = rules.organisation_id
),
counted AS MATERIALIZED (
    SELECT members.patch_id, moved.run_id, moved.before, moved.now, count(*) AS areas FROM moved
    JOIN lsoa_patch_areas members ON members.area_id = moved.area_id
    WHERE members.patch_id IN (SELECT patch_id FROM asked)
    GROUP BY members.patch_id, moved.run_id, moved.before, moved.now
),
found AS (
    SELECT asked.id, counted.run_id, counted.before, counted.now, counted.areas FROM asked
    JOIN counted ON counted.patch_id = asked.patch_id
    UNION ALL
    SELECT named.id, moved.run_id, moved.before, moved.now, 1 FROM (
        SELECT DISTINCT rules.id, area.id AS area_id FROM rules
        CROSS JOIN LATERAL jsonb_array_elements_text(COALESCE(rules.condition->'areas', '[]'::jsonb)) AS wanted(code)
        JOIN lsoa_area area ON area.code = wanted.code
    ) named
    JOIN moved ON moved.area_id = named.area_id
)
SELECT rules.id, found.run_id, sum(found.areas)::int FROM found
JOIN rules ON rules.id = found.id
WHERE CASE rules.condition->>'change'
    WHEN 'reaches' THEN
        found.now >= (rules.condition->>'class')::int AND found.before < (rules.condition->>'class')::int
    WHEN 'leaves' THEN
        found.now < (rules.condition->>'class')::int AND found.before >= (rules.condition->>'class')::int
    WHEN 'rises' THEN found.now > found.before
    WHEN 'falls' THEN found.now < found.before
    ELSE found.now <> found.before
END
GROUP BY rules.id, found.run_id
"""
_KEPT = """
    SELECT rule.id, rule.organisation_id, rule.condition FROM accounts_notificationrule rule
    JOIN accounts_organisation place ON place.id = rule.organisation_id
    WHERE rule.is_on AND rule.trigger = %s AND place.suspended_at IS NULL
"""
_ONE = "SELECT 0::bigint AS id, %s::uuid AS organisation_id, %s::jsonb AS condition"
_URGENT = """
WITH moved AS MATERIALIZED (
    SELECT area_id FROM priorities_priorityscore
    WHERE run_id = %s AND priority = %s AND previous_priority < %s
)
SELECT patch.organisation_id, count(DISTINCT members.area_id), count(DISTINCT patch.id), min(patch.name),
    min(patch.slug)
FROM moved
JOIN lsoa_patch_areas members ON members.area_id = moved.area_id
JOIN lsoa_patch patch ON patch.id = members.patch_id
JOIN accounts_organisation place ON place.id = patch.organisation_id AND place.suspended_at IS NULL
GROUP BY patch.organisation_id
"""


def rules_met(run_id) -> dict[int, int]:
    """Rules in force that a run meets: rule id -> areas that meet it."""
    with connection.cursor() as cursor:
        cursor.execute(_MATCHING.format(rules=_KEPT), [MOVE, [run_id]])
        return {rule: areas for rule, _, areas in cursor.fetchall()}


def move_occasions(rule: NotificationRule, since) -> list[Occasion]:
    """Runs since then that would have met the rule, saved or not."""
    from priorities.models import ScoreRun

    runs = dict(ScoreRun.objects.finished().filter(finished_at__gte=since).values_list("pk", "finished_at"))
    with connection.cursor() as cursor:
        values = [rule.organisation_id, json.dumps(rule.condition), list(runs)]
        cursor.execute(_MATCHING.format(rules=_ONE), values)
        return sorted((Occasion(runs[run], areas) for _, run, areas in cursor.fetchall()), key=lambda one: one.at)


def became_urgent(run_id) -> list[tuple]:
    """Organisations with areas in their patches that a run made urgent: (organisation id, areas, patches, name and slug
    of the first patch).
    """
    urgent = PriorityClass.URGENT.value
    with connection.cursor() as cursor:
        cursor.execute(_URGENT, [run_id, urgent, urgent])
        return cursor.fetchall()
