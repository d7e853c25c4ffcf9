#!/usr/bin/env bash
# The development database's content: migrations and demo data, each only when something changed.
# usage: database.sh migrate|seed [--if-changed]
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$CHECKOUT"
# This checkout's own database: an .env that was filled in for containers leads to other servers.
export HER_ENV_FILE=.local/env

# A stamp holds for one database only: a cluster that was made anew starts from nothing.
database_identity() {
    PGUSER=her_superuser PGDATABASE=her bash infrastructure/local/postgres.sh psql dev -At -c \
        "SELECT system_identifier || '.' || oid FROM pg_control_system(), pg_database WHERE datname = 'her'"
}

source_hash() {
    local pattern=$1
    # shellcheck disable=SC2046 # the paths of the checkout's own code have no blanks
    content_hash $(git ls-files --cached --others --exclude-standard 2>/dev/null | grep -E "$pattern" || all_files "$pattern")
}

# A checkout without git (an unpacked archive) works too.
all_files() { find . -type f -not -path './node_modules/*' -not -path './.*' | sed 's,^\./,,' | grep -E "$1"; }

REMAKE="make clean removes it with everything that was loaded into it, make dev makes it again"

as_superuser() { PGUSER=her_superuser PGDATABASE=her bash infrastructure/local/postgres.sh psql dev -At -c "$1"; }

is_empty() { [ "$(as_superuser "SELECT to_regclass('public.django_migrations') IS NULL")" = t ]; }

# One line for each migration that the database has: what it says, and its path.
applied_migrations() {
    local paths
    # Those of packages are left out: they are never written anew.
    paths=$(as_superuser "SELECT app || '/migrations/' || name || '.py' FROM django_migrations ORDER BY 1" |
        while IFS= read -r path; do if [ -f "$path" ]; then printf '%s\n' "$path"; fi; done)
    # shellcheck disable=SC2086 # the paths of the checkout's own code have no blanks
    [ -z "$paths" ] || sha256sum $paths
}

# Until the first release a migration may be written anew. A database that has the old one cannot be brought up to date.
refuse_rewritten() {
    local applied
    applied=$STAMPS/migrations-of-$(database_identity)
    if is_empty; then return 0; fi
    [ -f "$applied" ] || die "it is not known with which migrations this checkout's database was made: $REMAKE"
    if ! grep -vxFf <(applied_migrations) "$applied" >"$LOCAL/migrations-rewritten"; then return 0; fi
    die "this checkout's database was made with migrations that were written anew since: $REMAKE" \
        "($(sed 's/^[0-9a-f]* *//' "$LOCAL/migrations-rewritten" | paste -sd' '))"
}

migrate() {
    local hash status=0
    hash=$(database_identity)-$(source_hash '(^|/)migrations/.*\.py$|/permissions\.py$|^requirements\.txt$|/apps\.py$|/database_roles\.py$')
    if [ "${1:-}" = --if-changed ] && stamp_is migrated "$hash"; then return 0; fi
    refuse_rewritten
    say "Migrating the database"
    clear_stamps migrated
    DATABASE_AS_OWNER=true "$PYTHON" manage.py migrate --verbosity=0 || status=$?
    set_stamp "migrations-of-$(database_identity)" "$(applied_migrations)"
    [ "$status" -eq 0 ] || return "$status"
    set_stamp migrated "$hash"
}

# The demo world has plans around today: each day has its own stamp, and adds only what that day needs.
seed() {
    local hash
    hash=$(database_identity)-$(source_hash '^fixtures/|/seed|/synthetic|/demo|(^|/)migrations/.*\.py$')-$(TZ=Europe/London date +%F)
    if [ "${1:-}" = --if-changed ] && stamp_is seeded "$hash"; then return 0; fi
    say "Loading the demo data"
    clear_stamps seeded
    "$PYTHON" manage.py seed_demo
    "$PYTHON" manage.py create_demo_accounts >"$LOCAL/demo-accounts"
    set_stamp seeded "$hash"
}

[ -x "$PYTHON" ] || die "the virtual environment is missing: run make setup"
[ "${2:-}" = --if-changed ] || bash infrastructure/local/services.sh start dev
case ${1:-} in
migrate) migrate "${2:-}" ;;
seed) seed "${2:-}" ;;
*) die "usage: database.sh migrate|seed [--if-changed]" ;;
esac
