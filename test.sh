#!/bin/sh
# Installs what the tests need and runs all checks:
#
#     sh test.sh [PYTEST ARGUMENTS...]
#
# The tests of the page want Chromium: it is installed on Debian where this runs as root, else they are skipped.
set -eu
cd "$(dirname "$0")"

has_chromium() {
    command -v chromium || command -v chromium-browser || command -v google-chrome
}

if ! has_chromium >/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends chromium; } \
            >/dev/null || printf 'test: Chromium could not be installed; the tests in the browser are skipped\n' >&2
    else
        printf 'test: no Chromium; the tests in the browser are skipped (Debian: apt-get install chromium)\n' >&2
    fi
fi

KG_EXTRAS=test sh setup.sh
PATH=$PWD/.venv/bin:$PATH
export PATH OMP_NUM_THREADS=1
ruff check
ruff format --check
mypy
codespell
exec python -m pytest "$@"
