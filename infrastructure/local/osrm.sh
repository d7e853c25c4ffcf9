#!/usr/bin/env bash
# A private OSRM (travel times and lines by road) on this machine, made of an OpenStreetMap extract.
# usage: osrm.sh start EXTRACT.osm.pbf     installs OSRM when missing, builds car, bicycle and foot, starts them
#        osrm.sh start --if-built          starts what was built last, if anything
#        osrm.sh stop|status
# The servers listen on 127.0.0.1 only, on free ports that are kept; .local/env leads the application to them.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$CHECKOUT/infrastructure/local/processes.sh"
# A path is meant from where the command was given.
if [ -n "${2:-}" ] && [ "$2" != --if-built ]; then set -- "$1" "$(realpath -m -- "$2")"; fi
cd "$CHECKOUT"

VERSION=26.10.0
HOME_OF_OSRM=$LOCAL/osrm
ENGINE=$HOME_OF_OSRM/engine-$VERSION
BIN=$ENGINE/osrm/bin
BUILT=$HOME_OF_OSRM/built
ENV_LINES=$HOME_OF_OSRM/env
PROFILES=(car bicycle foot)
# Legs of one table: 1,000 x 1,000 as asked (OSRM_TABLE_LIMIT), with room.
MAX_TABLE_SIZE=10000

# The wheel is for Python 3.12, but only the programs in it are used.
install_engine() {
    [ ! -x "$BIN/osrm-routed" ] || return 0
    bash infrastructure/local/python.sh
    say "Installing OSRM $VERSION below .local/osrm (once)"
    mkdir -p "$HOME_OF_OSRM"
    rm -rf "$ENGINE.new"
    PIP_DISABLE_PIP_VERSION_CHECK=1 "$PYTHON" -m pip install -q --no-deps --only-binary=:all: --python-version 3.12 \
        --target "$ENGINE.new" "osrm-bindings==$VERSION" >"$HOME_OF_OSRM/install.log" 2>&1 ||
        die "OSRM could not be installed: $(tail -n 3 "$HOME_OF_OSRM/install.log")"
    chmod +x "$ENGINE.new"/osrm/bin/*
    "$ENGINE.new/osrm/bin/osrm-routed" --version >/dev/null 2>&1 ||
        die "the programs of osrm-bindings $VERSION do not run on this machine; compose.yaml has OSRM as a container"
    rm -rf "$ENGINE"
    mv "$ENGINE.new" "$ENGINE"
}

# A file of OpenStreetMap data in PBF form begins with a block that is called OSMHeader.
check_extract() {
    [ -n "$1" ] || die "name an extract: make osrm EXTRACT=path/to/area.osm.pbf (docs/travel.md says where to get one)"
    [ -f "$1" ] && [ -r "$1" ] || die "the extract $1 is not a file that can be read"
    head -c 64 "$1" | grep -aq OSMHeader ||
        die "$1 is not an OpenStreetMap extract in PBF form (expected a file such as area.osm.pbf)"
}

build() {
    local extract=$1 name hash profile
    hash=$(sha256sum "$extract" | cut -c1-12)
    name=$(basename "$extract" | tr -c 'A-Za-z0-9._\n-' _)@$hash
    if [ "$(cat "$BUILT/name" 2>/dev/null)" = "$VERSION $name" ]; then return 0; fi
    rm -rf "$BUILT.new"
    for profile in "${PROFILES[@]}"; do build_profile "$extract" "${name%.osm.pbf@*}@$hash" "$profile"; done
    echo "$VERSION $name" >"$BUILT.new/name"
    stop
    rm -rf "$BUILT"
    mv "$BUILT.new" "$BUILT"
}

# What was built before stays, and stays in use.
refuse() {
    rm -rf "$BUILT.new"
    die "the extract cannot be used for journeys by $1 (is the file whole?): $(grep -v "line [0-9]*: " "$2" | tail -n 2)"
}

build_profile() {
    local extract=$1 data_version=$2 profile=$3 folder=$BUILT.new/$3 threads
    threads=$(nproc)
    say "Building travel times by $profile"
    mkdir -p "$folder"
    {
        "$BIN/osrm-extract" -p "$ENGINE/osrm/share/profiles/$profile.lua" -d "$data_version" -t "$threads" -l WARNING \
            -o "$folder/area.osrm" "$extract" &&
            "$BIN/osrm-partition" -t "$threads" -l WARNING "$folder/area.osrm" &&
            "$BIN/osrm-customize" -t "$threads" -l WARNING "$folder/area.osrm"
    } >"$HOME_OF_OSRM/build-$profile.log" 2>&1 ||
        refuse "$profile" "$HOME_OF_OSRM/build-$profile.log"
}

# The port of last time where it is free, else another.
choose_port() {
    "$PYTHON" - "${1:-0}" <<'PY'
import socket, sys

for port in (int(sys.argv[1]), 0):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        print(probe.getsockname()[1])
        break
PY
}

# OSRM has no health check: any answer about the nearest road will do.
answers() {
    "$PYTHON" - "$1" <<'PY' 2>/dev/null
import sys, urllib.request

opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
sys.exit(opener.open(sys.argv[1] + "/nearest/v1/any/0,51", timeout=5).status != 200)
PY
}

answers_or_dead() { answers "$2" || ! is_running "osrm-$1"; }

variable() { echo "OSRM_URL_${1^^}"; }

address_of() { sed -n "s/^$(variable "$1")=//p" "$ENV_LINES" 2>/dev/null || true; }

start_profile() {
    local profile=$1 address port
    address=$(address_of "$profile")
    if is_running "osrm-$profile" && answers "$address"; then
        echo "$(variable "$profile")=$address" >>"$ENV_LINES.new"
        return 0
    fi
    stop_process "osrm-$profile"
    port=$(choose_port "${address##*:}")
    address=http://127.0.0.1:$port
    # ERROR: at INFO it would log every place it is asked for.
    start_process "osrm-$profile" "$BIN/osrm-routed" -a mld -i 127.0.0.1 -p "$port" --max-table-size "$MAX_TABLE_SIZE" \
        --verbosity ERROR "$BUILT/$profile/area.osrm"
    wait_until 120 answers_or_dead "$profile" "$address" || true
    answers "$address" || die "OSRM ($profile) does not start: $(tail -n 3 "$RUN/osrm-$profile.log")"
    echo "$(variable "$profile")=$address" >>"$ENV_LINES.new"
}

start() {
    local profile
    printf 'TRAVEL_PROVIDER=osrm\nOSRM_TABLE_LIMIT=1000\n' >"$ENV_LINES.new"
    for profile in "${PROFILES[@]}"; do start_profile "$profile"; done
    mv "$ENV_LINES.new" "$ENV_LINES"
    lead_to_it
    say "OSRM runs: $(cut -d' ' -f2 "$BUILT/name"), $(address_of car) (car), $(address_of bicycle) (bicycle), $(address_of foot) (foot)"
}

# .local/env is written anew by make services, which adds these lines, too.
lead_to_it() {
    [ -f "$LOCAL/env" ] || return 0
    (
        umask 077
        grep -vE '^(TRAVEL_PROVIDER|OSRM_[A-Z_]+)=' "$LOCAL/env" >"$LOCAL/env.new" || true
        cat "$ENV_LINES" >>"$LOCAL/env.new"
    )
    mv "$LOCAL/env.new" "$LOCAL/env"
}

stop() {
    local profile
    for profile in "${PROFILES[@]}"; do stop_process "osrm-$profile"; done
}

status() {
    local profile
    for profile in "${PROFILES[@]}"; do
        if is_running "osrm-$profile"; then echo "OSRM ($profile): $(address_of "$profile")"; else echo "OSRM ($profile): stopped"; fi
    done
}

case ${1:-} in
start)
    if [ "${2:-}" = --if-built ]; then
        [ -f "$BUILT/name" ] && [ -x "$BIN/osrm-routed" ] || exit 0
    else
        check_extract "${2:-}"
        install_engine
        build "$2"
    fi
    start
    ;;
stop) stop ;;
status) status ;;
*) die "usage: osrm.sh start EXTRACT.osm.pbf | start --if-built | stop | status" ;;
esac
