#!/bin/sh
# Install the locked versions into $VENV, the CPU build of torch where the index offers one.
#   DEV=0       leaves out what only tests and training need
#   EMBEDDED=0  leaves out what only the embedded model needs, torch above all (with DEV=0)
#   PROJECT=    editable: the sources stay where they are; wheel: a copy of them; none: only what they need
set -eu
: "${PYTHON:=python3}" "${VENV:=.venv}" "${DEV:=1}" "${EMBEDDED:=1}" "${PROJECT:=editable}"
. "$(dirname "$0")/steps.sh"

pip() { "$VENV/bin/python" -m pip --disable-pip-version-check --quiet "$@"; }

require_python serve
[ "$DEV$EMBEDDED" != 10 ] || fail "EMBEDDED=0 needs DEV=0: tests and training run the embedded model"
TORCH_VERSION=$(locked_version torch requirements-embedded.lock)
environment
set -- --requirement requirements.lock
[ "$EMBEDDED" = 0 ] || install_torch "$TORCH_VERSION"
[ "$EMBEDDED" = 0 ] || set -- "$@" --requirement requirements-embedded.lock
[ "$DEV" = 0 ] || set -- "$@" --requirement requirements-dev.lock
step "Installing the other locked versions" pip install "$@"
# Its typer is older than ours: it stands in a folder of its own, which only who generates a client looks into.
[ "$DEV" = 0 ] || step "Installing the generator of clients, apart" pip install --no-deps --upgrade \
    --target "$VENV/generator" --requirement requirements-generator.lock
case $PROJECT in
    editable) step "Installing heyan (its sources stay here)" pip install --no-deps --no-build-isolation --editable . ;;
    wheel) step "Installing heyan" pip install --no-deps --no-build-isolation . ;;
    none) ;;
    *) fail "PROJECT is editable, wheel or none" ;;
esac
step "Checking that all versions fit together" pip check
