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

migrate() {
    local hash
    hash=$(database_identity)-$(source_hash '(^|/)migrations/.*\.py$|/permissions\.py$|^requirements\.txt$|/apps\.py$|/database_roles\.py$')
    if [ "${1:-}" = --if-changed ] && stamp_is migrated "$hash"; then return 0; fi
    say "Migrating the database"
    clear_stamps migrated
    DATABASE_AS_OWNER=true "$PYTHON" manage.py migrate --verbosity=0
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
