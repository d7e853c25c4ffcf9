#!/usr/bin/env bash
# Private Redis servers (task queue, cache), one per cluster, on a socket only.
# usage: redis.sh start|stop|status dev|test
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

ping() { [ "$(redis-cli -s "$SOCKET" ping 2>/dev/null)" = PONG ]; }

# The number of our server, checked: a stale file may hold somebody else's number.
server_pid() {
    local pid
    pid=$(as_server cat "$FOLDER/redis.pid" 2>/dev/null) || return 1
    [[ $pid =~ ^[0-9]+$ ]] || return 1
    [ "$(as_server readlink "/proc/$pid/cwd" 2>/dev/null)" = "$FOLDER" ] || return 1
    as_server readlink "/proc/$pid/exe" 2>/dev/null | grep -q '/redis-' || return 1
    echo "$pid"
}

start() {
    private_directory "$SERVER_HOME"
    private_directory "$SOCKETS"
    private_directory "$SERVER_HOME/$CLUSTER"
    private_directory "$SOCKETS/$CLUSTER"
    private_directory "$FOLDER"
    if server_pid >/dev/null; then
        if wait_until 5 ping; then return 0; fi
        # It runs, but its socket is gone (a tidied /tmp): only a new start makes a new one.
        stop
    fi
    local save="300 1"
    [ "$CLUSTER" = dev ] || save=
    as_server rm -f "$SOCKET"
    as_server redis-server --port 0 --unixsocket "$SOCKET" --unixsocketperm 700 --daemonize yes --dir "$FOLDER" \
        --pidfile "$FOLDER/redis.pid" --logfile "$FOLDER/redis.log" --save "$save" --appendonly no >/dev/null
    wait_until 20 ping || die "Redis ($CLUSTER) does not start: $(as_server tail -3 "$FOLDER/redis.log")"
    say "Redis ($CLUSTER) runs"
}

# A process that ended but was not collected by its parent (containers without an init) has stopped, too.
stopped() { ! as_server readlink "/proc/$1/exe" >/dev/null 2>&1; }

stop() {
    local pid
    if ! pid=$(server_pid); then return 0; fi
    redis-cli -s "$SOCKET" shutdown >/dev/null 2>&1 || as_server kill "$pid" 2>/dev/null || true
    wait_until 20 stopped "$pid" || die "Redis ($CLUSTER, process $pid) does not stop"
    say "Redis ($CLUSTER) stopped"
}

ACTION=${1:?start, stop or status}
CLUSTER=${2:?dev or test}
[[ $CLUSTER =~ ^(dev|test)$ ]] || die "unknown cluster: $CLUSTER"
FOLDER=$SERVER_HOME/$CLUSTER/redis
SOCKET=$SOCKETS/$CLUSTER/redis.sock

case $ACTION in
start) start ;;
stop) stop ;;
status) if pid=$(server_pid); then echo "Redis ($CLUSTER): process $pid, socket $SOCKET"; else echo "Redis ($CLUSTER): stopped"; fi ;;
*) die "unknown action: $ACTION" ;;
esac
