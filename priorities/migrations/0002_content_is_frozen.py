"""The content of a model version can change only while it is a draft, whatever program writes."""

from django.db import migrations

FREEZE = """
CREATE FUNCTION freeze_model_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'draft' THEN
            RAISE EXCEPTION 'model version % is %: only a draft can be deleted', OLD.number, OLD.state
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.state <> 'draft' AND
       (OLD.name, OLD.number, OLD.definition, OLD.definition_sha256, OLD.inputs, OLD.thresholds, OLD.minutes)
       IS DISTINCT FROM
       (NEW.name, NEW.number, NEW.definition, NEW.definition_sha256, NEW.inputs, NEW.thresholds, NEW.minutes) THEN
        RAISE EXCEPTION 'model version % is %: only a draft can be changed', OLD.number, OLD.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF (OLD.state, NEW.state) NOT IN (
        ('draft', 'draft'), ('draft', 'review'), ('review', 'review'), ('review', 'draft'), ('review', 'published'),
        ('published', 'published'), ('published', 'retired'), ('retired', 'retired'), ('retired', 'published')) THEN
        RAISE EXCEPTION 'model version %: % cannot become %', OLD.number, OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state IN ('published', 'retired') AND
       (OLD.proposed_by_id, OLD.published_by_id, OLD.published_at)
       IS DISTINCT FROM (NEW.proposed_by_id, NEW.published_by_id, NEW.published_at) THEN
        RAISE EXCEPTION 'model version %: who published it, and when, cannot change', OLD.number
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER model_version_frozen BEFORE UPDATE OR DELETE ON priorities_modelversion
    FOR EACH ROW EXECUTE FUNCTION freeze_model_version();
"""

THAW = """
DROP TRIGGER model_version_frozen ON priorities_modelversion;
DROP FUNCTION freeze_model_version();
"""


class Migration(migrations.Migration):
    dependencies = [("priorities", "0001_models_runs_and_scores")]

    operations = [migrations.RunSQL(FREEZE, THAW)]
