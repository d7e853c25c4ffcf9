"""Rules about figures, asked of datasets: areas whose figure passes a limit with a new release.

Condition: {"patch": id, "indicator": code, "side": "above" or "below", "limit": number}. An area counts when its figure
is beyond the limit now and was not, or was not known, in the release before.
"""

import json

from django.db import connection

from accounts.models import NotificationRule
from accounts.notices.rules import Occasion
from lsoa.models import Dataset

FIGURE = "figure"
_MATCHING = """
WITH rules AS ({rules})
SELECT rules.id, count(*) FROM rules
JOIN lsoa_patch patch ON patch.id = (rules.condition->>'patch')::uuid AND patch.organisation_id = rules.organisation_id
JOIN lsoa_patch_areas members ON members.patch_id = patch.id
JOIN lsoa_indicator indicator ON indicator.code = rules.condition->>'indicator'
JOIN lsoa_indicatorvalue fresh
    ON fresh.dataset_id = %s AND fresh.indicator_id = indicator.id AND fresh.area_id = members.area_id
LEFT JOIN lsoa_indicatorvalue old
    ON old.dataset_id = %s AND old.indicator_id = indicator.id AND old.area_id = members.area_id
WHERE CASE rules.condition->>'side'
    WHEN 'above' THEN fresh.value > (rules.condition->>'limit')::float8
        AND COALESCE(old.value > (rules.condition->>'limit')::float8, false) IS FALSE
    ELSE fresh.value < (rules.condition->>'limit')::float8
        AND COALESCE(old.value < (rules.condition->>'limit')::float8, false) IS FALSE
END
GROUP BY rules.id
"""
_KEPT = """
    SELECT rule.id, rule.organisation_id, rule.condition FROM accounts_notificationrule rule
    JOIN accounts_organisation place ON place.id = rule.organisation_id
    WHERE rule.is_on AND rule.trigger = %s AND place.suspended_at IS NULL
        AND (%s::uuid IS NULL OR rule.organisation_id = %s::uuid)
"""
_ONE = "SELECT 0::bigint AS id, %s::uuid AS organisation_id, %s::jsonb AS condition"


def rules_met(dataset: Dataset) -> dict[int, int]:
    """Rules in force that a dataset meets: rule id -> areas that meet it. Own figures are for their organisation."""
    owner = dataset.organisation_id
    with connection.cursor() as cursor:
        cursor.execute(_MATCHING.format(rules=_KEPT), [FIGURE, owner, owner, dataset.pk, _before(dataset)])
        return dict(cursor.fetchall())


def figure_occasions(rule: NotificationRule, since) -> list[Occasion]:
    """Loads since then that would have met the rule, saved or not."""
    indicator = rule.condition.get("indicator", "")
    datasets = Dataset.objects.visible_to(rule.organisation).filter(loaded_at__gte=since)
    found = []
    for dataset in datasets.filter(values__indicator__code=indicator).distinct().order_by("loaded_at"):
        with connection.cursor() as cursor:
            values = [rule.organisation_id, json.dumps(rule.condition), dataset.pk, _before(dataset)]
            cursor.execute(_MATCHING.format(rules=_ONE), values)
            row = cursor.fetchone()
        if row:
            found.append(Occasion(dataset.loaded_at, row[1]))
    return found


def _before(dataset: Dataset):
    """The dataset of the same publication and extent that was loaded before it; None: there was none."""
    earlier = Dataset.objects.filter(
        publication=dataset.publication,
        extent=dataset.extent,
        organisation=dataset.organisation_id,
        loaded_at__lt=dataset.loaded_at,
    ).exclude(pk=dataset.pk)
    return earlier.order_by("-loaded_at").values_list("pk", flat=True).first()
