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
check "$PYTHON" -m djlint --lint --quiet templates
check "$VENV/bin/lint-imports" --no-logo
check "$VENV/bin/shellcheck" infrastructure/local/*.sh infrastructure/container/*.sh .ci/run
check "$VENV/bin/hadolint" Dockerfile
exit "$STATUS"
