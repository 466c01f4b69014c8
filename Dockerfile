# Heyan with its embedded model. A larger model runs outside: set HEYAN_MODEL_URL to a vLLM server.
FROM python:3.11-slim-bookworm AS build
WORKDIR /heyan
# PIP_EXTRA_INDEX_URL may name an index that has CPU builds of torch.
ARG PIP_EXTRA_INDEX_URL=""
COPY requirements.lock pyproject.toml README.md LICENSE ./
COPY scripts/ scripts/
COPY app/ app/
COPY guards/ guards/
COPY evals/ evals/
COPY finetune/__init__.py finetune/
RUN DEV=0 VENV=/heyan/.venv sh scripts/setup.sh

FROM python:3.11-slim-bookworm
WORKDIR /heyan
RUN useradd --system --uid 10001 --home-dir /heyan --shell /usr/sbin/nologin heyan \
    && install --directory --owner heyan --mode 0700 /var/lib/heyan
COPY --from=build /heyan/.venv .venv/
COPY app/ app/
COPY guards/ guards/
COPY evals/ evals/
COPY finetune/__init__.py finetune/
COPY prompts/ prompts/
COPY lexicons/ lexicons/
COPY models/ models/
ENV PATH=/heyan/.venv/bin:$PATH HEYAN_DATA_DIR=/var/lib/heyan PYTHONUNBUFFERED=1 HF_HUB_OFFLINE=1
USER heyan
VOLUME /var/lib/heyan
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=3s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health/ready', timeout=2)"]
CMD ["heyan", "serve", "--host", "0.0.0.0", "--port", "8000"]
