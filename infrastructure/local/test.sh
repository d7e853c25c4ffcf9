#!/usr/bin/env bash
# Everything that must hold: style, import contracts, tests, browser tests. All of it runs; the end says what failed, and
# how long each part took.
# usage: test.sh [--coverage]    PYTEST_WORKERS sets the number of test processes (default 2). With --coverage the tests
#        take twice as long, and say which lines they run: .local/coverage-html.
#
# Three runs of pytest share the machine: the browser tests, which mostly wait for pages and searches; the published
# files, which are one long load; all other tests, which fill the gaps. Each has databases, queues and caches of its own.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
HERE=$CHECKOUT/infrastructure/local
# What every database of the tests is a copy of: the tables of all migrations, made once.
MIGRATED=her_migrated
# What the database of every portal that tests start is a copy of: the demo world, seeded once.
SEEDED=her_seeded
cd "$CHECKOUT"
FAILED=()
CLOSING=()
STARTED_SERVICES=
declare -A BESIDE=()
COVERAGE=()
case ${1:-} in
    "") ;;
    --coverage) COVERAGE=(--cov "--cov-report=html:$LOCAL/coverage-html") ;;
    *) die "usage: test.sh [--coverage]" ;;
esac
# Tests start many processes of ours: none should have to compile every module anew.
unset PYTHONDONTWRITEBYTECODE

prepare() {
    bash "$HERE/packages.sh" --with-chromium
    bash "$HERE/python.sh"
    if [[ $(bash "$HERE/services.sh" status test) == *stopped* ]]; then STARTED_SERVICES=yes; fi
    bash "$HERE/services.sh" start test
    export HER_ENV_FILE=.local/test.env
    # A minute on one processor the first time, of which nothing needs anything until the tests begin.
    start_beside planner bash "$HERE/planner.sh"
    bash "$HERE/assets.sh"
    CLOSING+=("Set-up: $SECONDS s")
}

gone() { ! kill -0 "$1" 2>/dev/null; }

# A Ctrl-C reaches what runs beside as well: it gets time to stop its servers before it is told once more.
finish() {
    local pid
    for pid in "${BESIDE[@]}"; do
        wait_until 20 gone "$pid" || kill -INT "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    if [ -n "$STARTED_SERVICES" ]; then bash "$HERE/services.sh" stop test; fi
}

step() {
    local name=$1 began=$SECONDS
    shift
    say "$name"
    "$@" || FAILED+=("$name")
    CLOSING+=("$name: $((SECONDS - began)) s")
}

# copy_database NAME OF: made anew, whatever an interrupted run has left of it.
copy_database() {
    PGDATABASE=postgres bash "$HERE/postgres.sh" psql test -v ON_ERROR_STOP=1 \
        -c "DROP DATABASE IF EXISTS $1 WITH (FORCE)" -c "CREATE DATABASE $1 TEMPLATE $2"
}

# Every migration makes the classes of all models anew: to look among them for what can go would take a third of the time.
# What is kept instead comes to 1.6 GB, until the process ends.
MIGRATE="import gc; gc.disable(); import runpy, sys; sys.argv = ['manage.py', 'migrate', '--verbosity=0']
runpy.run_path('manage.py', run_name='__main__')"

make_migrated_database() {
    copy_database "$MIGRATED" her_template &&
        DATABASE_NAME=$MIGRATED DATABASE_AS_OWNER=true "$PYTHON" -c "$MIGRATE" &&
        DATABASE_AS_OWNER=true "$PYTHON" manage.py makemigrations --check --dry-run
}

# With a name of its own in the cache, and no seals: a seal of this trail would call that of a copy cut off.
make_seeded_database() {
    copy_database "$SEEDED" "$MIGRATED" &&
        DATABASE_NAME=$SEEDED CACHE_KEY_PREFIX=$SEEDED HUEY_NAME=$SEEDED AUDIT_SEAL_DIRECTORY='' AUDIT_SEAL_KEY='' \
            "$PYTHON" manage.py seed_demo
}

style_and_migrations() {
    local migrations style=0
    make_migrated_database >"$LOCAL/migrations.log" 2>&1 &
    migrations=$!
    bash "$HERE/lint.sh" || style=1
    wait_for_planner || style=1
    if ! wait "$migrations"; then
        cat "$LOCAL/migrations.log"
        return 1
    fi
    export DATABASE_TEMPLATE=$MIGRATED
    if ! make_seeded_database >"$LOCAL/seeded.log" 2>&1; then
        cat "$LOCAL/seeded.log"
        return 1
    fi
    export DATABASE_SEEDED=$SEEDED
    return "$style"
}

# The end repeats pytest's last line and the names of what failed: nobody should have to look for them.
closing() {
    local name=$1 log=$2 status=$3
    CLOSING+=("$name: $(tail -n 1 "$log")")
    [ "$status" -eq 0 ] && return
    FAILED+=("$name")
    while IFS= read -r line; do CLOSING+=("    $line"); done < <(grep -E '^(FAILED|ERROR) ' "$log" | head -n 20)
}

wait_for_planner() {
    local status=0
    wait "${BESIDE[planner]}" || status=$?
    unset "BESIDE[planner]"
    cat "$LOCAL/beside-planner.log"
    return "$status"
}

pytest_step() {
    local name=$1 status=0
    shift
    say "$name"
    "$@" 2>&1 | tee "$LOCAL/pytest.log" || status=$?
    closing "$name" "$LOCAL/pytest.log" "$status"
}

# Runs a command beside the other steps; what it said is shown when it is waited for. What bash starts beside itself is
# deaf to Ctrl-C, and could not stop its servers then: hence `env`.
start_beside() {
    local name=$1
    shift
    env --default-signal=INT "$@" >"$LOCAL/beside-$name.log" 2>&1 &
    BESIDE[$name]=$!
}

wait_beside() {
    local name=$1 title=$2 status=0
    wait "${BESIDE[$name]}" || status=$?
    unset "BESIDE[$name]"
    say "$title"
    cat "$LOCAL/beside-$name.log"
    closing "$title" "$LOCAL/beside-$name.log" "$status"
}

# A journey through pages, workers and a browser can be overtaken on a machine that runs three suites at once. What fails
# beside the others is run once more without them: red again is broken; green is told as unsteady, never as passed.
again_by_themselves() {
    local log=$LOCAL/pytest-browser-again.log name
    [[ " ${FAILED[*]} " == *" Browser tests "* ]] || return 0
    say "Browser tests that failed, by themselves"
    if "${BROWSER[@]}" --last-failed --output=.local/browser-again 2>&1 | tee "$log"; then
        CLOSING+=("By themselves: $(tail -n 1 "$log"). UNSTEADY: they failed beside the others (see above) and want mending")
        for name in "${!FAILED[@]}"; do
            if [ "${FAILED[$name]}" = "Browser tests" ]; then unset "FAILED[$name]"; fi
        done
    else
        closing "By themselves" "$log" 1
    fi
}

trap finish EXIT
prepare
step "Style and migrations" style_and_migrations
# A person at a browser waits least: everything else is nice to it.
# A page that failed is told in words and in a picture; a recording of every step would cost each test more than that.
BROWSER=("$PYTHON" -m pytest -q --screenshot=only-on-failure -o "cache_dir=$LOCAL/pytest-browser" healthequiroute/tests/browser)
start_beside browser "${BROWSER[@]}" --durations=10 --output=.local/browser
# A whole national load in one process: every worker would load anew, and most of it is the database's work.
start_beside published nice -n 5 env TEST_DATABASE_NAME=test_her_published \
    "$PYTHON" -m pytest -q --create-db --durations=10 lsoa/tests/realdata
pytest_step "Tests" nice -n 5 "$PYTHON" -m pytest -q -n "${PYTEST_WORKERS:-2}" --dist worksteal --create-db \
    --durations=10 --ignore=healthequiroute/tests/browser --ignore=lsoa/tests/realdata "${COVERAGE[@]}"
wait_beside browser "Browser tests"
wait_beside published "Published files"
again_by_themselves
echo
printf '%s\n' "${CLOSING[@]}"
printf 'All of it took %d s.\n' "$SECONDS"
[ "${#FAILED[@]}" -eq 0 ] || die "failed: $(printf '%s; ' "${FAILED[@]}")"
say "Everything passed"
