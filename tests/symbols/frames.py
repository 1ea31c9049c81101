#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compare the rules that frame tables give for leaving functions with those of GNU binutils.

usage: frames.py LOOKUP KIND     KIND: elf-x64 elf-arm64 pe-x86 debug-x86 debug-x64 pdb-x86

Builds a program whose functions keep no frame pointers, asks both at every row of every
function and compares: the frame's address, the return address and each saved register. "debug"
kinds have .debug_frame only; "pdb-x86" compares the frame data of a PDB by LLVM's linker with
what llvm-pdbutil prints of it. Exits with 77 where a tool that it needs is not installed.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

SOURCE = """\
volatile int sink;
void take(int *values, int count);
__attribute__((noinline)) int many(int a, int b, int c, int d, int e, int f)
{
    int values[40];
    for (int i = 0; i < 40; i++)
        values[i] = a * i + b;
    take(values, c);
    sink += values[d & 31] * e + f;
    take(values, e);
    return values[f & 31] + a + b + c + d;
}
__attribute__((noinline)) int variable(int count)
{
    int values[count];
    take(values, count);
    return values[0] + many(1, 2, 3, 4, 5, count);
}
__attribute__((noinline)) void take(int *values, int count)
{
    if (count > 3) {
        for (int i = 0; i < count; i++)
            sink += values[i];
        return;
    }
    sink ^= many(count, 1, 2, 3, 4, 5);
    sink ^= variable(count);
}
int program_start(void)
{
    return variable(3) + many(6, 5, 4, 3, 2, 1);
}
"""

# kind: compiler, options, the program that prints frame tables, its options
KINDS = {
    "elf-x64": ("gcc", ["-shared", "-fPIC", "-Wl,--build-id"], "readelf",
                ["--debug-dump=frames-interp", "-W"]),
    "elf-arm64": ("clang", ["--target=aarch64-linux-gnu", "-shared", "-fPIC", "-fuse-ld=lld",
                            "-Wl,--build-id"], "readelf", ["--debug-dump=frames-interp", "-W"]),
    "pe-x86": ("i686-w64-mingw32-gcc", ["-Wl,-e,_program_start", "-g"],
               "i686-w64-mingw32-objdump", ["--dwarf=frames-interp"]),
    "debug-x86": ("i686-w64-mingw32-gcc",
                  ["-Wl,-e,_program_start", "-g", "-fno-asynchronous-unwind-tables",
                   "-fno-unwind-tables", "-fno-exceptions"],
                  "i686-w64-mingw32-objdump", ["--dwarf=frames-interp"]),
    "debug-x64": ("x86_64-w64-mingw32-gcc",
                  ["-Wl,-e,program_start", "-g", "-fno-asynchronous-unwind-tables",
                   "-fno-unwind-tables", "-fno-exceptions"],
                  "x86_64-w64-mingw32-objdump", ["--dwarf=frames-interp"]),
}


def need(name):
    for candidate in (name, name + "-14"):
        if shutil.which(candidate):
            return candidate
    print(f"skipped: {name} is not installed")
    sys.exit(77)


def read_rows(text):
    """{first address of a row: (end of its function, {column: rule})}"""
    rows, end, columns, starts = {}, 0, [], []
    for line in text.splitlines():
        function = re.search(r"FDE .*pc=([0-9a-f]+)\.\.([0-9a-f]+)", line)
        if function:
            end, starts = int(function.group(2), 16), []
            rows[int(function.group(1), 16)] = (end, None)
        elif " CIE " in line or "ZERO" in line:
            end = 0
        elif line.split()[:2] == ["LOC", "CFA"]:
            columns = line.split()[1:]
        elif end and re.match(r"[0-9a-f]{8,16} ", line):
            words = line.split()
            rows[int(words[0], 16)] = (end, dict(zip(columns, words[1:])))
    return {a: row for a, row in rows.items() if row[1]}


def expected(rule, column):
    """What our words are for one of theirs; None: no rule."""
    match = re.fullmatch(r"(c|v|[a-z]+[0-9]*)([+-]\d+)", rule)
    if rule in ("u", "s"):
        return None
    if not match:
        return "?"
    base, number = match.group(1), int(match.group(2))
    if column == "CFA":
        return f"{base} {number} +"
    return f".cfa {number} + ^" if base == "c" else f".cfa {number} +"


def compare(address, row, line):
    if row["CFA"] == "exp":  # of the stubs that a linker makes: told to be unknown
        return [f"{address:#x} rules: {line}"] if line else []
    ours = dict(part.split("=") for part in line.split(";") if part)
    bad = []
    for column, rule in row.items():
        if column.startswith("xmm"):
            continue
        name = {"CFA": ".cfa", "ra": ".ra"}.get(column, column)
        want = expected(rule, column)
        if name == ".ra" and want is None:
            want = "x30"  # until the function saves it
        if ours.get(name) != want:
            bad.append(f"{address:#x} {name}: {ours.get(name)}, not {want}")
    return bad


def compare_pdb(lookup, folder):
    compiler, linker, reader = need("clang"), need("lld-link"), need("llvm-pdbutil")
    subprocess.run([compiler, "--target=i686-pc-windows-msvc", "-g", "-gcodeview", "-O2",
                    "-fomit-frame-pointer", "-mno-stack-arg-probe", "-c", "program.c", "-o",
                    "program.obj"], cwd=folder, check=True)
    subprocess.run([linker, "/debug", "/entry:program_start", "/subsystem:console",
                    "/nodefaultlib", "/out:program.exe", "/pdb:program.pdb", "program.obj"],
                   cwd=folder, check=True)
    text = subprocess.run([reader, "dump", "--fpo", "program.pdb"], cwd=folder, check=True,
                          capture_output=True, text=True).stdout
    asked, wanted = [], []
    for line in text.splitlines():
        words = [word.strip() for word in line.split("|")]
        if len(words) != 11 or not re.fullmatch("[0-9A-F]{8}", words[0]):
            continue
        asked.append(int(words[0], 16))
        wanted.append("|".join((words[3], words[2], words[6], words[10])))
    ours = subprocess.run([lookup, "--layouts", "program.exe", "."], cwd=folder, check=True,
                          input="".join(f"{a:x}\n" for a in asked), capture_output=True,
                          text=True).stdout.splitlines()
    bad = [(f"{a:#x}", o, w) for a, o, w in zip(asked, ours, wanted) if o.strip() != w]
    print(*bad[:20], f"pdb-x86: {len(asked)} records, {len(bad)} differences", sep="\n")
    sys.exit(bool(bad) or len(ours) != len(asked) or len(asked) < 8)


def main():
    lookup, kind = os.path.abspath(sys.argv[1]), sys.argv[2]
    if kind == "pdb-x86":
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "program.c"), "w") as file:
                file.write(SOURCE)
            compare_pdb(lookup, folder)
    compiler, options, reader, reader_options = KINDS[kind]
    compiler, reader = need(compiler), need(reader)
    if kind == "elf-arm64":
        need("ld.lld")
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "program.c"), "w") as file:
            file.write(SOURCE)
        subprocess.run([compiler, "-O2", "-fomit-frame-pointer", "-nostdlib", "-o",
                        "program.exe", "program.c", *options,
                        *(["-lgcc"] if "elf" not in kind else [])], cwd=folder, check=True)
        theirs = read_rows(subprocess.run([reader, *reader_options, "program.exe"], cwd=folder,
                                          check=True, capture_output=True, text=True).stdout)
        base = {"x86": 0x400000, "x64": 0x140000000}[kind[-3:]] if "elf" not in kind else 0
        starts = sorted(theirs)
        asked = []
        for start, following in zip(starts, [*starts[1:], 0]):
            end, row = theirs[start]
            last = min(end, following if following > start else end) - 1
            asked += [(a, row) for a in sorted({start, last})]
        text = "".join(f"{a - base:#x}\n" for a, _ in asked)
        ours = subprocess.run([lookup, "--frames", "program.exe", "."], cwd=folder, input=text,
                              check=True, capture_output=True, text=True).stdout.splitlines()
    bad = [b for (a, row), line in zip(asked, ours) for b in compare(a, row, line)]
    print("\n".join(bad[:20]))
    print(f"{kind}: {len(theirs)} rows, {len(asked)} addresses, {len(bad)} differences")
    if bad or len(ours) != len(asked) or len(theirs) < 8:
        sys.exit(1)


main()
