"""History of the rows that say who is who and who may do what (accounts.models.history)."""

import django.contrib.postgres.fields
import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_sign_in"),
    ]

    operations = [
        migrations.CreateModel(
            name="MembershipHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                (
                    "roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("viewer", "Viewer"),
                                ("analyst", "Analyst"),
                                ("planner", "Planner"),
                                ("approver", "Approver"),
                                ("field_worker", "Field worker"),
                                ("safety_reviewer", "Safety reviewer"),
                                ("auditor", "Auditor"),
                                ("administrator", "Administrator"),
                            ],
                            max_length=20,
                        ),
                        help_text="One or several roles.",
                        size=None,
                    ),
                ),
                ("suspended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="OrganisationHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("name", models.CharField(max_length=200)),
                ("ods_code", models.CharField(blank=True, max_length=10, verbose_name="ODS code")),
                (
                    "sign_in_domains",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=253),
                        blank=True,
                        default=list,
                        help_text="New people need an address of these; none: any.",
                        size=None,
                    ),
                ),
                ("most_members", models.PositiveIntegerField(default=500)),
                ("most_api_keys", models.PositiveIntegerField(default=20)),
                (
                    "most_plans_per_day",
                    models.PositiveIntegerField(default=200, help_text="Plans made on one day, scenarios among them."),
                ),
                ("suspended_at", models.DateTimeField(null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="UserHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("is_active", models.BooleanField(default=True)),
                (
                    "is_platform_administrator",
                    models.BooleanField(
                        default=False, help_text="Loads data, publishes models and uses the Django admin."
                    ),
                ),
                (
                    "is_break_glass",
                    models.BooleanField(
                        default=False,
                        help_text="Emergency account: its password works although passwords are switched off.",
                    ),
                ),
                (
                    "is_demo",
                    models.BooleanField(
                        default=False, help_text="Demo account: can be entered with one click in demo mode."
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="membership",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "accounts_membershiphistory" ("organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "roles", "suspended_at", "user_id") VALUES (NEW."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'insert\', NEW."id", NEW."roles", NEW."suspended_at", NEW."user_id"); RETURN NULL;',
                    hash="56556f58dd2dd3c85c0505ed7ac98bce27884ec5",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_fc05a",
                    table="accounts_membership",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="membership",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."organisation_id" IS DISTINCT FROM (NEW."organisation_id") OR OLD."roles" IS DISTINCT FROM (NEW."roles") OR OLD."suspended_at" IS DISTINCT FROM (NEW."suspended_at") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id"))',
                    func='INSERT INTO "accounts_membershiphistory" ("organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "roles", "suspended_at", "user_id") VALUES (NEW."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'update\', NEW."id", NEW."roles", NEW."suspended_at", NEW."user_id"); RETURN NULL;',
                    hash="26fd70045bb8371a4a9c1c3e71bbf3243fab7d23",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_20ab5",
                    table="accounts_membership",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="membership",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "accounts_membershiphistory" ("organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "roles", "suspended_at", "user_id") VALUES (OLD."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'delete\', OLD."id", OLD."roles", OLD."suspended_at", OLD."user_id"); RETURN NULL;',
                    hash="095ed279f2ebb9c14b4ae29cff276c24f6739e45",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_19a8f",
                    table="accounts_membership",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="organisation",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "accounts_organisationhistory" ("most_api_keys", "most_members", "most_plans_per_day", "name", "ods_code", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sign_in_domains", "suspended_at") VALUES (NEW."most_api_keys", NEW."most_members", NEW."most_plans_per_day", NEW."name", NEW."ods_code", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'insert\', NEW."id", NEW."sign_in_domains", NEW."suspended_at"); RETURN NULL;',
                    hash="b5891a8d2a753bb78e1e0b64da95c9c4291cbd8c",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_66a5c",
                    table="accounts_organisation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="organisation",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."most_api_keys" IS DISTINCT FROM (NEW."most_api_keys") OR OLD."most_members" IS DISTINCT FROM (NEW."most_members") OR OLD."most_plans_per_day" IS DISTINCT FROM (NEW."most_plans_per_day") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."ods_code" IS DISTINCT FROM (NEW."ods_code") OR OLD."sign_in_domains" IS DISTINCT FROM (NEW."sign_in_domains") OR OLD."suspended_at" IS DISTINCT FROM (NEW."suspended_at"))',
                    func='INSERT INTO "accounts_organisationhistory" ("most_api_keys", "most_members", "most_plans_per_day", "name", "ods_code", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sign_in_domains", "suspended_at") VALUES (NEW."most_api_keys", NEW."most_members", NEW."most_plans_per_day", NEW."name", NEW."ods_code", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'update\', NEW."id", NEW."sign_in_domains", NEW."suspended_at"); RETURN NULL;',
                    hash="e8998f312e3baeb3eb7a6f6aaef1fff89946cb1b",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_9e5fc",
                    table="accounts_organisation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="organisation",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "accounts_organisationhistory" ("most_api_keys", "most_members", "most_plans_per_day", "name", "ods_code", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sign_in_domains", "suspended_at") VALUES (OLD."most_api_keys", OLD."most_members", OLD."most_plans_per_day", OLD."name", OLD."ods_code", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'delete\', OLD."id", OLD."sign_in_domains", OLD."suspended_at"); RETURN NULL;',
                    hash="0aad643f1fde21a9baef5b63b93cc9ea44979ac4",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_7b33b",
                    table="accounts_organisation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="user",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "accounts_userhistory" ("is_active", "is_break_glass", "is_demo", "is_platform_administrator", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."is_active", NEW."is_break_glass", NEW."is_demo", NEW."is_platform_administrator", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'insert\', NEW."id"); RETURN NULL;',
                    hash="b3a1e0baf40727f701e56595968406e4881c0932",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_3867c",
                    table="accounts_user",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="user",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."is_break_glass" IS DISTINCT FROM (NEW."is_break_glass") OR OLD."is_demo" IS DISTINCT FROM (NEW."is_demo") OR OLD."is_platform_administrator" IS DISTINCT FROM (NEW."is_platform_administrator"))',
                    func='INSERT INTO "accounts_userhistory" ("is_active", "is_break_glass", "is_demo", "is_platform_administrator", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."is_active", NEW."is_break_glass", NEW."is_demo", NEW."is_platform_administrator", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'update\', NEW."id"); RETURN NULL;',
                    hash="9e3a146a30699b3eb24e02090b6dac500da77223",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_0e890",
                    table="accounts_user",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="user",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "accounts_userhistory" ("is_active", "is_break_glass", "is_demo", "is_platform_administrator", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."is_active", OLD."is_break_glass", OLD."is_demo", OLD."is_platform_administrator", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'delete\', OLD."id"); RETURN NULL;',
                    hash="d54a570f8a5d28321a47721890f8e62a8a07978d",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_19f14",
                    table="accounts_user",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="membershiphistory",
            name="organisation",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="membershiphistory",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="accounts.membership",
            ),
        ),
        migrations.AddField(
            model_name="membershiphistory",
            name="user",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="organisationhistory",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="userhistory",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="membershiphistory",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;",
                    hash="b467c0a605fe231b9828df79aa59ef831f63e32b",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_1e214",
                    table="accounts_membershiphistory",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="membershiphistory",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="9ee43f83afd372f3941d93d61b0d68b7fab7a8d3",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_123dc",
                    table="accounts_membershiphistory",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="organisationhistory",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;",
                    hash="568bb023b01306edb1f5fb144b110f297b5f5761",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_7a7b9",
                    table="accounts_organisationhistory",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="organisationhistory",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="6ffef92893d37a849aef3c1b5782cbeb6c522c81",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_2291e",
                    table="accounts_organisationhistory",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="userhistory",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;",
                    hash="fc43e98f1b50bd14d9e9f3b0ff2488c3db721acc",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_5a9b4",
                    table="accounts_userhistory",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="userhistory",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="68ffa9ce3b529c4c151c9348adc79b98119cd550",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_4f815",
                    table="accounts_userhistory",
                    when="BEFORE",
                ),
            ),
        ),
    ]
