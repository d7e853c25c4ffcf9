"""PostgreSQL, Redis, Huey."""

from environs import validate

from .environment import env

# The application role may read and write rows, but neither change the schema nor touch the audit trail.
# Only migrations (and the creation of a test database) run as the owner of the tables.
DATABASE_AS_OWNER = env.bool("DATABASE_AS_OWNER", False)
DATABASE_APP_ROLE = env.str("DATABASE_USER", "her_app")
DATABASE_OWNER_ROLE = env.str("DATABASE_OWNER_USER", "her_owner")

DATABASES = {
    "default": {
        "ENGINE": "django.contrib.gis.db.backends.postgis",
        "NAME": env.str("DATABASE_NAME", "her"),
        "HOST": env.str("DATABASE_HOST", "localhost"),
        "PORT": env.str("DATABASE_PORT", "5432"),
        "USER": DATABASE_OWNER_ROLE if DATABASE_AS_OWNER else DATABASE_APP_ROLE,
        "PASSWORD": env.str("DATABASE_OWNER_PASSWORD" if DATABASE_AS_OWNER else "DATABASE_PASSWORD", ""),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {},
        "TEST": {
            "NAME": env.str("TEST_DATABASE_NAME", "test_her"),
            # Holds the extensions, which only a superuser may create.
            "TEMPLATE": env.str("DATABASE_TEMPLATE", "her_template"),
        },
    }
}

# Most connections that each web process keeps for its requests (healthequiroute/serving/pool.py); 0: one per request.
DATABASE_POOL = env.int("DATABASE_POOL", 20, validate=validate.Range(min=0, max=1000))

REDIS_URL = env.str("REDIS_URL", "redis://localhost:6379/0")

CACHES = {
    "default": {
        "BACKEND": "healthequiroute.cache.ForgetfulCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": env.str("CACHE_KEY_PREFIX", "her"),
    }
}

HUEY = {
    "huey_class": "huey.PriorityRedisHuey",
    "name": env.str("HUEY_NAME", "healthequiroute"),
    # Tests run tasks in place; everything else needs a worker.
    "immediate": env.bool("HUEY_IMMEDIATE", False),
    "results": False,
    "utc": True,
    "connection": {"url": REDIS_URL},
    "consumer": {
        "workers": env.int("HUEY_WORKERS", 2),
        "worker_type": "process",
        "initial_delay": 0.05,
        "max_delay": 1,
    },
}

# Processes in which the search for one plan runs; each Huey worker that optimises a plan starts so many.
PLANNING_PROCESSES = env.int("PLANNING_PROCESSES", 2, validate=validate.Range(min=1, max=64))
