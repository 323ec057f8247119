#!/bin/sh
# What the tests need from the system: a browser, what the grader seals with,
# a database server, and npm, which brings Pyodide. Installed where apt is there
# and we may; elsewhere a sentence, and the tests that need them say that they
# were skipped.
set -eu
missing=""
command -v chromium >/dev/null || command -v chromium-browser >/dev/null ||
    command -v google-chrome >/dev/null || missing="$missing chromium"
command -v bwrap >/dev/null || missing="$missing bubblewrap"
ldconfig -p 2>/dev/null | grep -q 'libseccomp\.so\.2' ||
    missing="$missing libseccomp2"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 ||
    missing="$missing postgresql"
command -v npm >/dev/null || missing="$missing npm"
[ -z "$missing" ] && exit 0
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    echo "Installing for the tests:$missing"
    apt-get update -qq
    # shellcheck disable=SC2086 # one word a package
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
        --no-install-recommends $missing >/dev/null
else
    echo "The tests that need$missing will be skipped: install it yourself" \
        "(as root: apt-get install$missing)."
fi
