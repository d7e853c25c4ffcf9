#!/usr/bin/env bash
# System packages: install what is missing, or name what an administrator must install.
# usage: packages.sh [--with-chromium]
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

postgres_with_postgis() {
    local control
    for control in /usr/share/postgresql/*/extension/postgis.control; do
        [ -e "$control" ] || continue
        [ -x "/usr/lib/postgresql/$(basename "$(dirname "$(dirname "$control")")")/bin/postgres" ] && return 0
    done
    return 1
}

has_library() { ldconfig -p 2>/dev/null | grep -q "$1" || /sbin/ldconfig -p 2>/dev/null | grep -q "$1"; }

# venv needs ensurepip, which Debian ships in a package of its own.
has_python() {
    local python
    for python in /usr/bin/python3.11 python3.11; do
        if command -v "$python" >/dev/null && "$python" -c 'import ensurepip, venv' 2>/dev/null; then return 0; fi
    done
    return 1
}

# Neither Chromium nor the PDF writer brings fonts; this family has the widths of the pages' Arial.
has_fonts() { compgen -G '/usr/share/fonts/truetype/liberation*' >/dev/null; }

missing_packages() {
    postgres_with_postgis || echo "postgresql-15 postgresql-15-postgis-3"
    command -v redis-server >/dev/null || echo redis-server
    has_library libgdal.so || echo libgdal32
    has_library libgeos_c.so || echo libgeos-c1v5
    command -v ogrinfo >/dev/null || echo gdal-bin
    command -v jq >/dev/null || echo jq
    has_python || echo "python3.11 python3.11-venv"
    # WeasyPrint sets the text of PDF files with Pango.
    has_library libpango-1.0.so || echo libpango-1.0-0
    has_library libpangoft2-1.0.so || echo libpangoft2-1.0-0
    has_library libharfbuzz-subset.so || echo libharfbuzz-subset0
    has_fonts || echo fonts-liberation
    command -v node >/dev/null || echo nodejs
    command -v npm >/dev/null || echo npm
    if [ "${1:-}" = --with-chromium ]; then
        command -v chromium >/dev/null || echo chromium
    fi
}

# Our servers are private ones: the packages must neither create a cluster on 5432 nor leave a server on 6379.
install_as_root() {
    export DEBIAN_FRONTEND=noninteractive
    local no_cluster=/etc/postgresql-common/createcluster.d/healthequiroute.conf policy=/usr/sbin/policy-rc.d wrote_policy=
    local had_redis=yes status=0 log
    dpkg -s redis-server >/dev/null 2>&1 || had_redis=
    mkdir -p "$(dirname "$no_cluster")"
    echo 'create_main_cluster = false' >"$no_cluster"
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod 755 "$policy"
        wrote_policy=yes
    fi
    log=$(mktemp)
    apt-get update -q >"$log" 2>&1 || warn "apt-get update failed; trying with the lists that are there"
    apt-get install -q -y --no-install-recommends -o DPkg::Lock::Timeout=300 "$@" >>"$log" 2>&1 || status=$?
    [ "$status" -eq 0 ] || tail -n 20 "$log" >&2
    rm -f "$log"
    rm -f "$no_cluster"
    [ -z "$wrote_policy" ] || rm -f "$policy"
    if [ -z "$had_redis" ] && dpkg -s redis-server >/dev/null 2>&1; then
        if [ -d /run/systemd/system ]; then
            systemctl disable --now redis-server >/dev/null 2>&1 || true
        else
            update-rc.d redis-server disable >/dev/null 2>&1 || true
        fi
    fi
    return "$status"
}

main() {
    local packages
    if [ "${1:-}" = --install-as-root ]; then
        shift
        install_as_root "$@"
        return
    fi
    read -r -a packages <<<"$(missing_packages "$@" | tr '\n' ' ')"
    [ "${#packages[@]}" -gt 0 ] || return 0
    if ! command -v apt-get >/dev/null; then
        die "these Debian packages (or your system's equivalents) must be installed first: ${packages[*]}"
    fi
    if [ "$(id -u)" -eq 0 ]; then
        say "Installing system packages: ${packages[*]}"
        install_as_root "${packages[@]}"
    elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || { [ -t 0 ] && sudo -v; }; }; then
        say "Installing system packages: ${packages[*]}"
        sudo bash "${BASH_SOURCE[0]}" --install-as-root "${packages[@]}"
    else
        die "an administrator must install: ${packages[*]}
       for example: apt-get install --no-install-recommends ${packages[*]}"
    fi
    read -r -a packages <<<"$(missing_packages "$@" | tr '\n' ' ')"
    [ "${#packages[@]}" -eq 0 ] || die "still missing after the installation: ${packages[*]}"
}

main "$@"
