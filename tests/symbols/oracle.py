#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compare the symbols room with llvm-symbolizer on freshly built programs.

usage: oracle.py LOOKUP KIND     KIND: pdb-x64 pdb-x86 dwarf4-x64 dwarf5-x64 dwarf4-x86 dwarf5-x86
                                       dwarf4-elf dwarf5-elf; and of a stripped ELF image:
                                       beside-elf linked-elf by_id-elf packed-elf zlib-elf;
                                       relocs-elf keeps what the linker has applied; of Apple's
                                       systems: bundle4-macho (dsymutil 14 reads no DWARF 5)

Builds a program with inlined calls, unoptimised parts and two source files, asks both for every
address of its code and compares the chains: names, files, lines. Exits with 77 where a tool
that it needs is not installed.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

C_SOURCE = """\
volatile int sink;
static inline __attribute__((always_inline)) int twice(int a)
{
    sink += a;
    return a * 2;
}
static inline __attribute__((always_inline)) int four_times(int a)
{
    int r = twice(a);
    sink ^= r;
    return r + twice(r);
}
__attribute__((noinline)) static int hidden_one(int a)
{
    sink ^= a;
    if (a > 3)
        return four_times(a) + 1;
    return twice(a) - 1;
}
__attribute__((noinline)) int public_two(int a)
{
    int r = hidden_one(a + 1);
    for (int i = 0; i < r; i++)
        sink += twice(i);
    return r;
}
int call_it(int a);
int program_start(void)
{
    return public_two(3) + hidden_one(4) + call_it(5);
}
"""

CPP_SOURCE = """\
extern "C" volatile int sink;
namespace store {
struct File {
    int Close(int x);
    static int Count();
};
__attribute__((noinline)) int File::Close(int x)
{
    sink += x;
    return x + Count();
}
inline int File::Count()
{
    sink++;
    return sink;
}
}
extern "C" int call_it(int a)
{
    store::File f;
    return f.Close(a) + store::File::Count();
}
"""


def need(*names):
    for name in names:
        for candidate in (name, name + "-14"):
            if shutil.which(candidate):
                yield candidate
                break
        else:
            print(f"skipped: {name} is not installed")
            sys.exit(77)


def run(*command, cwd):
    subprocess.run(command, cwd=cwd, check=True)


def build_pdb(folder, arch):
    clang, link = need("clang", "lld-link")
    target = {"x64": "x86_64", "x86": "i686"}[arch] + "-pc-windows-msvc"
    for source in ("one.c", "two.cpp"):
        run(clang, f"--target={target}", "-g", "-gcodeview", "-O1", "-c", source, "-o",
            source + ".obj", cwd=folder)
    run(link, "/debug", "/entry:program_start", "/subsystem:console", "/nodefaultlib",
        "/out:program.exe", "/pdb:program.pdb", "one.c.obj", "two.cpp.obj", cwd=folder)


def build_dwarf(folder, version, arch, more=()):
    """One part by gcc, the other by clang, which writes no .debug_aranges."""
    if arch == "elf":
        names, target = ("gcc", "clang"), "x86_64-linux-gnu"
        extra = ["-shared", "-fPIC", "-Wl,--build-id", "-Wl,-Bsymbolic"]
    else:
        cpu = {"x64": "x86_64", "x86": "i686"}[arch]
        names, target = (f"{cpu}-w64-mingw32-gcc", "clang"), f"{cpu}-w64-windows-gnu"
        entry = "program_start" if arch == "x64" else "_program_start"
        extra = ["-Wl,-e," + entry, "-Wl,--subsystem,console"]
    gcc, clang = need(*names)
    # GNU ld cannot relocate what clang's DWARF 5 has in PE objects.
    other = version if arch == "elf" else 4
    run(clang, f"--target={target}", f"-gdwarf-{other}", "-O1", "-fno-exceptions", "-fPIC",
        "-c", "two.cpp", "-o", "two.o", cwd=folder)
    run(gcc, f"-gdwarf-{version}", "-O2", "-fno-asynchronous-unwind-tables", "-nostdlib", "-o",
        "program.exe", "one.c", "two.o", *extra, *more, cwd=folder)


def build_bundle(folder, version):
    """A library of macOS, whose debug information is in program.exe.dSYM."""
    clang, link, dsymutil = need("clang", "ld64.lld", "dsymutil")
    for source in ("one.c", "two.cpp"):
        run(clang, "--target=x86_64-apple-macosx11.0", f"-gdwarf-{version}", "-O1",
            "-fno-exceptions", "-w", "-c", source, "-o", source + ".o", cwd=folder)
    run(link, "-dylib", "-arch", "x86_64", "-platform_version", "macos", "11.0", "11.0",
        "-undefined", "dynamic_lookup", "-o", "program.exe", "one.c.o", "two.cpp.o", cwd=folder)
    run(dsymutil, "program.exe", cwd=folder)


def take_apart(folder, form):
    """Leaves a stripped image with its symbol table, and its debug information elsewhere: in
    program.exe.debug, in a file that .gnu_debuglink names, in .build-id; or packed in the image
    as old tools did (.zdebug_info) or as the ABI has it (zlib)."""
    objcopy, readelf = need("objcopy", "readelf")
    if form == "packed":
        run(objcopy, "--compress-debug-sections=zlib-gnu", "program.exe", cwd=folder)
        sections = subprocess.run([readelf, "-SW", "program.exe"], cwd=folder, check=True,
                                  capture_output=True, text=True).stdout
        if ".zdebug_info" not in sections:
            print("skipped: objcopy does not pack sections in the old way")
            sys.exit(77)
        return
    if form == "zlib":
        run(objcopy, "--compress-debug-sections=zlib-gabi", "program.exe", cwd=folder)
        return
    notes = subprocess.run([readelf, "-n", "program.exe"], cwd=folder, check=True,
                           capture_output=True, text=True).stdout
    build_id = re.search(r"Build ID: ([0-9a-f]+)", notes).group(1)
    places = {"beside": "program.exe.debug", "linked": "away.dbg",
              "by_id": f".build-id/{build_id[:2]}/{build_id[2:]}.debug"}
    place = os.path.join(folder, places[form])
    os.makedirs(os.path.dirname(place), exist_ok=True)
    run(objcopy, "--only-keep-debug", "program.exe", place, cwd=folder)
    run(objcopy, "--strip-debug", "program.exe", cwd=folder)
    if form == "linked":
        run(objcopy, "--add-gnu-debuglink=away.dbg", "program.exe", cwd=folder)


def code_range(folder):
    """First address, size and image base of the code, as llvm-readobj tells them."""
    (readobj,) = need("llvm-readobj")
    text = subprocess.run([readobj, "--sections", "--file-headers", "program.exe"], cwd=folder,
                          check=True, capture_output=True, text=True).stdout
    section = text[re.search(r"Name: (\.|__)text\b", text).start():]
    number = lambda word: int(re.search(word + r": (0x[0-9A-Fa-f]+|\d+)", section).group(1), 0)
    if "VirtualSize" in section:
        return number("VirtualAddress"), number("VirtualSize")
    return number("Address"), number("Size")


def parse_symbolizer(text):
    chains = []
    for block in text.strip("\n").split("\n\n"):
        lines = block.split("\n")
        chain = []
        for name, place in zip(lines[::2], lines[1::2]):
            file, line = place.rsplit(":", 2)[:2]
            chain.append((re.sub(r"\(.*", "", name), os.path.basename(file), int(line)))
        chains.append(chain)
    return chains


def parse_lookup(text):
    chains, chain = [], []
    for line in text.split("\n")[:-1]:
        if not line:
            chains.append(chain)
            chain = []
            continue
        name, file, number, kind = line.split("|")
        chain.append((name.rsplit("+", 1)[0], os.path.basename(file), int(number), kind))
    return chains


def plain(name):
    if name == "??":
        return "?"
    # llvm-symbolizer does not read C++ names that have the underscore of 32-bit Windows.
    mangled = re.match(r"_*ZN\d+store4File\d+(Close|Count)E", name)
    # An address may have several names in a symbol table ("__DTOR_LIST__", "___DTOR_LIST__").
    return mangled.group(1) if mangled else name.rsplit("::", 1)[-1].lstrip("_")


def same(ours, theirs, compare_inlined_lines):
    debugged = bool(ours) and ours[0][1] != "?"
    # A name without a place is one of a symbol table: both may have it.
    if theirs[0][1] == "??":
        return not debugged and (not ours or plain(theirs[0][0]) in ("?", plain(ours[0][0])))
    if not debugged or len(ours) != len(theirs):
        return False
    for o, t in zip(ours, theirs):
        if plain(o[0]) != plain(t[0]) or o[1] != t[1]:
            return False
        if o[2] != t[2] and (compare_inlined_lines or "inlined" not in o[3]):
            return False
    return True


def differences(ours, theirs, is_pdb):
    """Of PDBs, llvm-symbolizer 14 reads inlined lines one row ahead (the assembler's listing
    shows it), and of two rows that begin at one address it takes the first, which is empty."""
    bad = []
    for i, chain in enumerate(ours):
        late = theirs[min(i + 1, len(theirs) - 1)]
        if not same(chain, theirs[i], not is_pdb) and not (is_pdb and same(chain, late, False)):
            bad.append(i)
    return bad


def main():
    lookup, kind = os.path.abspath(sys.argv[1]), sys.argv[2]
    form, arch = kind.split("-")
    (symbolizer,) = need("llvm-symbolizer")
    with tempfile.TemporaryDirectory() as folder:
        open(os.path.join(folder, "one.c"), "w").write(C_SOURCE)
        open(os.path.join(folder, "two.cpp"), "w").write(CPP_SOURCE)
        if form == "pdb":
            build_pdb(folder, arch)
        elif arch == "macho":
            build_bundle(folder, form[-1])
        else:
            more = ["-Wl,--emit-relocs"] if form == "relocs" else []
            build_dwarf(folder, form[-1] if form.startswith("dwarf") else "4", arch, more)
        start, size = code_range(folder)
        addresses = "".join(f"{a:#x}\n" for a in range(start, start + size))
        options = ["--relative-address"] if arch not in ("elf", "macho") else []
        theirs = subprocess.run([symbolizer, "--obj=program.exe", *options], cwd=folder,
                                input=addresses, check=True, capture_output=True, text=True)
        if form in ("beside", "linked", "by_id", "packed", "zlib"):
            take_apart(folder, form)
        ours = subprocess.run([lookup, "program.exe", "."], cwd=folder, input=addresses,
                              check=True, capture_output=True, text=True)
    theirs, ours = parse_symbolizer(theirs.stdout), parse_lookup(ours.stdout)
    if len(theirs) != size or len(ours) != size:
        sys.exit(f"{len(theirs)} and {len(ours)} answers for {size} addresses")
    known = sum(t[0][0] != "??" for t in theirs)
    inlined = max(len(t) for t in theirs)
    bad = differences(ours, theirs, form == "pdb")
    for i in bad[:20]:
        print(f"{start + i:#x}: {ours[i]}\n  expected {theirs[i]}")
    print(f"{kind}: {size} addresses, {known} known, chains of up to {inlined}, {len(bad)} differ")
    first_call = next((c[0] for c in ours if len(c) == 2 and c[1][0] == "hidden_one"), None)
    if form == "pdb" and first_call[:3] != ("four_times", "one.c", 10):
        sys.exit(f"the first inlined call of hidden_one is {first_call}")
    if bad or known < size // 2 or inlined < 3:
        sys.exit(1)


main()
