#!/usr/bin/env bash
# The virtual environment: made when missing, brought up to date when a requirements file changed.
# usage: python.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

find_python() {
    local python
    for python in /usr/bin/python3.11 python3.11 python3; do
        command -v "$python" >/dev/null || continue
        "$python" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null || continue
        command -v "$python"
        return 0
    done
    die "Python 3.11 with its venv module is missing: run make setup"
}

# The commands of a virtual environment hold its path: one that was copied or moved, or lost its Python, is made anew.
usable() { [ -x "$PYTHON" ] && grep -qF "$VENV/" "$VENV/bin/pip" 2>/dev/null && "$PYTHON" -m pip --version >/dev/null 2>&1; }

STAMP=$VENV/.requirements
HASH=$(cd "$CHECKOUT" && { echo "$VENV" && cat requirements.txt requirements-dev.txt; } | sha256sum | cut -c1-16)

if [ -f "$STAMP" ] && [ "$(cat "$STAMP")" = "$HASH" ] && [ -x "$PYTHON" ] && "$PYTHON" -c '' 2>/dev/null; then exit 0; fi
if ! usable; then
    say "Creating the virtual environment"
    rm -rf "$VENV"
    "$(find_python)" -m venv "$VENV"
fi
say "Installing Python packages"
rm -f "$STAMP"
mkdir -p "$LOCAL"
if ! PIP_DISABLE_PIP_VERSION_CHECK=1 "$PYTHON" -m pip install -q -r "$CHECKOUT/requirements.txt" \
    -r "$CHECKOUT/requirements-dev.txt" >"$LOCAL/pip.log" 2>&1; then
    tail -15 "$LOCAL/pip.log" >&2
    die "the Python packages could not be installed (whole log: .local/pip.log)"
fi
echo "$HASH" >"$STAMP"
