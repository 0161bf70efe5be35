#!/bin/sh
# Installs kg into .venv and builds the graph of the sample corpus, or of the papers given, into out/:
#
#     sh setup.sh [PAPERS...]
#
# Needs Python 3.11 or later; PYTHON=/path/to/python chooses one. Run it again at any time: what is done is not redone.
# KG_EXTRAS=test installs the extras of pyproject.toml as well.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
venv=$here/.venv

stop() {
    printf 'setup: %s\n' "$@" >&2
    exit 2
}

find_python() {
    for name in ${PYTHON:+"$PYTHON"} python3 python3.13 python3.12 python3.11 python; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            printf '%s\n' "$name"
            return
        fi
    done
    stop "no Python 3.11 or later found; install one (Debian: apt-get install python3 python3-venv)" \
        "or name it: PYTHON=/path/to/python3 sh setup.sh"
}

make_venv() {
    python=$(find_python)
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        stop "$python cannot make virtual environments; install them (Debian: apt-get install python3-venv)"
    printf 'Making %s with %s\n' "$venv" "$("$python" --version)"
    "$python" -m venv --clear "$venv"
}

install() {
    stamp=$venv/kg-installed
    wanted="${KG_EXTRAS:-} $(cksum <"$here/pyproject.toml") $here"
    if [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
        return
    fi
    printf 'Installing kg; this takes some minutes the first time\n'
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --editable "$here${KG_EXTRAS:+[$KG_EXTRAS]}"
    printf '%s' "$wanted" >"$stamp"
}

"$venv/bin/python" -c '' 2>/dev/null || make_venv
install
if [ $# -eq 0 ]; then
    set -- "$here/examples/papers.jsonl"
fi
"$venv/bin/kg" build "$@" --out out
cat <<END

Open  out/graph.html and out/report.html in a browser.
Ask   $venv/bin/kg stats
      $venv/bin/kg query --list
      $venv/bin/kg show NAME
To type 'kg' alone:  . $venv/bin/activate
END
