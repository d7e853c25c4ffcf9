#!/usr/bin/env bash
# Back to a fresh clone: stops the servers, then removes what make made, databases included.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
bash "$CHECKOUT/infrastructure/local/stop.sh"
say "Removing the virtual environment, packages, assets, settings and databases of this checkout"
rm -rf "$VENV" "$CHECKOUT/node_modules" "$CHECKOUT/static/dist" "$SERVER_HOME" "$SOCKETS" "$LOCAL"
