"""The words of a decided model version stay frozen, except that an erased person's name goes out of them.

The transaction that erases says so (`accounts.privacy.erasure`); nothing but the words may change even then.
"""

from importlib import import_module

from django.db import migrations

EARLIER = import_module("priorities.migrations.0004_scenarios_and_restoring").FREEZE
WORDS = """
    IF TG_OP = 'UPDATE' AND current_setting('healthequiroute.erasing', true) = 'on'
       AND to_jsonb(NEW) - ARRAY['reason', 'review_note', 'restored_because']
         = to_jsonb(OLD) - ARRAY['reason', 'review_note', 'restored_because'] THEN
        RETURN NEW;
    END IF;
"""
FREEZE = EARLIER.replace("BEGIN\n", f"BEGIN{WORDS}", 1)


class Migration(migrations.Migration):
    dependencies = [("priorities", "0006_validation_reports")]

    operations = [migrations.RunSQL(FREEZE, EARLIER)]
