#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes a kernel dump that somebody else wrote: a small guest of ours runs in QEMU and stops,
and QEMU writes its memory as a complete Windows crash dump.

usage: make_dump.py x64|x86 OUTPUT [--work FOLDER] [--check PROGRAM]

OUTPUT is packed where its name ends in .gz; PROGRAM is called with the machine and OUTPUT. Exit
status 77 where something that the rig needs is not installed."""
import argparse
import datetime
import gzip
import os
import shutil
import subprocess
import sys
import tempfile

import rig_machine
import rig_qemu

HERE = os.path.dirname(os.path.abspath(__file__))
SKIPPED = 77
# Linkers put the time into images: the same sources give the same dump.
STAMP = datetime.datetime(2009, 4, 11, 6, 37, tzinfo=datetime.timezone.utc)
EPOCH = datetime.datetime(1601, 1, 1, tzinfo=datetime.timezone.utc)
TICKS = 10 ** 7


def filetime(*when):
    moment = datetime.datetime(*when, tzinfo=datetime.timezone.utc)
    return int((moment - EPOCH).total_seconds()) * TICKS


SYSTEM, OTHER = ("Example Systems", "Part of the system"), ("Contoso Storage", "Volume watcher")

# The images in the order of the list; the last one is started and brings the system down. Its
# source, what it imports from, and (company, description).
SCENARIOS = {
    # A storage server unmounts a damaged volume: 0x24, in Ntfs.sys.
    "x64": {
        "layout": rig_machine.X64, "compiler": "x86_64-w64-mingw32-",
        "build": 6002, "service_pack": 2, "lab": "6002.18005.rig.0",
        "time": filetime(2012, 11, 20, 3, 12, 45), "uptime": 5 * 24 * 3600 * TICKS,
        "unloaded": ("usbstor.sys", "crashdmp.sys"),
        "images": (("ntoskrnl.exe", "kernel", SYSTEM), ("Ntfs.sys", "ntfs", SYSTEM),
                   ("mountmgr.sys", "idle", SYSTEM), ("Volwatch.sys", "volwatch", OTHER)),
        "versions": {"ntoskrnl.exe": (6, 0, 6002, 18005), "Ntfs.sys": (6, 0, 6002, 18005),
                     "mountmgr.sys": (6, 0, 6002, 18005), "Volwatch.sys": (2, 4, 1, 7)},
    },
    # A cluster node sends, and its adapter hands large sends back: 0x7F, double fault.
    "x86": {
        "layout": rig_machine.X86, "compiler": "i686-w64-mingw32-",
        "build": 3790, "service_pack": 1, "lab": "3790.1830.rig.0",
        "time": filetime(2006, 1, 17, 22, 41, 8), "uptime": 11 * 3600 * TICKS,
        "unloaded": ("imapi.sys",),
        "images": (("ntoskrnl.exe", "kernel", SYSTEM), ("tcpip.sys", "tcpip", SYSTEM),
                   ("Ntfs.sys", "idle", SYSTEM),
                   ("Lanserv.sys", "lanserv", ("Fabrikam Networks", "Gigabit adapter"))),
        "versions": {"ntoskrnl.exe": (5, 2, 3790, 1830), "tcpip.sys": (5, 2, 3790, 1830),
                     "Ntfs.sys": (5, 2, 3790, 1830), "Lanserv.sys": (8, 1, 3, 0)},
    },
}

IMAGE_FLAGS = ("-O1 -ffreestanding -nostdlib -fno-omit-frame-pointer -fno-optimize-sibling-calls "
               "-fno-ident -shared -Wl,--subsystem,native -Wl,--image-base,0x10000000 "
               "-Wl,--section-alignment,0x1000 -Wl,--file-alignment,0x200 "
               "-Wl,--enable-reloc-section -s").split()


class Missing(Exception):
    """A program that the rig needs is not installed."""


def need(program):
    found = shutil.which(program)
    if found is None:
        raise Missing(f"{program} is not installed")
    return found


def run(*command):
    environment = dict(os.environ, SOURCE_DATE_EPOCH=str(int(STAMP.timestamp())), LC_ALL="C")
    subprocess.run(command, check=True, env=environment)


def build_image(scenario, folder, name, source, people):
    prefix = scenario["compiler"]
    stem = os.path.join(folder, source if source != "idle" else "idle-" + name)
    version = scenario["versions"][name]
    definitions = [f"-DRIG_{part}={n}" for part, n in zip("ABCD", version)]
    definitions += [f'-DRIG_COMPANY="{people[0]}"', f'-DRIG_DESCRIPTION="{people[1]}"']
    run(need(prefix + "windres"), *(d.replace('"', '\\"') for d in definitions),
        os.path.join(HERE, "images", "version.rc"), stem + ".res.o")
    entry = "KiSystemStartup" if source == "kernel" else "DriverEntry"
    underscore = "_" if scenario["layout"] is rig_machine.X86 else ""
    libraries = [os.path.join(folder, f) for f in sorted(os.listdir(folder)) if
                 f.endswith(".lib.a")]
    output = os.path.join(folder, name)
    run(need(prefix + "gcc"), *IMAGE_FLAGS, f'-DRIG_BUILD_LAB="{scenario["lab"]}"',
        f"-Wl,-e,{underscore}{entry}", f"-Wl,--out-implib,{stem}.lib.a", "-o", output,
        os.path.join(HERE, "images", source + ".c"), stem + ".res.o", *libraries)
    return output


def build_guest(scenario, folder):
    layout = scenario["layout"]
    compiler = need(os.environ.get("CC", "gcc"))
    numbers = {"PAGE_TABLES": rig_machine.PAGE_TABLES, "START_BLOCK": rig_machine.START_BLOCK,
               "NOTE_ADDRESS": rig_machine.NOTE, "HEADER_SIZE": layout.header_size}
    flags = [f"-DRIG_{name}={value:#x}" for name, value in numbers.items()]
    start = "start_x64.S" if layout is rig_machine.X64 else "start_x86.S"
    objects = []
    for source in (start, "vmcoreinfo.c"):
        objects.append(os.path.join(folder, source + ".o"))
        run(compiler, "-m32", "-O1", "-ffreestanding", "-fno-pic", "-fno-stack-protector",
            "-fcf-protection=none", "-fno-asynchronous-unwind-tables", *flags, "-c", "-o",
            objects[-1], os.path.join(HERE, "guest", source))
    run(need("ld"), "-m", "elf_i386", "-z", "noexecstack", "--no-warn-rwx-segments", "-Ttext",
        "0x101000", "--section-start=.multiboot=0x100000", "-e", "_start", "-o",
        os.path.join(folder, "guest.elf"), *objects)


def make_dump(scenario, folder):
    qemu = need("qemu-system-x86_64")
    files = [(name, build_image(scenario, folder, name, source, people))
             for name, source, people in scenario["images"]]
    guest = rig_machine.Guest(scenario["layout"], scenario)
    with open(os.path.join(folder, "memory.bin"), "wb") as f:
        f.write(guest.build(files))
    build_guest(scenario, folder)
    machine = rig_qemu.Machine(qemu, folder, "guest.elf", "memory.bin", rig_machine.START)
    try:
        machine.wait_until_halted()
        machine.write_dump("memory.dmp")
    finally:
        machine.close()
    return os.path.join(folder, "memory.dmp")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("machine", choices=sorted(SCENARIOS))
    parser.add_argument("output")
    parser.add_argument("--work", help="keep the images and the guest in this folder")
    parser.add_argument("--check", help="what reads the dump")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.work or temporary
        os.makedirs(folder, exist_ok=True)
        try:
            dump = make_dump(SCENARIOS[arguments.machine], folder)
        except Missing as reason:
            print(f"skipped: {reason}", file=sys.stderr)
            return SKIPPED
        with open(dump, "rb") as f:
            data = f.read()
    if arguments.output.endswith(".gz"):
        data = gzip.compress(data, 9, mtime=0)
    with open(arguments.output, "wb") as f:
        f.write(data)
    if arguments.check:
        return subprocess.run([arguments.check, arguments.machine, arguments.output],
                              check=False).returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
