#!/usr/bin/env bash
# Private PostgreSQL clusters: `dev` keeps what it is told, `test` trades safety for speed.
# usage: postgres.sh start|stop|status|psql dev|test [psql arguments]
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

postgres_bin() {
    local control versions=()
    for control in /usr/share/postgresql/*/extension/postgis.control; do
        [ -e "$control" ] && versions+=("$(basename "$(dirname "$(dirname "$control")")")")
    done
    [ "${#versions[@]}" -gt 0 ] || die "no PostgreSQL with PostGIS found: run make setup"
    # A cluster keeps the version that created it.
    if as_server test -f "$DATA/PG_VERSION"; then
        echo "/usr/lib/postgresql/$(as_server cat "$DATA/PG_VERSION")/bin"
    else
        printf '/usr/lib/postgresql/%s/bin\n' "${versions[@]}" | sort -V | tail -1
    fi
}

# The number of the server that runs on this data directory, checked: a stale file may hold somebody else's number.
server_pid() {
    local pid
    pid=$(as_server head -1 "$DATA/postmaster.pid" 2>/dev/null) || return 1
    [[ $pid =~ ^[0-9]+$ ]] || return 1
    as_server readlink "/proc/$pid/exe" 2>/dev/null | grep -q '/postgres\( (deleted)\)\?$' || return 1
    [ "$(as_server readlink "/proc/$pid/cwd" 2>/dev/null)" = "$DATA" ] || return 1
    echo "$pid"
}

create_cluster() {
    say "Creating the $CLUSTER database cluster"
    # Half a cluster, left by an interrupted start, is not a cluster.
    as_server rm -rf "$DATA.new"
    as_server "$BIN/initdb" -D "$DATA.new" -U her_superuser -A peer -E UTF8 --locale=C.UTF-8 --no-sync >"$LOCAL/initdb.log" 2>&1 ||
        die "initdb failed: $(tail -3 "$LOCAL/initdb.log")"
    as_server mv "$DATA.new" "$DATA"
}

# Written at each start, so that a new version of this file reaches old clusters.
configure() {
    local durability="fsync = on"
    if [ "$CLUSTER" = test ]; then
        durability=$'fsync = off\nfull_page_writes = off\nsynchronous_commit = off'
    fi
    as_server tee "$DATA/healthequiroute.conf" >/dev/null <<CONF
listen_addresses = ''
port = $PGPORT_NAME
unix_socket_directories = '$SOCKET'
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = 2GB
work_mem = 32MB
maintenance_work_mem = 256MB
# A load of the whole country writes about 5 GB: a checkpoint in its middle makes it write every page twice.
max_wal_size = 12GB
wal_compression = lz4
checkpoint_timeout = 15min
random_page_cost = 1.1
jit = off
timezone = 'UTC'
log_line_prefix = '%m [%p] %q%u@%d '
$durability
CONF
    as_server grep -q '^include .healthequiroute.conf' "$DATA/postgresql.conf" ||
        echo "include 'healthequiroute.conf'" | as_server tee -a "$DATA/postgresql.conf" >/dev/null
    echo "local all all peer map=healthequiroute" | as_server tee "$DATA/pg_hba.conf" >/dev/null
    local who role
    for who in "$(id -un)" "$SERVER_USER"; do
        for role in her_superuser her_owner her_app; do echo "healthequiroute \"$who\" $role"; done
    done | sort -u | as_server tee "$DATA/pg_ident.conf" >/dev/null
}

answers() { psql_as her_superuser -d postgres -c '' >/dev/null 2>&1; }

psql_as() {
    local role=$1
    shift
    (cd / && PGHOST=$SOCKET PGPORT=$PGPORT_NAME PGUSER=$role PGOPTIONS="-c client_min_messages=warning" \
        "$BIN/psql" -X -q "$@")
}

# How many processes use the shared memory of that number, if it is ours.
users_of_memory() { ipcs -m | awk -v id="$1" -v user="${SERVER_USER:0:10}" '$2 == id && $3 == user { print $6 }'; }
is_unused() { [[ $(users_of_memory "$1") =~ ^0?$ ]]; }

# What a killed server leaves, where no server of ours runs. Its files may name a number that another process has now, and
# PostgreSQL would refuse to start; its shared memory outlives it, and its children can hold that for a moment.
remove_remains() {
    local id
    id=$(as_server sed -n 7p "$DATA/postmaster.pid" 2>/dev/null | awk '{ print $2 }') || true
    if [[ $id =~ ^[0-9]+$ ]] && wait_until 5 is_unused "$id" && [ "$(users_of_memory "$id")" = 0 ]; then
        as_server ipcrm -m "$id" 2>/dev/null || true
    fi
    as_server rm -f "$DATA/postmaster.pid" "$SOCKET/.s.PGSQL.$PGPORT_NAME" "$SOCKET/.s.PGSQL.$PGPORT_NAME.lock"
}

start() {
    private_directory "$SERVER_HOME"
    private_directory "$SOCKETS"
    private_directory "$SERVER_HOME/$CLUSTER"
    private_directory "$SOCKET"
    mkdir -p "$LOCAL"
    BIN=$(postgres_bin)
    if server_pid >/dev/null; then
        if wait_until 10 answers; then return 0; fi
        # It runs, but its socket is gone (a tidied /tmp): only a new start makes a new one.
        stop
    fi
    as_server test -f "$DATA/PG_VERSION" || create_cluster
    configure
    remove_remains
    # Children of a killed server that still work on the cluster keep a new one away: try again.
    local try
    for try in 1 2 3 4 5; do
        if as_server "$BIN/pg_ctl" -D "$DATA" -s -w -t 60 -l "$SERVER_HOME/$CLUSTER/postgres.log" start >/dev/null 2>&1; then break; fi
        [ "$try" -lt 5 ] || die "PostgreSQL ($CLUSTER) does not start: $(as_server tail -3 "$SERVER_HOME/$CLUSTER/postgres.log")"
        sleep 1
    done
    wait_until 30 answers || die "PostgreSQL ($CLUSTER) does not answer"
    local sql=$CHECKOUT/infrastructure/postgres
    psql_as her_superuser -d postgres -f - <"$sql/roles.sql"
    psql_as her_superuser -d postgres -f - <"$sql/databases.sql"
    say "PostgreSQL ($CLUSTER) runs"
}

stop() {
    local pid
    if ! pid=$(server_pid); then
        if as_server test -e "$DATA/postmaster.pid" 2>/dev/null; then remove_remains; fi
        return 0
    fi
    BIN=$(postgres_bin)
    as_server "$BIN/pg_ctl" -D "$DATA" -s -m fast -w stop 2>/dev/null || ! server_pid >/dev/null || die "PostgreSQL ($CLUSTER, process $pid) does not stop"
    say "PostgreSQL ($CLUSTER) stopped"
}

ACTION=${1:?start, stop, status or psql}
CLUSTER=${2:?dev or test}
[[ $CLUSTER =~ ^(dev|test)$ ]] || die "unknown cluster: $CLUSTER"
DATA=$SERVER_HOME/$CLUSTER/pg
SOCKET=$SOCKETS/$CLUSTER

case $ACTION in
start) start ;;
stop) stop ;;
status) if pid=$(server_pid); then echo "PostgreSQL ($CLUSTER): process $pid, socket $SOCKET"; else echo "PostgreSQL ($CLUSTER): stopped"; fi ;;
psql)
    BIN=$(postgres_bin)
    psql_as "${PGUSER:-her_owner}" -d "${PGDATABASE:-her}" "${@:3}"
    ;;
*) die "unknown action: $ACTION" ;;
esac
