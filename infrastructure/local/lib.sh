# shellcheck shell=bash
# shellcheck disable=SC2034 # used by the scripts that source this file
# What every local script needs: strict mode, where things are, who runs the servers. Sourced, never run.
set -euo pipefail
umask 022

# Strict about the language of messages that are compared, and about the encoding of everything else.
export LC_ALL=C.UTF-8

CHECKOUT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
LOCAL=$CHECKOUT/.local
STAMPS=$LOCAL/stamps
SHA8=$(printf %s "$CHECKOUT" | sha256sum | cut -c1-8)
VENV=$CHECKOUT/.venv
PYTHON=$VENV/bin/python

# PostgreSQL refuses to run as root, and its user could not reach data below root's home:
# as root the servers run as postgres, with their data outside the checkout.
if [ "$(id -u)" -eq 0 ]; then
    SERVER_USER=postgres
    SERVER_HOME=/var/lib/healthequiroute/$SHA8
else
    SERVER_USER=$(id -un)
    SERVER_HOME=$LOCAL/servers
fi
# Socket paths may have at most 107 bytes, whatever the path of the checkout.
SOCKETS=/tmp/healthequiroute-$(id -u)-$SHA8
# Only a part of the socket's name: the servers listen on no TCP port.
PGPORT_NAME=5433

say() { printf '==> %s\n' "$*"; }
warn() { printf 'warning: %s\n' "$*" >&2; }
die() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# Run a command as the user that owns the servers, from a folder that user can enter.
as_server() {
    if [ "$(id -un)" = "$SERVER_USER" ]; then
        (cd / && "$@")
    else
        (cd / && runuser -u "$SERVER_USER" -- "$@")
    fi
}

# A directory only the servers' user can enter. Somebody else's directory of that name is refused, not used.
private_directory() {
    local path=$1
    if [ "$(id -u)" -eq 0 ]; then
        mkdir -p "$(dirname "$path")"
    else
        (umask 077 && mkdir -p "$(dirname "$path")")
    fi
    if [ ! -e "$path" ] && [ ! -L "$path" ]; then
        mkdir -m 700 "$path"
        [ "$(id -u)" -ne 0 ] || chown "$SERVER_USER:" "$path"
    fi
    if [ -L "$path" ] || [ ! -d "$path" ] || [ "$(stat -c %U "$path")" != "$SERVER_USER" ]; then
        die "$path exists but does not belong to $SERVER_USER: move it away, then try again"
    fi
    chmod 700 "$path"
}

# wait_until SECONDS COMMAND...: true as soon as the command succeeds.
wait_until() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$deadline" ] || return 1
        sleep 0.1
    done
}

# A content hash over files and folders (names and contents), so that work is redone only when its input changed.
content_hash() {
    local path
    for path in "$@"; do
        [ -e "$path" ] || continue
        find "$path" -type f -not -name '*.pyc' -not -path '*/node_modules/*' -print0
    done | LC_ALL=C sort -z | xargs -0 -r sha256sum | sha256sum | cut -c1-16
}

stamp_is() { [ -f "$STAMPS/$1" ] && [ "$(cat "$STAMPS/$1")" = "$2" ]; }

set_stamp() {
    mkdir -p "$STAMPS"
    printf '%s\n' "$2" >"$STAMPS/$1"
}

clear_stamps() {
    local name
    for name in "$@"; do rm -f "$STAMPS/$name"; done
}
