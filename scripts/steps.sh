# Read by setup.sh and setup-vllm.sh: steps that say what they do, how long it took, and everything that went wrong.

STEP_LOG=$(mktemp)
trap 'rm -f "$STEP_LOG"' EXIT
trap 'echo "interrupted; the next call goes on from here" >&2; exit 130' INT TERM

fail() { printf '%s\n' "$*" >&2; exit 1; }

# attempt WHAT COMMAND ...: run it, tell its time and what it printed; its exit status. All of it is kept in $VENV/setup.log;
# of a success only the first lines are shown, for pip can warn of every package alike.
attempt() {
    printf '%s ... ' "$1"
    shift
    step_started=$(date +%s)
    step_status=0
    "$@" >"$STEP_LOG" 2>&1 || step_status=$?
    step_seconds=$(($(date +%s) - step_started))
    if [ "$step_status" = 0 ]; then
        echo "$step_seconds s"
        sed -n '1,3s/^/    /p' "$STEP_LOG" >&2
        step_more=$(($(wc -l <"$STEP_LOG") - 3))
        [ "$step_more" -le 0 ] || echo "    ($step_more more lines in $VENV/setup.log)" >&2
    else
        echo "failed after $step_seconds s"
        sed 's/^/    /' "$STEP_LOG" >&2
    fi
    [ ! -d "$VENV" ] || cat "$STEP_LOG" >>"$VENV/setup.log"
    return "$step_status"
}

# step WHAT COMMAND ...: an attempt that must succeed.
step() { attempt "$@" || exit "$?"; }

# environment: make sure that a virtual environment stands in $VENV, whole.
environment() {
    rm -f "$VENV/.installed" "$VENV/setup.log"
    "$VENV/bin/python" -c 'import pip' >/dev/null 2>&1 || step "Creating $VENV" new_environment
    # pip marks a distribution at the end of its installation; without the mark it was interrupted, and would be taken for whole.
    for found in "$VENV"/lib/python*/site-packages/*.dist-info; do
        [ ! -d "$found" ] || [ -e "$found/INSTALLER" ] || remove_remains "$found"
    done
    # What pip set aside while it replaced a distribution.
    for found in "$VENV"/lib/python*/site-packages/~*; do
        [ ! -e "$found" ] || remove_remains "$found"
    done
}

remove_remains() { step "Removing what an interrupted installation left: $(basename "$1")" rm -r "$1"; }

new_environment() {
    rm -rf "$VENV"
    "$PYTHON" -m venv "$VENV" || { rm -rf "$VENV"; echo "is the venv module missing? apt-get install python3-venv"; return 1; }
}

# require_python VERB: stop unless $PYTHON is new enough.
require_python() {
    command -v "$PYTHON" >/dev/null 2>&1 || fail "Python 3.11 or newer is needed: apt-get install python3 python3-venv"
    "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        fail "Python 3.11 or newer is needed; $PYTHON is $("$PYTHON" -c 'import platform; print(platform.python_version())'). Name another one: make PYTHON=python3.12 $1"
}

# locked_version NAME FILE: the version that a lock file names.
locked_version() {
    version=$(sed -n "s/^$1==//p" "$2")
    [ -n "$version" ] || fail "$2 names no version of $1"
    echo "$version"
}

# install_torch VERSION: the CPU build where the index offers it, else the ordinary one; nothing where it is there.
install_torch() {
    "$VENV/bin/python" -c "import importlib.metadata as m, sys; sys.exit(m.version('torch').split('+')[0] != '$1')" 2>/dev/null && return
    if [ "${TORCH:-cpu}" = gpu ]; then
        step "Installing torch $1 (ordinary build)" pip install "torch==$1"
    elif ! attempt "Installing torch $1 (CPU build; TORCH=gpu takes the ordinary one)" pip install "torch==$1+cpu"; then
        step "Installing torch $1 (ordinary build, which may be large)" pip install "torch==$1"
    fi
}
