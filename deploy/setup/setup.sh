#!/bin/sh
# Finds a Python that is new enough and hands over to setup.py beside this file.
# usage: sh deploy/setup/setup.sh STAGE...   (PYTHON=/path/to/python3 chooses one)
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

can_make_environments() {
    "$1" -c 'import ensurepip, venv' >/dev/null 2>&1
}

if [ -n "${PYTHON:-}" ] && ! new_enough "$PYTHON"; then
    echo "set-up: PYTHON names $PYTHON, which is not Python 3.11 or newer: correct it or unset it" >&2
    exit 1
fi

# The interpreter that can also make virtual environments wins; without one, setup.py says what is missing.
chosen=
for candidate in ${PYTHON:+"$PYTHON"} python3.11 python3.12 python3.13 python3.14 python3; do
    new_enough "$candidate" || continue
    if can_make_environments "$candidate"; then
        chosen=$candidate
        break
    fi
    chosen=${chosen:-$candidate}
done

if [ -z "$chosen" ]; then
    echo "set-up: Python 3.11 or newer is missing: install it (Debian, Ubuntu: apt-get install python3 python3-venv; macOS: brew install python@3.13), or name one with PYTHON=/path/to/python3" >&2
    exit 1
fi
exec "$chosen" -E -s "$here/setup.py" "$@"
