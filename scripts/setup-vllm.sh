#!/bin/sh
# Install vLLM into $VENV, apart from the project's own: PyPI's vllm where there is a GPU, else the CPU build of the lock.
set -eu
: "${PYTHON:=python3}" "${VENV:=.venv-vllm}" "${VLLM:=0.33.0}"

fail() { printf '%s\n' "$*" >&2; exit 1; }

"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || fail "Python 3.11 or newer is needed: make PYTHON=python3.12 serve-vllm"
[ -x "$VENV/bin/python" ] || "$PYTHON" -m venv "$VENV" || { rm -rf "$VENV"; fail "the venv module is missing: apt-get install python3-venv"; }
pip() { "$VENV/bin/python" -m pip --disable-pip-version-check "$@"; }

if command -v nvidia-smi >/dev/null 2>&1 && [ "${CPU:-0}" = 0 ]; then
    echo "Installing vllm $VLLM for the GPU (CPU=1 takes the CPU build) ..."
    pip install --quiet "vllm==$VLLM"
    exit
fi
echo "Installing the CPU build of vLLM ..."
WANTED=$(sed -n 's/^torch==//p' requirements.lock)
[ -n "$WANTED" ] || fail "requirements.lock names no torch version"
pip install --quiet "torch==$WANTED+cpu" || pip install --quiet "torch==$WANTED"
# The lock names everything: what it leaves out (torchvision, torchaudio, torchcodec) is never used for text, and its
# builds do not load beside this torch.
pip install --quiet --no-deps --requirement requirements-vllm.lock
