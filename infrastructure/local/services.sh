#!/usr/bin/env bash
# PostgreSQL and Redis of this checkout, and the env files that lead the application to them.
# usage: services.sh start|stop|status [dev|test]
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
HERE=$CHECKOUT/infrastructure/local

# The secret key is made once per checkout; everything else follows from where the servers are.
write_env_file() {
    local cluster=$1 file=$LOCAL/env key=
    [ "$cluster" = dev ] || file=$LOCAL/test.env
    mkdir -p "$LOCAL"
    if [ -f "$file" ]; then key=$(sed -n 's/^SECRET_KEY=//p' "$file"); fi
    [ -n "$key" ] || key=$(head -c 48 /dev/urandom | base64 | tr -d '\n=+/')
    (
        umask 077
        cat >"$file.new" <<ENV
# Written by make services; local development only. make dev reads this file even where there is an .env; manage.py by hand prefers .env.
SECRET_KEY=$key
DEMO_MODE=true
STATIC_COMPRESSION=false
ALLOWED_HOSTS=localhost,127.0.0.1,[::1]
DATABASE_HOST=$SOCKETS/$cluster
DATABASE_PORT=$PGPORT_NAME
DATABASE_NAME=her
DATABASE_USER=her_app
DATABASE_OWNER_USER=her_owner
DATABASE_TEMPLATE=her_template
TEST_DATABASE_NAME=test_her
REDIS_URL=unix://$SOCKETS/$cluster/redis.sock?db=0
ENV
        # The OSRM of this checkout, where there is one (make osrm).
        if [ "$cluster" = dev ] && [ -f "$LOCAL/osrm/env" ]; then cat "$LOCAL/osrm/env" >>"$file.new"; fi
    )
    mv "$file.new" "$file"
}

ACTION=${1:?start, stop or status}
CLUSTERS=("${2:-dev}")
[ -n "${2:-}" ] || CLUSTERS=(dev test)
for cluster in "${CLUSTERS[@]}"; do
    case $ACTION in
    start)
        bash "$HERE/postgres.sh" start "$cluster"
        bash "$HERE/redis.sh" start "$cluster"
        write_env_file "$cluster"
        ;;
    stop | status)
        bash "$HERE/redis.sh" "$ACTION" "$cluster"
        bash "$HERE/postgres.sh" "$ACTION" "$cluster"
        ;;
    *) die "unknown action: $ACTION" ;;
    esac
done
