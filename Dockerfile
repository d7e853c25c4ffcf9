# HealthEquiRoute as one image with three roles: web (default), worker, migrate. See compose.yaml and README.md.
# The steps are those of `make setup`: npm ci + build, pip install -r requirements.txt, the libraries of GDAL and Pango.

FROM node:18-bookworm-slim AS assets
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY static/src static/src
RUN npm run build

FROM python:3.11-slim-bookworm AS packages
WORKDIR /build
COPY requirements.txt ./
RUN python -m venv /opt/venv && /opt/venv/bin/pip install --no-cache-dir -r requirements.txt

FROM python:3.11-slim-bookworm AS runtime
# Debian's security updates arrive by rebuilding the image; a pinned version would stop being available instead.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libgdal32 libgeos-c1v5 libproj25 \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-liberation \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin healthequiroute \
    && install --directory --owner=healthequiroute /var/lib/healthequiroute
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    STATIC_ROOT=/app/collected \
    MEDIA_ROOT=/var/lib/healthequiroute/media \
    NUMBA_CACHE_DIR=/var/lib/healthequiroute/planner
WORKDIR /app
COPY --from=packages /opt/venv /opt/venv
# Code belongs to root: the application cannot change itself.
COPY . .
COPY --from=assets /app/static/dist static/dist
# Collecting needs settings but no service; the keys exist for this one command only.
RUN SECRET_KEY=only-for-collecting-static-files FIELD_ENCRYPTION_KEYS=only-for-collecting-static-files \
    JWT_SIGNING_KEYS=for-collecting-static-files-only-no-tokens \
    python manage.py collectstatic --noinput --ignore redoc --verbosity=0
USER 10001
# The compiled search is kept where the application may write: a worker on another kind of processor compiles it anew.
RUN SECRET_KEY=only-for-compiling-the-planner-- FIELD_ENCRYPTION_KEYS=only-for-compiling-the-planner-- \
    JWT_SIGNING_KEYS=for-compiling-the-planner-only-no-tokens \
    python manage.py compile_planner
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["python", "infrastructure/container/healthcheck.py"]
ENTRYPOINT ["infrastructure/container/entrypoint.sh"]
CMD ["web"]
