# Heyan with its embedded model. A larger model runs outside: set HEYAN_MODEL_URL to a vLLM server.
FROM python:3.11-slim-bookworm AS build
WORKDIR /build
# PIP_EXTRA_INDEX_URL may name an index that has CPU builds of torch.
ARG PIP_EXTRA_INDEX_URL=""
# 0: without torch, for a service in front of model servers.
ARG EMBEDDED=1
ENV DEV=0 VENV=/heyan/.venv
# What Heyan needs changes less often than Heyan: a layer of its own.
COPY requirements.lock requirements-embedded.lock ./
COPY scripts/ scripts/
RUN PROJECT=none sh scripts/setup.sh
COPY setup.py pyproject.toml MANIFEST.in README.md LICENSE ./
COPY app/ app/
COPY guards/ guards/
COPY evals/ evals/
COPY finetune/ finetune/
COPY heyan/ heyan/
COPY prompts/ prompts/
COPY lexicons/ lexicons/
COPY models/ models/
RUN PROJECT=wheel sh scripts/setup.sh

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /heyan --shell /usr/sbin/nologin heyan \
    && install --directory --owner heyan --mode 0700 /var/lib/heyan
COPY --from=build /heyan/.venv /heyan/.venv/
# An institution's own rules and wording are mounted over these.
COPY lexicons/ /heyan/lexicons/
COPY prompts/ /heyan/prompts/
WORKDIR /heyan
ENV PATH=/heyan/.venv/bin:$PATH HEYAN_DATA_DIR=/var/lib/heyan HEYAN_CACHE_DIR=/var/lib/heyan/cache \
    HEYAN_LEXICONS_DIR=/heyan/lexicons HEYAN_PROMPTS_DIR=/heyan/prompts PYTHONUNBUFFERED=1 HF_HUB_OFFLINE=1
USER heyan
VOLUME /var/lib/heyan
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=3s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health/ready', timeout=2)"]
CMD ["heyan", "serve", "--host", "0.0.0.0", "--port", "8000"]
