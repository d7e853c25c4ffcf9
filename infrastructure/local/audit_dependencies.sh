#!/usr/bin/env bash
# What is publicly known against the packages in use. usage: audit_dependencies.sh
# Exit code 0: nothing new. 1: something that nobody has accepted. 2: a database could not be asked.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
PATH=$VENV/bin:$PATH exec "$PYTHON" "$CHECKOUT/infrastructure/local/audit_dependencies.py"
