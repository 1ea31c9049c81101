# SPDX-License-Identifier: MIT
"""Dumps as other writers make them: fields left out or filled in another way, headers that
contradict their bodies, parts of memory that are missing where it hurts. Nothing in them is
meant to harm. What can be known is found, what cannot is said."""
import struct

import images
from frames import PAGE
from kernel import AT_UNLOADED
from scenarios import build, truth
from writers import Dump

X86, X86PAE = ("x86", 2600, "x86"), ("x86", 7601, "pae")
X64, X64_7, LA57 = ("x64", 19041, "x64"), ("x64", 7601, "x64"), ("x64", 20348, "la57")
ARM64 = ("arm64", 22000, "arm64")
FILL32, FILL64 = 0x45474150, 0x4547415045474150
PACKS = {2600: 3, 3790: 2, 6002: 2, 7601: 1}


def at(m, wide, narrow):
    """The place of a field in the header."""
    return wide if m.wide else narrow


def odd(name, where, kind, change=None, patch=None, stop="d1", seed=4, **options):
    """`change` gets the machine and the truth before anything is written, and gives options of
    the writer; `patch` gets the file, the writer and the machine when all is written."""
    arch, number, paging = where

    def make(path):
        ways = {"service_pack": PACKS.get(number, 0), **options}
        m = build(arch, number, paging, seed, stop, **ways)
        t = truth(m, kind)
        how = (change(m, t) if change else None) or {}
        written = Dump(m, how.pop("kind", kind), context=how.pop("context", m.crash_context), **how)
        size = written.write(path)
        if patch:
            with open(path, "r+b") as f:
                patch(f, written, m)
        return size, t
    return f"odd-{name}-{arch}-{number}-{paging}-type{kind}", make


def set_fields(*triples):
    """Fields of the header, each a place in 64-bit headers, one in 32-bit ones, form, values."""
    def change(m, _):
        out = {}
        for wide, narrow, form, *values in triples:
            place = at(m, wide, narrow)
            if place is not None:
                out[place] = (form[0 if m.wide else -1] if len(form) > 1 else form, *values)
        return {"fields": out}
    return change


def patch_body(offset, form, *values):
    """Numbers of the header of the body."""
    def patch(f, written, _):
        f.seek(written.size + offset)
        f.write(struct.pack("<" + form, *values))
    return patch


# ---- the header

def build_with_flags(m, _):
    """NtBuildNumber as the kernel keeps it: the highest bits say that it is a free build."""
    return {"fields": {0xc: ("I", 0xf0000000 | m.era.build)}}


def comment(m, _):
    return {"fields": {at(m, 0xfb0, 0x820): ("128s", b"taken by hand")}}


def processors_unknown(m, _):
    """The array of their blocks tells how many there are."""
    return {"fields": {at(m, 0x34, 0x24): ("I", 0)}}


def no_type(value):
    def change(m, _):
        return {"fields": {at(m, 0xf98, 0xf88): ("I", value)}}
    return change


def pages_not_counted(value):
    """NumberOfPages says something else than the runs."""
    def change(m, _):
        return {"fields": {at(m, 0x90, 0x68): (at_form(m), value)}}
    return change


def at_form(m):
    return "Q" if m.wide else "I"


class InOrder(Dump):
    """A complete dump whose runs stand in any order, one of them empty."""

    def described(self):
        return [*reversed(self.m.frames.runs), (0x90000, 0)]

    def full(self):
        return [p for first, count in self.described() for p in range(first, first + count)]


def runs_backwards(where):
    arch, number, paging = where

    def make(path):
        m = build(arch, number, paging, 5, "d1", service_pack=PACKS.get(number, 0))
        return InOrder(m, 1, context=m.crash_context).write(path), truth(m, 1)
    return f"odd-runs-backwards-{arch}-{number}-{paging}", make


# ---- the debugger block, and the lists

GARBAGE = {"garbage": 0xfffff8a1234567a8, "user": 0x7ffe0308, "hole": 0xdead0000beef0000, "one": 1}


def block_elsewhere(word):
    def change(m, _):
        return {"kd_block": GARBAGE[word] & m.space.mask}
    return change


def nothing_told(m, _):
    """No list, no block: what the memory itself tells must do."""
    fill = FILL64 if m.wide else FILL32
    return {"kd_block": fill, "fields": {at(m, 0x18, 0x14): (("3Q" if m.wide else "3I"),
                                                              fill, fill, fill)}}


def only_looks_tell(m, t):
    """No block either: the list of modules has to be known by its looks."""
    for key in ("unloaded", "processor", "process", "thread"):
        t.pop(key)
    t["system"].pop("service_pack", None)
    return nothing_told(m, t)


def code_is_blank(m, _):
    """What a function's page should hold was never written; frame pointers lead on."""
    for image in m.images:
        m.write(image.base + images.TEXT, bytes(PAGE))


def images_are_missing(_, t):
    """The entries of the list tell stamp, size and checksum."""
    for n, image in enumerate(t["modules"]):
        if n:
            image.update(version=None, debug_id=None)
    t["stack"] = t["stack"][:3]


def contexts_without_arguments(m, _):
    """The registers are used again since the call: where the instruction is tells the rest."""
    places = {"x64": (0x80, 0x88, 0xb8, 0xc0), "arm64": (8, 0x10, 0x18, 0x20)}[m.arch]
    for va in m.saved_contexts:
        for place in places:
            m.write_pointer(va + place, 0)
    return {"context": None}


def lists_not_told(m, _):
    return {"fields": {at(m, 0x20, 0x18): ("2Q" if m.wide else "2I", 0, 0)}}


def modules_not_told(m, _):
    return {"fields": {at(m, 0x20, 0x18): (at_form(m), 0)}}


# ---- memory that is missing, or holds something else

def lists_are_missing(m, t):
    """The page of the kernel's data with the heads of all lists."""
    pfn = m.space.where[m.nt + images.DATA & m.space.mask] // PAGE
    m.frames.absent.add(pfn)
    t.update(modules=t["modules"][:1], status="partial", problem="corrupt", unloaded=[],
             stack=t["stack"][:1], process={"name": (m.name, None), "pid": (m.pid, None)},
             thread=(m.tid, None), processor=(m.options["crashed_on"], None))
    t["modules"][0]["path"] = None
    t["system"].pop("service_pack", None)
    t.pop("culprit")


def lists_are_missing_where_it_matters(m, t):
    """A file of which nothing is known is not said to be absent."""
    lists_are_missing(m, t)
    t["articles"] = {"KB2792165": ("unknown", None, None)}


def no_tables(value):
    def change(m, t):
        t.update(status="partial", problem="corrupt", modules=[], unloaded=[], stack=[])
        for key in ("process", "thread", "processor", "culprit", "system"):
            t.pop(key)
        return {"root": value}
    return change


def sizes_are_huge(m, t):
    """Entries that claim all memory behind them, whose images are not in the dump. What lies
    behind them is still its own, and they end where the next begins at the latest."""
    for n in (2, 3):
        m.write(m.entries[n] + (0x40 if m.wide else 0x20), struct.pack("<I", 0x7fffffff))
        t["modules"][n].update(size=m.images[n + 1].base - m.images[n].base, version=None,
                               checksum=(t["modules"][n]["checksum"], None),
                               timestamp=(t["modules"][n]["timestamp"], None), debug_id=None)
    t["warned"] = ["module-size-wrong"]


def ring_is_filled_with_something(m, t):
    """Entries that are none stand between those that are."""
    size = 0x28 if m.wide else 0x18
    at = int.from_bytes(m.space.read(m.nt + images.DATA + AT_UNLOADED, m.psize), "little")
    name = m.unicode("none.sys", "unloaded")
    for n, (start, end) in enumerate(((0x10, 0x7fffffff), (1, 2), (m.drivers + 5, m.drivers + 9),
                                      (m.nt, m.nt + 0x60000000))):
        m.write(at + (10 + n) * size, name + m.pointer(start) + m.pointer(end & m.space.mask))


def ring_without_a_name(m, t):
    """The name of the newest is paged out: that something was there is known."""
    size = 0x28 if m.wide else 0x18
    at = int.from_bytes(m.space.read(m.nt + images.DATA + AT_UNLOADED, m.psize), "little")
    lost = m.pools["unloaded"].at + 0x20000 & ~(PAGE - 1)
    m.space.write(lost, b"x", "missing")
    for n in range(50):
        entry = m.space.read(at + n * size, size)
        if int.from_bytes(entry[2 * m.psize:3 * m.psize], "little") == m.unloaded[0][1]:
            m.write_pointer(at + n * size + m.psize, lost)
    t["unloaded"][0]["name"] = "unknown_" + t["unloaded"][0]["base"][2:]


# ---- version resources

def versions(**how):
    def change(m, t):
        for image, truth_of in zip(m.images, t["modules"]):
            if image.version and image.name != "ntoskrnl.exe":
                blob = resource(image, **how)
                m.write(image.base + images.RSRC, blob)
                truth_of["version"] = how.get("told", image.version)
    return change


def directory(entries, named=0):
    return struct.pack("<IIHHHH", 0, 0, 0, 0, named, len(entries) - named) + b"".join(
        struct.pack("<II", *e) for e in entries)


def resource(image, fixed=True, levels=3, named=False, languages=1, first_is_missing=False,
             told=None):
    """A tree as other compilers write it."""
    strings = {"CompanyName": image.company or "Nobody", "FileVersion": image.version,
               "OriginalFilename": image.name}
    data = images.version_info(image.version, strings)
    if not fixed:  # no VS_FIXEDFILEINFO: the value has no bytes
        at = 0x28
        body = data[at + 0x34:]
        data = struct.pack("<HHH", at + len(body), 0, 1) + data[6:at] + body
    leaf, where = 0x400, 0x800
    out = bytearray(where) + data
    high = 0x80000000
    struct.pack_into("<4I", out, leaf, images.RSRC + where, len(data), 0, 0)
    struct.pack_into("<4I", out, leaf + 16, 0x7ffff000 if first_is_missing else images.RSRC + where,
                     len(data), 0, 0)
    top = [(16, high | 0x40)]
    if named:  # types with names stand first
        top = [(high | 0x300, high | 0x200), (high | 0x310, high | 0x200), (24, high | 0x200), *top]
    out[0:16 + 8 * len(top)] = directory(top, 2 if named else 0)
    at = 0x40
    for level in range(1, levels):
        last = level == levels - 1
        entries = [(0x409 + n, leaf if not last or n or not first_is_missing else leaf + 16)
                   for n in range(languages)] if last else \
            [(high | 0x300 if named else level, high | at + 0x40)]
        out[at:at + 16 + 8 * len(entries)] = directory(entries, int(named and not last))
        at += 0x40
    out[0x200:0x218] = directory([(1, leaf)])
    out[0x300:0x308] = struct.pack("<H3H", 3, *b"ABC")
    return bytes(out)


def not_a_pc(machine, name, wide):
    """Memory of a processor whose page tables are not read: its stop is, and what it lacks said."""
    def change(m, t):
        # Pages of 8 KiB make the file look cut: said first.
        problem = "truncated" if name in ("alpha", "ia64") else "unsupported"
        t.update(architecture=name, status="partial", problem=problem, modules=[], stack=[],
                 unloaded=[], warned=["memory-unsupported"])
        for key in ("process", "thread", "processor", "culprit"):
            t.pop(key)
        return {"fields": {0x30 if wide else 0x20: ("I", machine)}}
    return change


def odd_dumps():
    for where in (X64, LA57, X64_7, X86, X86PAE, ARM64):
        kind = 2 if where[1] < 9200 else 6
        yield odd("no-lists", where, kind, lists_are_missing)
        yield odd("no-tables-0", where, kind, no_tables(0))
    yield odd("no-lists-fix", ("x64", 6002, "x64"), 2, lists_are_missing_where_it_matters,
              stop="24")
    for where in (X64, LA57, X64_7, X86, X86PAE, ARM64):
        kind = 2 if where[1] < 9200 else 6
        yield odd("no-tables-page", where, kind,
                  no_tables(FILL32 if where[0] == "x86" else FILL64))
        lost = {"Ntfs.sys:headers": "missing", "tcpip.sys:headers": "missing"}
        yield odd("sizes", where, kind, sizes_are_huge, ways=lost)
        yield odd("ring-filled", where, kind, ring_is_filled_with_something)
        yield odd("ring-nameless", where, kind, ring_without_a_name)
        yield odd("version-deep", where, kind, versions(levels=5))
        yield odd("version-flat", where, kind, versions(levels=2))
        yield odd("version-named", where, kind, versions(named=True, languages=3))
        yield odd("version-second", where, kind, versions(languages=2, first_is_missing=True))
        yield odd("version-no-fixed", where, kind, versions(fixed=False))
    for where, machine, name in ((X86, 0x166, "mips"), (X86, 0x1f0, "ppc"), (X86, 0x184, "alpha"),
                                 (X64_7, 0x200, "ia64"), (X86, 0x1c4, "arm")):
        for kind in (1, 2):
            yield odd(name, where, kind, not_a_pc(machine, name, where[0] != "x86"))
    for where in (X64, LA57, X64_7, ("x86", 6002, "x86"), X86PAE, ARM64):
        kind = 2 if where[1] < 9200 else 6
        yield odd("looks", where, kind, only_looks_tell, block="none")
        yield odd("ids", where, kind, process=("fabsvc.exe", 1235, 1301))
        yield odd("cpus", where, kind, processors_unknown, cpus=7, crashed_on=5)
        if where[0] != "x64":
            yield odd("blank", where, kind, code_is_blank)
        if where[0] != "x86":
            yield odd("no-arguments", where, kind, contexts_without_arguments)
    for where in (X64, X64_7, X86, X86PAE, ARM64, ("x86", 9600, "pae"), ("x86", 19041, "pae")):
        yield odd("no-images", where, 2 if where[1] < 9200 else 6, images_are_missing,
                  ways={"headers": "missing", "code": "missing"})
    flags = build_with_flags
    for where, kind in ((X64, 6), (X86, 1), (X64_7, 2), (ARM64, 5)):
        yield odd("free-build", where, kind, flags)
        yield odd("comment", where, kind, comment)
        yield odd("no-space", where, kind, set_fields((0xfa0, 0xfa0, "Q", 0)))
        yield odd("cpus", where, kind, processors_unknown)
    for where, kind in ((X64, 6), (X64, 5), (X86, 2), (X64_7, 2), (X64, 8), (X64, 10), (X86PAE, 5),
                        (ARM64, 6), (X64, 9)):
        for value in (0, FILL32, 1):
            yield odd(f"said-{value:x}", where, kind, no_type(value))
    for where in (X64, X86, X86PAE, ARM64):
        for value in (0, 1, FILL32):
            yield odd(f"pages-{value:x}", where, 1, pages_not_counted(value))
        yield runs_backwards(where)
    for where in (X64, LA57, X64_7, X86, X86PAE, ARM64):
        kind = 2 if where[1] < 9200 else 6
        for word in GARBAGE:
            yield odd(f"block-{word}", where, kind, block_elsewhere(word))
        yield odd("nothing-told", where, kind, nothing_told)
        yield odd("lists-not-told", where, kind, lists_not_told)
    for where in (X64, LA57, ("x64", 9600, "x64"), ("x64", 26100, "x64")):
        for word in GARBAGE:
            yield odd(f"encoded-{word}", where, 1, block_elsewhere(word), block="encoded")
        yield odd("encoded-nothing-told", where, 6, nothing_told, block="encoded")
        yield odd("encoded-lists-not-told", where, 6, lists_not_told, block="encoded")
        yield odd("encoded-modules-not-told", where, 6, modules_not_told, block="encoded")
    # The two numbers of a bitmap, one for the other; a mark of the wider header.
    for where, kind in ((X64, 6), (ARM64, 5), (X86PAE, 6)):
        yield odd("swapped", where, kind, patch=swap_counts)
        yield odd("no-pages", where, kind, patch=patch_body(0x28, "Q", 0))
        yield odd("du64", where, kind, patch=patch_body(4, "4s", b"DU64"))
    for where in (X86, X64_7):
        yield odd("no-pages", where, 2, patch=patch_body(0x14, "I", 0))
        yield odd("no-bits", where, 2, patch=patch_body(0x10, "I", 0))


def swap_counts(f, written, _):
    f.seek(written.size + 0x28)
    pages, bits = struct.unpack("<QQ", f.read(16))
    f.seek(written.size + 0x28)
    f.write(struct.pack("<QQ", bits, pages))


ODD = list(odd_dumps())
