# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# What the scripts share: packages of Debian and its children, and quiet commands.

# shellcheck disable=SC2034  # read by the scripts that source this file
BUILD_PACKAGES=(gcc libc6-dev cmake ninja-build pkg-config zlib1g-dev libyaml-dev libmd-dev
    libdwarf-dev libzydis-dev libcapstone-dev libarchive-dev libcmocka-dev python3)
# shellcheck disable=SC2034
TEST_PACKAGES=(g++ python3-jsonschema python3-yaml)

# Programs that tests write dumps with, compare with or run the recipes in, each with the packages
# that have it. A test whose program is missing is skipped, and says so.
# shellcheck disable=SC2034
TEST_TOOLS=(
    "x86_64-w64-mingw32-gcc gcc-mingw-w64-x86-64 libz-mingw-w64-dev"
    "i686-w64-mingw32-gcc gcc-mingw-w64-i686"
    "wine64 wine64"
    "qemu-system-x86_64 qemu-system-x86"
    "clang clang"
    "ld.lld lld"
    "llvm-symbolizer llvm"
    "chromium chromium"
    "7z p7zip-full"
    "gcab gcab"
    "zstd zstd"
    "parallel parallel"
    "slurmctld slurmctld slurmd slurm-client munge"
    "psql postgresql postgresql-client"
    "node nodejs"
    "npm npm"
)

jobs() {
    nproc 2>/dev/null || echo 2
}

# need_packages NAME... installs those that are missing. Without a Debian-like system it only
# hopes that they are there: the configure step then says what is not.
need_packages() {
    command -v dpkg-query >/dev/null && command -v apt-get >/dev/null || return 0
    local missing=() package
    for package in "$@"; do
        dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed ||
            missing+=("$package")
    done
    [ "${#missing[@]}" -gt 0 ] || return 0
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null; then
            echo "These packages are missing, and there is no sudo to install them:" >&2
            echo "  apt-get install ${missing[*]}" >&2
            return 1
        fi
        as_root=(sudo)
    fi
    echo "installing: ${missing[*]}"
    quietly "updating the package lists" "${as_root[@]}" apt-get update
    quietly "installing" "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y --no-install-recommends "${missing[@]}"
}

# offer_tools "COMMAND PACKAGE..."... installs the packages of the commands that are missing, and
# goes on without where that cannot be.
offer_tools() {
    local tool missing=() words
    for tool in "$@"; do
        read -r -a words <<<"$tool"
        PATH=$PATH:/usr/sbin:/sbin:/usr/lib/wine command -v "${words[0]}" >/dev/null ||
            missing+=("${words[@]:1}")
    done
    [ "${#missing[@]}" -gt 0 ] || return 0
    need_packages "${missing[@]}" ||
        echo "some of these are missing, and what is tested with them is skipped"
}

# quietly WHAT COMMAND... shows what the command printed only where it failed.
quietly() {
    local what=$1 log status=0
    shift
    log=$(mktemp)
    "$@" >"$log" 2>&1 || status=$?
    if [ "$status" -ne 0 ]; then
        cat "$log" >&2
        echo "failed: $what ($*)" >&2
    fi
    rm -f "$log"
    return "$status"
}
