#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measure look-ups in a large DWARF file, against llvm-symbolizer in the same run.

usage: bench_symbols.py SYMBOL_LOOKUP FOLDER [MIB]

Makes a program with about MIB (100) MiB of debug information by compiling generated C, once:
FOLDER keeps it. Then, each the best of several runs of a process, both programs in turn:
  first   one address: open the file, find the unit, read it
  spread  5,000 addresses all over the program
and of our own the same 5,000 once more, which is what a later look-up costs. Exits with 77
where gcc or llvm-symbolizer is not installed. Nothing here fails: a busy machine must not.
"""
import concurrent.futures
import os
import random
import shutil
import subprocess
import sys
import time

UNIT_FUNCTIONS = 250
ADDRESSES, RUNS, COPIES = 5000, 5, 4
FUNCTION = """\
struct s{n} {{ int id; const char *name; struct s{n} *next; double weight[{w}]; unsigned flags : 5;
  union {{ long whole; short parts[4]; }} value; int (*call)(struct s{n} *, int); }};
static inline int inner{n}(struct s{n} *p, int by) {{ int twice = by * 2; sink += twice;
  return p ? p->id + twice : by; }}
int f{u}_{n}(struct s{n} *p, int count, const char *text)
{{
  int sum = 0; long total = {n}; struct s{n} local = {{ count, text, p }};
  for (int i = 0; i < count; i++) {{ int step = inner{n}(&local, i); sum += step; total ^= sum; }}
  if (p) {{ struct s{n} *at = p->next; while (at) {{ sum += inner{n}(at, sum); at = at->next; }} }}
  return sum + (int)total + {n};
}}
"""


def compile_unit(folder, compiler, unit):
    source = os.path.join(folder, f"unit{unit}.c")
    with open(source, "w") as file:
        file.write("extern volatile int sink;\n")
        for n in range(UNIT_FUNCTIONS):
            file.write(FUNCTION.format(n=n, u=unit, w=n % 7 + 1))
    subprocess.run([compiler, "-g", "-O1", "-fPIC", "-c", source, "-o", source[:-1] + "o"],
                   check=True)
    os.remove(source)
    return source[:-1] + "o"


def copy_unit(path, copy):
    """The same code under other names of symbols: compiling takes long."""
    folder, name = os.path.split(path)
    target = os.path.join(folder, f"copy{copy}-{name}")
    subprocess.run(["objcopy", f"--prefix-symbols=copy{copy}_", path, target], check=True)
    return target


def build(folder, mib):
    compiler = shutil.which("gcc")
    if not compiler:
        print("skipped: gcc is not installed")
        sys.exit(77)
    program = os.path.join(folder, f"large-{mib}.so")
    if os.path.exists(program):
        return program
    os.makedirs(folder, exist_ok=True)
    first = compile_unit(folder, compiler, 0)
    # Half of an object is debug information; the rest are relocations.
    units = max(1, int(mib * (1 << 20) / os.path.getsize(first) * 2 / COPIES))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        objects = [first, *pool.map(lambda unit: compile_unit(folder, compiler, unit),
                                    range(1, units))]
    objects += [copy_unit(path, copy) for path in objects for copy in range(1, COPIES)]
    sink = os.path.join(folder, "sink.c")
    with open(sink, "w") as file:
        for copy in range(COPIES):
            file.write(f"volatile int {f'copy{copy}_' if copy else ''}sink;\n")
    subprocess.run([compiler, "-g", "-shared", "-fPIC", "-nostdlib", "-Wl,--build-id", "-o",
                    program, sink, *objects], check=True)
    for path in (sink, *objects):
        os.remove(path)
    return program


def text_range(program):
    text = subprocess.run(["readelf", "-SW", program], check=True, capture_output=True,
                          text=True).stdout
    for line in text.splitlines():
        words = line.replace("[ ", "[").split()
        if len(words) > 5 and words[1] == ".text":
            return int(words[3], 16), int(words[5], 16)
    sys.exit("no .text in the program")


def debug_size(program):
    text = subprocess.run(["readelf", "-SW", program], check=True, capture_output=True,
                          text=True).stdout
    return sum(int(line.replace("[ ", "[").split()[5], 16) for line in text.splitlines()
               if " .debug_" in line)


def measure(command, addresses):
    text = "".join(f"{a:#x}\n" for a in addresses)
    started = time.perf_counter()
    done = subprocess.run(command, input=text, check=True, capture_output=True, text=True)
    return (time.perf_counter() - started) * 1000, done.stdout


def main():
    lookup, folder = os.path.abspath(sys.argv[1]), sys.argv[2]
    mib = int(sys.argv[3]) if len(sys.argv) > 3 else 100
    other = shutil.which("llvm-symbolizer") or shutil.which("llvm-symbolizer-14")
    if not other:
        print("skipped: llvm-symbolizer is not installed")
        sys.exit(77)
    program = build(folder, mib)
    start, size = text_range(program)
    pick = random.Random(1)
    spread = [start + pick.randrange(size) for _ in range(ADDRESSES)]
    ours = [lookup, program, os.path.dirname(program)]
    theirs = [other, f"--obj={program}"]
    best = {}
    for run in range(RUNS):
        for name, command, addresses in (("first", ours, spread[:1]),
                                         ("llvm first", theirs, spread[:1]),
                                         ("spread", ours, spread), ("llvm spread", theirs, spread),
                                         ("twice", ours, spread + spread)):
            if run >= 3 and "first" not in name:
                continue
            took, answer = measure(command, addresses)
            best[name] = min(best.get(name, took), took)
            if answer.count("unit") < len(addresses):
                sys.exit(f"{name}: {answer.count('unit')} lines for {len(addresses)} addresses")
    later = (best["twice"] - best["spread"]) * 1000 / ADDRESSES
    print(f"{os.path.basename(program)}: {debug_size(program) / (1 << 20):.0f} MiB of DWARF")
    print(f"first look-up   {best['first']:7.1f} ms   llvm-symbolizer {best['llvm first']:7.1f} ms"
          f"   goal: no slower: {'holds' if best['first'] <= best['llvm first'] else 'MISSED'}")
    print(f"5,000 spread    {best['spread']:7.1f} ms   llvm-symbolizer {best['llvm spread']:7.1f} ms")
    print(f"a later one     {later:7.1f} us   goal: microseconds: "
          f"{'holds' if later < 1000 else 'MISSED'}")


main()
