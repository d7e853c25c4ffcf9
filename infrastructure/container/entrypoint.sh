#!/bin/sh
# The roles of the image: web, worker, migrate; anything else is a management command.
set -eu
role=${1:-web}
case $role in
web) exec python -m gunicorn --config infrastructure/gunicorn.py --bind "0.0.0.0:${PORT:-8000}" healthequiroute.asgi:application ;;
worker)
    # Quick where it is compiled already; after an upgrade, or on another kind of processor, a minute or two.
    python manage.py compile_planner
    exec python manage.py run_huey
    ;;
migrate)
    # Only this role holds the owner's password and may change tables.
    export DATABASE_AS_OWNER=true
    exec python manage.py migrate --noinput
    ;;
*) exec python manage.py "$@" ;;
esac
