#!/bin/sh
# Installs the Debian packages of the libraries that don't load, or says how.
#
# usage: PYTHON=python3 system-packages.sh LIBRARY=PACKAGE...
#
# It asks the loader, not dpkg: that is what the program will do, on any distribution. Exit code 1: something is missing
# and can't be installed from here (on Debian), or there is no Python. Elsewhere the wanted libraries are named, no more.
set -eu

python=${PYTHON:-python3}
[ "$(uname -s)" = Linux ] || exit 0

if ! "$python" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info < (3, 14))' 2>/dev/null; then
    echo "$python is not there, or is not Python 3.10 to 3.13: name another one, for example: make PYTHON=python3.12 ..." >&2
    exit 1
fi

packages=
libraries=
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    packages=python3-venv
    libraries="Python's venv and ensurepip"
fi
for pair in "$@"; do
    library=${pair%%=*}
    if ! "$python" -c 'import ctypes, sys; ctypes.CDLL(sys.argv[1])' "$library" 2>/dev/null; then
        packages="${packages:+$packages }${pair#*=}"
        libraries="${libraries:+$libraries, }$library"
    fi
done
[ -n "$packages" ] || exit 0

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    echo "This system lacks: $libraries (Debian's packages: $packages). Please install them; going on without." >&2
    exit 0
fi

if [ "$(id -u)" -eq 0 ]; then
    as_root=
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    as_root="sudo -n"
else
    echo "These system packages are missing. Install them, then run the same command again:" >&2
    echo "    sudo apt-get update && sudo apt-get install --no-install-recommends $packages" >&2
    exit 1
fi
echo "Installing system packages: $packages"
# shellcheck disable=SC2086  # the words are meant to be split
$as_root apt-get update -q
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $packages
