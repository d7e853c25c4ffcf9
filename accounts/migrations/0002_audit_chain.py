"""The audit trail is append-only, chained by the database, and lies in partitions of a million entries.

* Digest of a row: SHA-256 over the digest of the row before (32 zero bytes for the first) followed by the
  UTF-8 text of a jsonb array of its fields. jsonb writes equal values as equal text (PostgreSQL 15, 8.14).
* The number of a row is given by the default of its column, since it decides in which partition the row lies; a
  BEFORE INSERT trigger checks it and computes the digests. Both hold an advisory lock until commit, so that concurrent
  writers queue instead of forking the chain.
* UPDATE, DELETE and TRUNCATE are refused for everybody, the owner included, in the table and in each partition.
* Partitions are made ahead, by a function that the application may call; it can make nothing else.

The functions fix their search_path or qualify every name: otherwise a temporary table of the same name could stand in for the trail.
"""

import django.core.serializers.json
import django.db.models.functions.datetime
from django.db import migrations, models

# The number of the lock is arbitrary, but the same in every version of the product.
NUMBER = """
CREATE FUNCTION audit_next_sequence() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    last_number bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(7305031001);
    -- A new statement, hence a new snapshot: it sees what the previous holder of the lock committed.
    SELECT sequence INTO last_number FROM public.accounts_auditevent ORDER BY sequence DESC LIMIT 1;
    RETURN coalesce(last_number, 0) + 1;
END
$$
"""

TABLE = """
CREATE TABLE accounts_auditevent (
    sequence bigint NOT NULL DEFAULT audit_next_sequence(),
    occurred_at timestamp with time zone NOT NULL DEFAULT statement_timestamp(),
    actor_kind varchar(10) NOT NULL,
    actor_id varchar(100) NOT NULL,
    organisation_id uuid NULL,
    action varchar(60) NOT NULL,
    target_type varchar(60) NOT NULL,
    target_id varchar(60) NOT NULL,
    details jsonb NOT NULL,
    request_id varchar(60) NOT NULL,
    previous_digest bytea NOT NULL DEFAULT ''::bytea,
    digest bytea NOT NULL DEFAULT ''::bytea,
    -- Two rows that follow the same row would have the same number: the key keeps the chain from forking.
    PRIMARY KEY (sequence),
    CONSTRAINT audit_names_actor_and_action CHECK (
        actor_kind IN ('user', 'system') AND actor_id <> '' AND action <> ''
    )
) PARTITION BY RANGE (sequence);
CREATE INDEX audit_by_organisation ON accounts_auditevent (organisation_id, sequence DESC);
CREATE INDEX audit_by_group ON accounts_auditevent (organisation_id, split_part(action, '.', 1), sequence DESC);
CREATE INDEX audit_by_actor ON accounts_auditevent (actor_id, sequence DESC);
CREATE INDEX audit_by_target ON accounts_auditevent (target_type, target_id, sequence DESC);
CREATE INDEX audit_by_time ON accounts_auditevent (occurred_at, sequence);
-- Who read the data of whom: only readings are in it.
CREATE INDEX audit_by_subject ON accounts_auditevent USING gin ((details -> 'subjects') jsonb_ops)
    WHERE action = 'personal_data.read';
"""

# Every name is qualified instead of fixing the search_path, so that the planner can inline the function: checking
# a chain is three times as fast.
DIGEST = """
CREATE FUNCTION audit_event_digest(event public.accounts_auditevent, previous bytea) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT pg_catalog.sha256(previous OPERATOR(pg_catalog.||) pg_catalog.convert_to(
        pg_catalog.jsonb_build_array(
            event.sequence,
            pg_catalog.to_char(event.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
            event.actor_kind, event.actor_id, event.organisation_id, event.action,
            event.target_type, event.target_id, event.details, event.request_id
        )::pg_catalog.text, 'UTF8'))
$$
"""

CHAIN = """
CREATE FUNCTION audit_event_chain() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    previous record;
BEGIN
    -- Held already by whoever let the database give the number.
    PERFORM pg_advisory_xact_lock(7305031001);
    SELECT occurred_at, digest INTO previous FROM public.accounts_auditevent WHERE sequence = NEW.sequence - 1;
    IF NOT FOUND AND NEW.sequence <> 1 THEN
        RAISE EXCEPTION 'The audit trail numbers its entries itself: % does not continue it.', NEW.sequence
            USING ERRCODE = 'check_violation';
    END IF;
    -- Clocks are set back now and then; the trail's order is not.
    NEW.occurred_at := greatest(clock_timestamp(), previous.occurred_at);
    NEW.previous_digest := coalesce(previous.digest, decode(repeat('00', 32), 'hex'));
    NEW.digest := public.audit_event_digest(NEW, NEW.previous_digest);
    RETURN NEW;
END
$$
"""

REFUSE = """
CREATE FUNCTION audit_event_refuse() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION 'The audit trail is append-only: % refused.', TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$
"""

# The first link among the entries `first` to `last` that does not hold, or no row. Reasons: number, link (previous
# digest), content (own digest). The entry before `first` is only looked at for its digest.
CHECK = """
CREATE FUNCTION audit_chain_break(first bigint, last bigint, OUT broken_sequence bigint, OUT reason text)
RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT sequence, CASE WHEN NOT numbered THEN 'number' WHEN NOT linked THEN 'link' ELSE 'content' END
    FROM (
        SELECT event.sequence,
               event.sequence = coalesce(lag(event.sequence) OVER chain, 0) + 1 AS numbered,
               event.previous_digest
                   = coalesce(lag(event.digest) OVER chain, decode(repeat('00', 32), 'hex')) AS linked,
               event.digest = public.audit_event_digest(event, event.previous_digest) AS unchanged
        FROM public.accounts_auditevent AS event
        WHERE event.sequence BETWEEN first - 1 AND last
        WINDOW chain AS (ORDER BY event.sequence)
    ) AS links
    WHERE sequence >= first AND NOT (numbered AND linked AND unchanged)
    ORDER BY sequence
    LIMIT 1
$$
"""

GUARD = """
CREATE FUNCTION audit_guard(guarded regclass) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER audit_event_no_change BEFORE UPDATE OR DELETE ON %s'
        ' FOR EACH STATEMENT EXECUTE FUNCTION public.audit_event_refuse()', guarded);
    EXECUTE format('CREATE TRIGGER audit_event_no_truncate BEFORE TRUNCATE ON %s'
        ' FOR EACH STATEMENT EXECUTE FUNCTION public.audit_event_refuse()', guarded);
    -- Also in sessions that switch ordinary triggers off (session_replication_role).
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER audit_event_no_change', guarded);
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER audit_event_no_truncate', guarded);
END
$$
"""

# Attaching a finished table lets writers go on; CREATE TABLE ... PARTITION OF would lock them out.
PARTITIONS = """
CREATE FUNCTION audit_make_partitions(ahead integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '10s'
AS $$
DECLARE
    size CONSTANT bigint := 1000000;
    head bigint;
    number bigint;
    name text;
    made integer := 0;
BEGIN
    IF ahead NOT BETWEEN 1 AND 10 THEN
        RAISE EXCEPTION 'Between 1 and 10 partitions are made ahead, not %.', ahead
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    -- One at a time; not the lock of the writers, who need not wait.
    PERFORM pg_advisory_xact_lock(7305031002);
    SELECT coalesce(max(sequence), 0) INTO head FROM public.accounts_auditevent;
    SELECT count(*) INTO number FROM pg_inherits WHERE inhparent = 'public.accounts_auditevent'::regclass;
    WHILE number * size < head + ahead * size LOOP
        name := 'accounts_auditevent_p' || lpad(number::text, 4, '0');
        EXECUTE format('CREATE TABLE public.%I (LIKE public.accounts_auditevent'
            ' INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES)', name);
        EXECUTE format('REVOKE ALL ON public.%I FROM PUBLIC', name);
        EXECUTE format('ALTER TABLE public.accounts_auditevent ATTACH PARTITION public.%I FOR VALUES FROM (%s) TO (%s)',
            name, number * size + 1, (number + 1) * size + 1);
        EXECUTE format('ALTER TABLE public.%I ENABLE ALWAYS TRIGGER audit_event_chain', name);
        PERFORM public.audit_guard(format('public.%I', name)::regclass);
        number := number + 1;
        made := made + 1;
    END LOOP;
    RETURN made;
END
$$
"""

TRIGGERS = """
CREATE TRIGGER audit_event_chain BEFORE INSERT ON accounts_auditevent
    FOR EACH ROW EXECUTE FUNCTION audit_event_chain();
ALTER TABLE accounts_auditevent ENABLE ALWAYS TRIGGER audit_event_chain;
SELECT audit_guard('accounts_auditevent');
SELECT audit_make_partitions(2);
REVOKE ALL ON FUNCTION audit_guard(regclass) FROM PUBLIC;
"""

EVENT = migrations.CreateModel(
    name="AuditEvent",
    fields=[
        ("sequence", models.BigAutoField(primary_key=True, serialize=False)),
        ("occurred_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
        ("actor_kind", models.CharField(choices=[("user", "Person"), ("system", "System")], max_length=10)),
        (
            "actor_id",
            models.CharField(help_text="Pseudonym of the person, or name of the system part.", max_length=100),
        ),
        ("organisation_id", models.UUIDField(null=True)),
        ("action", models.CharField(max_length=60)),
        ("target_type", models.CharField(blank=True, max_length=60)),
        ("target_id", models.CharField(blank=True, max_length=60)),
        ("details", models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
        ("request_id", models.CharField(blank=True, max_length=60)),
        ("previous_digest", models.BinaryField(db_default=models.Value(b""), max_length=32)),
        ("digest", models.BinaryField(db_default=models.Value(b""), max_length=32)),
    ],
    options={"ordering": ["-sequence"]},
)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.RunSQL(NUMBER, "DROP FUNCTION audit_next_sequence()"),
        # Django knows neither partitions nor defaults that are functions: the table is ours, the state is Django's.
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(TABLE, "DROP TABLE accounts_auditevent")],
            state_operations=[
                EVENT,
                migrations.AddConstraint(
                    model_name="auditevent",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("actor_kind__in", ["user", "system"]),
                            models.Q(("actor_id", ""), _negated=True),
                            models.Q(("action", ""), _negated=True),
                        ),
                        name="audit_names_actor_and_action",
                    ),
                ),
            ],
        ),
        migrations.RunSQL(DIGEST, "DROP FUNCTION audit_event_digest(public.accounts_auditevent, bytea)"),
        migrations.RunSQL(CHAIN, "DROP FUNCTION audit_event_chain() CASCADE"),
        migrations.RunSQL(REFUSE, "DROP FUNCTION audit_event_refuse() CASCADE"),
        migrations.RunSQL(CHECK, "DROP FUNCTION audit_chain_break(bigint, bigint)"),
        migrations.RunSQL(GUARD, "DROP FUNCTION audit_guard(regclass)"),
        migrations.RunSQL(PARTITIONS, "DROP FUNCTION audit_make_partitions(integer)"),
        migrations.RunSQL(TRIGGERS, migrations.RunSQL.noop),
    ]
