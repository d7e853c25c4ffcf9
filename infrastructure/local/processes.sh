# shellcheck shell=bash
# Long-running processes of this checkout (web server, worker, OSRM), known by a file with their number. Sourced, never run.
RUN=$LOCAL/run

# start_process NAME COMMAND...: in a session of its own, so that the whole family can be stopped together.
start_process() {
    local name=$1
    shift
    mkdir -p "$RUN"
    : >"$RUN/$name.log"
    setsid "$@" </dev/null >>"$RUN/$name.log" 2>&1 &
    echo $! >"$RUN/$name.pid"
}

# The process's number, checked: it must be the leader of its session and work in this checkout.
process_id() {
    local pid
    pid=$(cat "$RUN/$1.pid" 2>/dev/null) || return 1
    [[ $pid =~ ^[0-9]+$ ]] || return 1
    [ "$(readlink "/proc/$pid/cwd" 2>/dev/null)" = "$CHECKOUT" ] || return 1
    { tr '\0' ' ' <"/proc/$pid/cmdline"; } 2>/dev/null | grep -qE 'healthequiroute\.asgi|manage\.py run_huey|/osrm-routed ' || return 1
    echo "$pid"
}

is_running() { process_id "$1" >/dev/null; }
is_gone() { ! is_running "$1"; }

stop_process() {
    local name=$1 pid
    if pid=$(process_id "$name"); then
        say "Stopping the $name process"
        kill -TERM -- "-$pid" 2>/dev/null || kill -TERM "$pid" 2>/dev/null || true
        if ! wait_until 15 is_gone "$name"; then kill -KILL -- "-$pid" 2>/dev/null || true; fi
    fi
    rm -f "$RUN/$name.pid"
}
