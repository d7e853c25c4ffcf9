#!/usr/bin/env bash
# Stop everything this checkout runs; nothing else is touched.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$CHECKOUT/infrastructure/local/processes.sh"
# First, so that `make dev` knows that this is wanted.
rm -f "$RUN/address"
stop_process web
stop_process worker
bash "$CHECKOUT/infrastructure/local/osrm.sh" stop
bash "$CHECKOUT/infrastructure/local/services.sh" stop
# Sockets of servers that were killed are left behind by them.
rm -rf "$SOCKETS"
