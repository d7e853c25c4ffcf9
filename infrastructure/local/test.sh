#!/usr/bin/env bash
# Everything that must hold: style, import contracts, tests, browser tests. All of it runs; the end says what failed.
# usage: test.sh [--coverage]    PYTEST_WORKERS sets the number of test processes (default 2). With --coverage the tests
#        take twice as long, and say which lines they run: .local/coverage-html.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
HERE=$CHECKOUT/infrastructure/local
cd "$CHECKOUT"
FAILED=()
STARTED_SERVICES=
COVERAGE=()
case ${1:-} in
    "") ;;
    --coverage) COVERAGE=(--cov "--cov-report=html:$LOCAL/coverage-html") ;;
    *) die "usage: test.sh [--coverage]" ;;
esac

prepare() {
    bash "$HERE/packages.sh" --with-chromium
    bash "$HERE/python.sh"
    if [[ $(bash "$HERE/services.sh" status test) == *stopped* ]]; then STARTED_SERVICES=yes; fi
    bash "$HERE/services.sh" start test
    export HER_ENV_FILE=.local/test.env
    bash "$HERE/planner.sh"
    bash "$HERE/assets.sh"
}

finish() {
    if [ -n "$BESIDE" ]; then kill -INT "$BESIDE" 2>/dev/null && wait "$BESIDE"; fi || true
    if [ -n "$STARTED_SERVICES" ]; then bash "$HERE/services.sh" stop test; fi
}

step() {
    local name=$1
    shift
    say "$name"
    "$@" || FAILED+=("$name")
}

# The end repeats pytest's last line and the names of what failed: nobody should have to look for them.
closing() {
    local name=$1 log=$2 status=$3
    CLOSING+=("$name: $(tail -n 1 "$log")")
    [ "$status" -eq 0 ] && return
    FAILED+=("$name")
    while IFS= read -r line; do CLOSING+=("    $line"); done < <(grep -E '^(FAILED|ERROR) ' "$log" | head -n 20)
}

pytest_step() {
    local name=$1 status=0
    shift
    say "$name"
    "$PYTHON" -m pytest "$@" 2>&1 | tee "$LOCAL/pytest.log" || status=$?
    closing "$name" "$LOCAL/pytest.log" "$status"
}

# Runs beside the other steps, in a database of its own; what it said is shown when it is waited for.
BESIDE=
pytest_beside() {
    TEST_DATABASE_NAME=$1 "$PYTHON" -m pytest "${@:2}" >"$LOCAL/pytest-beside.log" 2>&1 &
    BESIDE=$!
}

wait_beside() {
    local name=$1 status=0
    wait "$BESIDE" || status=$?
    BESIDE=
    say "$name"
    cat "$LOCAL/pytest-beside.log"
    closing "$name" "$LOCAL/pytest-beside.log" "$status"
}

CLOSING=()
trap finish EXIT
prepare
step "Style" bash "$HERE/lint.sh"
step "Migrations" env DATABASE_AS_OWNER=true "$PYTHON" manage.py makemigrations --check --dry-run
# A whole national load in one process: every worker would load anew, and most of it is the database's work. So it has a
# database of its own, beside everything else.
pytest_beside test_her_published -q --create-db --durations=10 lsoa/tests/realdata
pytest_step "Tests" -q -n "${PYTEST_WORKERS:-2}" --dist worksteal --create-db -m "not browser" --durations=10 --ignore=lsoa/tests/realdata \
    "${COVERAGE[@]}"
pytest_step "Browser tests" -q --create-db -m browser --durations=5 \
    --tracing=retain-on-failure --screenshot=only-on-failure --output=.local/browser
wait_beside "Published files"
echo
printf '%s\n' "${CLOSING[@]}"
printf 'All of it took %d s.\n' "$SECONDS"
[ "${#FAILED[@]}" -eq 0 ] || die "failed: $(printf '%s; ' "${FAILED[@]}")"
say "Everything passed"
