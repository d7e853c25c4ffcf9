#!/usr/bin/env bash
# Style and structure: Python, templates, imports, shell scripts, container files. usage: lint.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$CHECKOUT"
STATUS=0

check() {
    if ! "$@"; then
        STATUS=1
        warn "failed: $*"
    fi
}

check "$PYTHON" -m ruff check --quiet .
check "$PYTHON" -m ruff format --check --quiet .
check "$PYTHON" -m djlint --check --quiet templates
check "$PYTHON" -m djlint --lint --quiet templates
check "$VENV/bin/lint-imports"
# Shell scripts are checked where the tool is installed; it is not worth a package on every machine.
if command -v shellcheck >/dev/null; then check shellcheck -x infrastructure/local/*.sh infrastructure/container/*.sh .ci/run; fi
exit "$STATUS"
