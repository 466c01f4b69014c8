#!/bin/sh
# Install the clients of dialogue engines that the doors are tested with into $VENV, apart from the project's own.
set -eu
: "${PYTHON:=python3}" "${VENV:=.venv-clients}"
. "$(dirname "$0")/steps.sh"

require_python test-clients
environment
step "Installing openai, livekit-agents and pipecat-ai" "$VENV/bin/python" -m pip --disable-pip-version-check --quiet \
    install --no-deps --requirement requirements-clients.lock
