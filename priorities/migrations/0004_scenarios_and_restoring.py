"""What holds of scenarios, of proposals and of versions that come back into force, whatever program writes."""

from importlib import import_module

from django.conf import settings
from django.db import migrations, models

# Versions proposed before a reason was asked for say so; nothing else about them changes.
SAY_THAT_NO_REASON_WAS_GIVEN = """
UPDATE priorities_modelversion SET reason = 'No reason was recorded.' WHERE state <> 'draft' AND reason = '';
UPDATE priorities_modelversion SET title = 'Scenario ' || number WHERE organisation_id IS NOT NULL AND title = '';
"""

FREEZE = """
CREATE OR REPLACE FUNCTION freeze_model_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'draft' THEN
            RAISE EXCEPTION 'model version % is %: only a draft can be deleted', OLD.number, OLD.state
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.state <> 'draft' AND
       (OLD.name, OLD.number, OLD.title, OLD.definition, OLD.definition_sha256, OLD.inputs, OLD.thresholds,
        OLD.minutes, OLD.accepted_conflicts, OLD.created_by_id, OLD.created_at)
       IS DISTINCT FROM
       (NEW.name, NEW.number, NEW.title, NEW.definition, NEW.definition_sha256, NEW.inputs, NEW.thresholds,
        NEW.minutes, NEW.accepted_conflicts, NEW.created_by_id, NEW.created_at) THEN
        RAISE EXCEPTION 'model version % is %: only a draft can be changed', OLD.number, OLD.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.organisation_id IS DISTINCT FROM NEW.organisation_id THEN
        RAISE EXCEPTION 'model version %: whose it is cannot change; make a copy', OLD.number
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF (OLD.state, NEW.state) NOT IN (
        ('draft', 'draft'), ('draft', 'review'), ('review', 'review'), ('review', 'draft'), ('review', 'published'),
        ('published', 'published'), ('published', 'retired'), ('retired', 'retired'), ('retired', 'published')) THEN
        RAISE EXCEPTION 'model version %: % cannot become %', OLD.number, OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state IN ('published', 'retired') AND
       (OLD.proposed_by_id, OLD.proposed_at, OLD.published_by_id, OLD.published_at, OLD.reason)
       IS DISTINCT FROM
       (NEW.proposed_by_id, NEW.proposed_at, NEW.published_by_id, NEW.published_at, NEW.reason) THEN
        RAISE EXCEPTION 'model version %: who published it, when and why cannot change', OLD.number
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state = 'retired' AND NEW.state = 'published'
       AND (NEW.restored_at IS NULL OR NEW.restored_at IS NOT DISTINCT FROM OLD.restored_at) THEN
        RAISE EXCEPTION 'model version %: who brings it back into force, and when, must be said', OLD.number
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NOT (OLD.state = 'retired' AND NEW.state = 'published') AND
       (OLD.restored_by_id, OLD.restored_at, OLD.restored_because)
       IS DISTINCT FROM (NEW.restored_by_id, NEW.restored_at, NEW.restored_because) THEN
        RAISE EXCEPTION 'model version %: only coming back into force is noted as that', OLD.number
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""

# Going back means the rules of migration 0002 again.
EARLIER = import_module("priorities.migrations.0002_content_is_frozen").FREEZE
THAW = EARLIER.partition("CREATE TRIGGER")[0].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


class Migration(migrations.Migration):
    dependencies = [
        ("priorities", "0003_drafts_and_depth"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(SAY_THAT_NO_REASON_WAS_GIVEN, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="modelversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("restored_at__isnull", True), ("state__in", ["published", "retired"]), _connector="OR"
                ),
                name="model_restored_only_after_publication",
            ),
        ),
        migrations.AddConstraint(
            model_name="modelversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("organisation__isnull", True), models.Q(("title", ""), _negated=True), _connector="OR"
                ),
                name="model_scenario_has_a_title",
            ),
        ),
        migrations.AddConstraint(
            model_name="modelversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "draft"), models.Q(("reason", ""), _negated=True), _connector="OR"),
                name="model_proposed_for_a_reason",
            ),
        ),
        migrations.RunSQL(FREEZE, THAW),
    ]
