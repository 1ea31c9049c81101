# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# What the recipes' tests share. A test runs what docs/fleet.md shows, for real, in a folder of its
# own that has dumps/ and `bugtriage` on its PATH.
#
#   BUGTRIAGE, MKDUMP   the programs
#   FLEET_INSTALL=1     let npm install what is missing; scripts/test installs Debian's packages
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
SKIPPED=77

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

skip() {
    echo "skipped: $*"
    exit "$SKIPPED"
}

# need COMMAND...
need() {
    local command
    for command in "$@"; do
        PATH=$PATH:/usr/sbin:/sbin command -v "$command" >/dev/null ||
            skip "there is no $command (scripts/test installs it)"
    done
}

# A folder with dumps, and the program by its name.
start() {
    local count=$1
    work=$(mktemp -d "${TMPDIR:-/tmp}/bugtriage-fleet-XXXXXX")
    # shellcheck disable=SC2064  # the folder as it is called now
    trap "finish '$work'" EXIT
    mkdir "$work/bin"
    ln -s "${BUGTRIAGE:?}" "$work/bin/bugtriage"
    export PATH=$work/bin:$PATH:/usr/sbin:/sbin
    cd "$work"
    python3 "$here/make_fleet.py" --mixed "${MKDUMP:?}" dumps "$count"
    # What every recipe has to come to, in any order.
    bugtriage -q --exit-zero --format ndjson dumps 2>/dev/null | sort >expected
}

# A test with something to end (a server) replaces this.
stop() { :; }

finish() {
    local status=$?
    stop || true
    cd /
    rm -rf "$1"
    exit "$status"
}

# same FILE... : the records in these files are those of one scan
same() {
    sort "$@" >found
    cmp -s expected found || {
        diff expected found | cut -c1-200 | head -5 >&2
        fail "$(wc -l <found) records of $(wc -l <expected), or others"
    }
}
