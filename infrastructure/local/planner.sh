#!/usr/bin/env bash
# The compiled search for plans: compiled when its code changed, so that no request waits for the compiler.
# usage: planner.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
HASH=$(content_hash "$CHECKOUT/requirements.txt" "$CHECKOUT"/routing/planning/ruin_recreate/*.py \
    "$CHECKOUT"/routing/planning/ruin_recreate/rich/*.py)
if stamp_is planner "$HASH"; then exit 0; fi
say "Compiling the search for plans"
if ! (cd "$CHECKOUT" && DEMO_MODE=true "$PYTHON" manage.py compile_planner) >"$LOCAL/planner.log" 2>&1; then
    tail -15 "$LOCAL/planner.log" >&2
    die "the search for plans could not be compiled (whole log: .local/planner.log)"
fi
set_stamp planner "$HASH"
