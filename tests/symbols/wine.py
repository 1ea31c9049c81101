#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""From a crash to its source line: a program is built by MinGW with DWARF 4 and 5, crashes under
Wine, writes its own dump with MiniDumpWriteDump, and bugtriage names the faulting frame and its
callers, inlined ones too.

usage: wine.py BUGTRIAGE

Exits with 77 where MinGW or Wine is not installed, or Wine cannot run here.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

SOURCE = """\
#include <windows.h>
#include <dbghelp.h>

static LONG WINAPI write_dump(EXCEPTION_POINTERS *pointers)
{
    MINIDUMP_EXCEPTION_INFORMATION info = {GetCurrentThreadId(), pointers, FALSE};
    HANDLE file = CreateFileA("crash.dmp", GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    BOOL done = MiniDumpWriteDump(GetCurrentProcess(), GetCurrentProcessId(), file,
                                  MiniDumpNormal, &info, NULL, NULL);
    CloseHandle(file);
    TerminateProcess(GetCurrentProcess(), done ? 42 : 43);
    return EXCEPTION_EXECUTE_HANDLER;
}

struct node { struct node *volatile next; volatile int value; };
volatile int sink;

static inline __attribute__((always_inline)) void store(struct node *n, int value)
{
    n->next->value = value; /* crashes here */
}

static inline __attribute__((always_inline)) void twice(struct node *n, int value)
{
    sink += value;
    store(n, value * 2); /* in twice */
}

__attribute__((noipa)) static void inner(struct node *n)
{
    twice(n, sink); /* in inner */
    sink++;
}

__attribute__((noipa)) static void outer(struct node *n)
{
    inner(n); /* in outer */
    sink++;
}

int main(void)
{
    struct node n = {0};
    SetUnhandledExceptionFilter(write_dump);
    outer(&n); /* in main */
    return sink;
}
"""


def line_of(mark):
    return next(i for i, text in enumerate(SOURCE.split("\n"), 1) if mark in text)


EXPECTED = [("store", line_of("crashes here"), True), ("twice", line_of("in twice"), True),
            ("inner", line_of("in inner"), False), ("outer", line_of("in outer"), False),
            ("main", line_of("in main"), False)]


def skip(why):
    print("skipped:", why)
    sys.exit(77)


def find_wine():
    for candidate in (shutil.which("wine64"), "/usr/lib/wine/wine64"):
        if candidate and os.access(candidate, os.X_OK):
            return candidate
    skip("Wine is not installed")


def run_in_wine(wine, folder):
    environment = dict(os.environ, WINEPREFIX=os.path.join(folder, "prefix"), WINEDEBUG="-all",
                       WINEDLLOVERRIDES="mscoree,mshtml=")
    environment.pop("DISPLAY", None)
    # Wine's services inherit the output: a pipe would never end.
    with open(os.path.join(folder, "wine.log"), "w") as log:
        try:
            subprocess.run([wine, "program.exe"], cwd=folder, env=environment, stdout=log,
                           stderr=log, stdin=subprocess.DEVNULL, timeout=240)
        except subprocess.TimeoutExpired:
            skip("Wine does not finish here")
        finally:
            subprocess.run([os.path.join(os.path.dirname(wine), "wineserver64"), "-k"],
                           env=environment, stdout=log, stderr=log, check=False)


def check(bugtriage, wine, folder, version):
    compiler = "x86_64-w64-mingw32-gcc"
    dump = os.path.join(folder, "crash.dmp")
    with open(os.path.join(folder, "program.c"), "w") as file:
        file.write(SOURCE)
    subprocess.run([compiler, f"-gdwarf-{version}", "-O2", "-o", "program.exe", "program.c",
                    "-ldbghelp"], cwd=folder, check=True)
    if os.path.exists(dump):
        os.remove(dump)
    run_in_wine(wine, folder)
    if not os.path.exists(dump):
        skip("Wine wrote no dump: " + open(os.path.join(folder, "wine.log")).read()[-500:])
    output = subprocess.run([bugtriage, "--format", "json", "--symbols", folder, dump],
                            check=True, capture_output=True, text=True).stdout
    frames = json.loads(output)["stack"][:len(EXPECTED)]
    got = [(f["function"], f["line"], f["inlined"]) for f in frames]
    files = {os.path.basename(f["file"] or "?") for f in frames}
    print(f"DWARF {version}: {got}")
    return got == EXPECTED and files == {"program.c"}


def main():
    bugtriage = os.path.abspath(sys.argv[1])
    if not shutil.which("x86_64-w64-mingw32-gcc"):
        skip("MinGW is not installed")
    wine = find_wine()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        good = [check(bugtriage, wine, folder, version) for version in (4, 5)]
    if not all(good):
        sys.exit(f"expected {EXPECTED}")


main()
