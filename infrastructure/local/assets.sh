#!/usr/bin/env bash
# Front-end assets: npm packages by the lock file, then styles and scripts into static/dist, then Django's collected files.
# usage: assets.sh [npm|build|collect]      (all three without an argument; each is skipped when its input is unchanged)
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$CHECKOUT"

install_packages() {
    local hash
    hash=$(content_hash package.json package-lock.json)
    if [ -d node_modules ] && [ "$(cat node_modules/.lock-hash 2>/dev/null)" = "$hash" ]; then return 0; fi
    say "Installing front-end packages"
    mkdir -p "$LOCAL"
    # Without install scripts: no package needs one, and none should run code on this machine.
    if ! npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >"$LOCAL/npm.log" 2>&1; then
        head -15 "$LOCAL/npm.log" >&2
        die "the front-end packages could not be installed (whole log: .local/npm.log)"
    fi
    echo "$hash" >node_modules/.lock-hash
}

build() {
    local hash
    hash=$(content_hash package.json package-lock.json static/src)
    if [ -d static/dist ] && stamp_is assets "$hash"; then return 0; fi
    install_packages
    say "Compiling styles and scripts"
    clear_stamps assets
    npm run --silent build >"$LOCAL/assets.log" 2>&1 || {
        tail -20 "$LOCAL/assets.log" >&2
        die "the assets could not be compiled"
    }
    set_stamp assets "$hash"
}

collect() {
    local hash
    # Installed packages bring static files of their own.
    hash=$(content_hash static/dist static/images requirements.txt healthequiroute/settings/applications.py)
    if [ -d "$LOCAL/static" ] && stamp_is collected "$hash"; then return 0; fi
    say "Collecting static files"
    clear_stamps collected
    [ -x "$PYTHON" ] || die "the virtual environment is missing: run make setup"
    # The API page is Swagger UI; Redoc, which comes in the same package, is large and not shown.
    # Needs settings but no service. Compressing takes most of a minute and pays off over a network only.
    SECRET_KEY=only-for-collecting-static-files FIELD_ENCRYPTION_KEYS=only-for-collecting-static-files STATIC_COMPRESSION=false \
        "$PYTHON" manage.py collectstatic --noinput --clear --ignore redoc --verbosity=0
    set_stamp collected "$hash"
}

case ${1:-all} in
npm) install_packages ;;
build) build ;;
collect) collect ;;
all)
    build
    collect
    ;;
*) die "unknown step: $1" ;;
esac
