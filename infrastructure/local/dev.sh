#!/usr/bin/env bash
# The whole portal on this machine: prepares what is missing, then runs the web server and a worker until Ctrl-C.
# usage: dev.sh           PORT may be set; without it the first free one from 8000 on is taken.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
HERE=$CHECKOUT/infrastructure/local
source "$HERE/processes.sh"
cd "$CHECKOUT"
# This machine only: the demo accounts have a published password.
HOST=127.0.0.1
STARTED_SERVICES=
STARTED_OSRM=
# An .env that was filled in for containers leads to other servers.
export HER_ENV_FILE=.local/env

prepare() {
    bash "$HERE/packages.sh"
    bash "$HERE/python.sh"
    if [[ $(bash "$HERE/services.sh" status dev) == *stopped* ]]; then STARTED_SERVICES=yes; fi
    if [[ $(bash "$HERE/osrm.sh" status) == *stopped* ]]; then STARTED_OSRM=yes; fi
    bash "$HERE/osrm.sh" start --if-built
    bash "$HERE/services.sh" start dev
    bash "$HERE/planner.sh"
    bash "$HERE/assets.sh"
    bash "$HERE/database.sh" migrate --if-changed
    bash "$HERE/database.sh" seed --if-changed
}

choose_port() {
    "$PYTHON" - "$HOST" "${PORT:-}" <<'PY'
import socket, sys

host, wanted = sys.argv[1:]
for port in [int(wanted)] if wanted else [*range(8000, 8100), 0]:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            continue
        print(probe.getsockname()[1])
        break
else:
    sys.exit(f"error: port {wanted} of {host} is taken or not allowed")
PY
}

ready() {
    "$PYTHON" - "$1/health/ready" <<'PY' 2>/dev/null
import sys, urllib.request

opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
sys.exit(opener.open(sys.argv[1], timeout=5).status != 200)
PY
}

ready_or_dead() { ready "$1" || ! is_running web || ! is_running worker; }

finish() {
    trap - EXIT
    # Whatever happens now, and even when nobody reads any more, everything is stopped.
    trap '' INT TERM HUP PIPE
    set +e
    echo
    stop_process web
    stop_process worker
    rm -f "$RUN/address"
    if [ -n "$STARTED_OSRM" ]; then bash "$HERE/osrm.sh" stop; fi
    if [ -n "$STARTED_SERVICES" ]; then bash "$HERE/services.sh" stop dev; fi
}

serve() {
    local port address
    port=$(choose_port)
    address=http://$HOST:$port
    start_process web "$PYTHON" -m gunicorn --config infrastructure/gunicorn.py --bind "$HOST:$port" healthequiroute.asgi:application
    start_process worker "$PYTHON" manage.py run_huey
    echo "$address" >"$RUN/address"
    wait_until 60 ready_or_dead "$address" || true
    if ! ready "$address"; then
        tail -n 15 "$RUN/web.log" "$RUN/worker.log" >&2
        die "the portal did not become ready (logs: .local/run/)"
    fi
    announce "$address"
    while is_running web && is_running worker; do
        # A wait that a signal can interrupt at once, unlike sleep itself.
        sleep 1 &
        wait $! || true
    done
    if [ ! -f "$RUN/address" ]; then
        say "Stopped by make stop"
        exit 0
    fi
    tail -n 15 "$RUN/web.log" "$RUN/worker.log" >&2
    die "the web server or the worker has stopped by itself (logs: .local/run/)"
}

announce() {
    printf '\nHealthEquiRoute is ready: %s   (after %d s)\n\n' "$1" "$SECONDS"
    cat "$LOCAL/demo-accounts"
    printf '\nThe sign-in page signs you in as one of them with one click.\nLogs: .local/run/web.log and .local/run/worker.log. Ctrl-C stops everything that was started.\n'
}

if is_running web; then
    say "HealthEquiRoute already runs at $(cat "$RUN/address" 2>/dev/null). make stop ends it."
    exit 0
fi
# From the first server on: a Ctrl-C while the demo data is loaded stops what was started, too.
trap finish EXIT
trap 'exit 0' INT TERM HUP PIPE
prepare
serve
