# One image for `luiska serve` and `luiska worker`; the set-up is the Makefile's own.
FROM debian:bookworm-slim AS base
# hadolint ignore=DL3008
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        ca-certificates chromium chromium-driver python3 tini \
    && rm -rf /var/lib/apt/lists/*
ENV LUISKA_CHROMIUM=/usr/bin/chromium \
    LUISKA_CHROMEDRIVER=/usr/bin/chromedriver

FROM base AS build
# hadolint ignore=DL3008
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3-venv \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY requirements.lock package.json package-lock.json ./
COPY deploy/setup deploy/setup
RUN sh deploy/setup/setup.sh packages axe
COPY pyproject.toml README.md ./
COPY checks checks
COPY service service
COPY migrations migrations
COPY samples samples
RUN sh deploy/setup/setup.sh venv \
    && .venv/bin/python -m compileall -q checks service migrations \
    && rm -rf .setup

FROM base AS final
RUN useradd --uid 10001 --create-home --home-dir /data luiska
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:/usr/local/bin:/usr/bin:/bin \
    LANG=C.UTF-8 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    LUISKA_DATABASE_URL=sqlite:////data/luiska.db
WORKDIR /data
VOLUME /data
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
# tini is process 1: it reaps what a killed browser leaves behind.
ENTRYPOINT ["tini", "--", "luiska"]
CMD ["serve", "--host", "0.0.0.0"]
