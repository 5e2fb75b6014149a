# The image of `bridge run`. The base needs `python3` (3.11 or newer) with `venv`, and nothing else, so that a
# mirror, a hardened image or a bare Debian can stand in for it:
#   docker build --build-arg BASE_IMAGE=... --build-arg REVISION="$(git rev-parse HEAD)" -t statuspage-bridge .
ARG BASE_IMAGE=python:3.13-slim-bookworm

FROM ${BASE_IMAGE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_NO_COMPILE=1 \
    PIP_ONLY_BINARY=:all: \
    PIP_REQUIRE_VIRTUALENV=1
WORKDIR /src

# What is shipped: no pip inside, the locked versions with their hashes. Before the sources, so that it stays cached.
COPY requirements.lock ./
RUN python3 -m venv /opt/build \
    && python3 -m venv --without-pip /opt/venv \
    && /opt/build/bin/pip --python /opt/venv/bin/python install --require-hashes --requirement requirements.lock

# The build backend comes from the development lock, but without the other tools in it. Should hatchling gain a
# dependency, pip stops here: under --require-hashes nothing unlisted is installed.
COPY requirements-dev.lock ./
RUN sed -n '/^\(hatchling\|packaging\|pathspec\|pluggy\|tomlkit\|trove-classifiers\)==/,/[^\\]$/p' requirements-dev.lock > backend.lock \
    && /opt/build/bin/pip install --require-hashes --requirement backend.lock

COPY pyproject.toml README.md LICENSE ./
COPY bridge ./bridge
# Bytecode is made now, for the root is read-only later, and never checked against its source: /opt/venv does not change.
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /tmp/wheels . \
    && /opt/build/bin/pip --python /opt/venv/bin/python install --no-deps --no-index /tmp/wheels/*.whl \
    && /opt/venv/bin/python -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/venv/lib

FROM ${BASE_IMAGE}
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Statuspage Bridge" \
      org.opencontainers.image.description="Keeps an Atlassian Statuspage true by itself: signals in, component statuses, incidents and metrics out" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

RUN groupadd --system --gid 10001 bridge \
    && useradd --system --uid 10001 --gid bridge --home-dir /var/lib/bridge --no-create-home --shell /usr/sbin/nologin bridge \
    && install --directory --owner=bridge --group=bridge --mode=0750 /var/lib/bridge
COPY --from=build /opt/venv /opt/venv

# Listening beyond loopback makes webhook authentication compulsory; secrets come as files (BRIDGE_…_FILE).
ENV PATH=/opt/venv/bin:${PATH} \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    BRIDGE_LISTEN=0.0.0.0:9797 \
    BRIDGE_RULES=/etc/bridge/rules \
    BRIDGE_DATABASE_URL=sqlite:////var/lib/bridge/bridge.sqlite3

# The one writable place. As working directory it is also where Python and SQLite put temporary files when /tmp is read-only.
WORKDIR /var/lib/bridge
VOLUME ["/var/lib/bridge"]
# By number: Kubernetes' runAsNonRoot cannot judge a name.
USER 10001:10001
EXPOSE 9797
STOPSIGNAL SIGTERM
# /-/healthy and /-/ready are asked by the orchestrator, which tells them apart; a HEALTHCHECK cannot.
HEALTHCHECK NONE
ENTRYPOINT ["bridge"]
CMD ["run"]
