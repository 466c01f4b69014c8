#!/bin/sh
# Install the locked versions into $VENV, the CPU build of torch where the index offers one.
set -eu
: "${PYTHON:=python3}" "${VENV:=.venv}"

fail() { printf '%s\n' "$*" >&2; exit 1; }

command -v "$PYTHON" >/dev/null 2>&1 || fail "Python 3.11 or newer is needed: apt-get install python3 python3-venv"
"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "Python 3.11 or newer is needed; $PYTHON is $("$PYTHON" -c 'import platform; print(platform.python_version())'). Name another one: make PYTHON=python3.12 serve"

if ! "$VENV/bin/python" -c 'import pip' >/dev/null 2>&1; then
    rm -rf "$VENV"
    "$PYTHON" -m venv "$VENV" || { rm -rf "$VENV"; fail "the venv module is missing: apt-get install python3-venv"; }
fi
pip() { "$VENV/bin/python" -m pip --disable-pip-version-check "$@"; }

WANTED=$(sed -n 's/^torch==//p' requirements.lock)
[ -n "$WANTED" ] || fail "requirements.lock names no torch version"
if ! "$VENV/bin/python" -c "import importlib.metadata as m, sys; sys.exit(m.version('torch').split('+')[0] != '$WANTED')" >/dev/null 2>&1; then
    echo "Installing torch $WANTED (the CPU build where the index offers it; TORCH=gpu takes the ordinary one) ..."
    if [ "${TORCH:-cpu}" = gpu ]; then
        pip install --quiet "torch==$WANTED"
    elif ! pip install --quiet "torch==$WANTED+cpu"; then
        echo "The CPU build could not be had (see above); taking the ordinary one, which may be large ..."
        pip install --quiet "torch==$WANTED"
    fi
fi
echo "Installing the other locked versions ..."
# DEV=0 leaves out what only tests and training need.
if [ "${DEV:-1}" = 0 ]; then
    pip install --quiet --requirement requirements.lock
else
    pip install --quiet --requirement requirements.lock --requirement requirements-dev.lock
fi
pip install --quiet --no-deps --no-build-isolation --editable .
