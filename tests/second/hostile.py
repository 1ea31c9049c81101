# SPDX-License-Identifier: MIT
"""Dumps that lie: lists without an end, tables that lead in circles, counts that are wrong, files
that are cut. Each ends with a record soon, and what is true in it is found."""
import struct

import images
from frames import PAGE
from kernel import AT_BLOCK, AT_MODULES, AT_PROCESSES, AT_PROCESSORS
from scenarios import build, truth
from writers import Dump

SYSTEMS = (("x86", 2600, "x86", 1), ("x86", 9600, "pae", 5), ("x64", 6002, "x64", 2),
           ("x64", 19041, "x64", 6), ("x64", 20348, "la57", 10), ("arm64", 22000, "arm64", 5))
CUT_LIST = "module-list-cut"


def link(m, node, forward=None, back=None):
    if forward is not None:
        m.write_pointer(node, forward)
    if back is not None:
        m.write_pointer(node + m.psize, back)


def head(m):
    return m.nt + images.DATA + AT_MODULES


# Each takes a machine and the truth, and makes both worse.

def list_turns_back(m, t):
    """The last entry leads to the third."""
    link(m, m.entries[-1], forward=m.entries[2])
    t["warned"] = [CUT_LIST]


def list_leads_to_itself(m, t):
    """An entry whose links are its own address. Those behind it are found from the end."""
    link(m, m.entries[3], m.entries[3], m.entries[3])
    t["warned"] = [CUT_LIST]


def list_goes_elsewhere(m, t):
    """The list of modules runs on into that of processes."""
    link(m, m.entries[1], forward=m.nt + images.DATA + AT_PROCESSES)
    t["warned"] = [CUT_LIST]


def head_leads_to_itself(m, t):
    link(m, head(m), head(m), head(m))
    t.update(modules=t["modules"][:1], stack=t["stack"][:1], status="partial", problem="corrupt")
    t.pop("culprit")
    t["modules"][0]["path"] = None  # the kernel, found without the list
    t["process"] = {"name": (m.name, None), "pid": (m.pid, None)}


def list_runs_for_ever(m, t):
    """Six thousand entries that are all well linked."""
    nodes = list(m.entries)
    entry = bytes(m.space.read(m.entries[5], 0xa0 if m.wide else 0x5c))
    size = images.align(len(entry), 16)
    at, field = m.space.prototypes[0] + 0x100000, 0x30 if m.wide else 0x18
    for n in range(6000):
        fake = bytearray(entry)
        fake[field:field + m.psize] = m.pointer(m.drivers + 0x4000000 + n * 0x10000
                                                if m.wide else 0x8c000000 + n * 0x1000)
        m.write(at + n * size, fake)
        nodes.append(at + n * size)
    m.link(head(m), nodes)
    t.update(most_modules=4096, more_modules=True, warned=[CUT_LIST])


def every_page_is_a_node(m, t):
    """One page of entries, seen at address after address through tables that come back."""
    va = m.space.prototypes[0] + 0x100000 & ~(PAGE - 1)
    pfn = m.frames.new()
    for n in range(512):
        m.space.tables.map(va + n * PAGE, pfn)
    page = bytearray(PAGE)
    page[0:2 * m.psize] = m.pointer(va + PAGE) + m.pointer(va)
    m.frames.pages[pfn][:] = page
    link(m, m.entries[-1], forward=va)
    t.update(more_modules=True, warned=[CUT_LIST])


def entry_is_missing(m, t):
    """The page of an entry in the middle is not in the dump."""
    va = m.put("other", m.space.read(m.entries[2], 0x5c if not m.wide else 0xa0))
    lost = m.pools["lists"].at + 0x8000 & ~(PAGE - 1)
    m.space.write(lost, m.space.read(va, 0x5c), "missing")
    link(m, m.entries[1], forward=lost)
    link(m, m.entries[3], back=lost)
    del t["modules"][2]
    t["warned"] = [CUT_LIST]


def table_is_missing(m, t):
    """So is the page table of the names."""
    m.space.tables.lose_table(m.drivers + 0x3a00000, len(m.space.tables.levels) - 1)
    name = "\\SystemRoot\\system32\\lost.sys".encode("utf-16le")
    va = m.drivers + 0x3a00000
    m.write(va, name)
    size = 4 if not m.wide else 8
    at = m.entries[2] + (0x48 if m.wide else 0x24)
    m.write(at, struct.pack("<HH", len(name), len(name)))
    m.write_pointer(at + size, va)
    t["modules"][2]["path"] = None


def names_are_nonsense(m, t):
    at = m.entries[2] + (0x58 if m.wide else 0x2c)
    m.write(at, struct.pack("<HH", 0xffff, 0xffff))
    at = m.entries[3] + (0x58 if m.wide else 0x2c)
    m.write_pointer(at + m.psize, 0x10)
    t["modules"][2].pop("name")
    t["modules"][3].pop("name")


def tables_lead_to_the_root(m, t):
    """Entries of the highest table lead to itself, as Windows has one on purpose, but many."""
    tables = m.space.tables
    used = {tables.index(va, 0) for va in m.space.where}
    for index in range(min(256, 1 << (2 if len(tables.levels) == 3 else tables.index_bits))):
        if index not in used:
            tables.set(tables.root, index, tables.table_entry(tables.root >> 12, 0))
    # Something looks through them: a name, and the processors' blocks.
    at = m.entries[4] + (0x48 if m.wide else 0x24)
    m.write_pointer(at + m.psize, 0x00403000)
    t["modules"][4].pop("path")


def root_is_elsewhere(m, t):
    t.update(modules=[], stack=[], status="partial", problem="corrupt", unloaded=[])
    for key in ("culprit", "process", "thread", "processor", "system"):
        t.pop(key, None)
    return {"root": 0x7ff0 << 12}


def processors_are_many(m, _):
    """The array of their blocks is believed instead."""
    return {"fields": {0x34 if m.wide else 0x24: ("I", 0x7fffffff)}}


def processors_are_nonsense(m, t):
    at = m.nt + images.DATA + AT_PROCESSORS
    for n in range(m.options["cpus"]):
        m.write_pointer(at + n * m.psize, m.nt + 0x123)
    for key in ("process", "thread", "processor"):
        t.pop(key)


def block_is_nonsense(m, t):
    """A debugger block of which only the mark is right."""
    at = m.nt + images.DATA + AT_BLOCK
    m.write(at + 0x18, bytes([0xa5]) * (m.era.block - 0x18))
    for key in ("process", "thread", "processor", "unloaded"):
        t.pop(key)


def block_has_no_size(m, t):
    m.write(m.nt + images.DATA + AT_BLOCK + 0x14, struct.pack("<I", 0))
    for key in ("process", "thread", "processor", "unloaded"):
        t.pop(key)


def offsets_are_nonsense(m, t):
    at = m.nt + images.DATA + AT_BLOCK
    if m.era.block > 0x2c0:
        m.write(at + 0x298, b"\xff\xff" * 0x15)
    for key in ("process", "thread", "processor"):
        t.pop(key)


def ring_is_long(m, t):
    m.write(m.nt + images.DATA + 0x188, b"\xff\xff\xff\xff")
    t.pop("unloaded")


def stack_turns_back(m, t):
    """Frame pointers that lead to themselves: the walk ends."""
    low = m.stacks + m.options["crashed_on"] * 0x10000
    for va in range(low, low + 0x4000, m.psize):
        m.write_pointer(va, low + 0x100)
    t["stack"] = t["stack"][:1]


def images_are_nonsense(m, t):
    """Headers with every count and offset at its largest."""
    for image in m.images[2:4]:
        m.write(image.base + 0xd8 + 4, b"\xff\xff\xff\xff")
        m.write(image.base + 0xd8 + 0x14, b"\xff\xff")
    bad = m.images[4]
    at = 0x88 if m.wide else 0x78
    m.write(bad.base + 0xd8 + at, struct.pack("<II", 0xfffffff0, 0xffffffff) * 8)
    for image in t["modules"][2:5]:
        for key in ("version", "debug_id", "size", "timestamp", "checksum"):
            image.pop(key)
    t["stack"] = t["stack"][:2]


def resources_lead_in_circles(m, t):
    for image in m.images:
        at = image.base + images.RSRC
        if image.version:
            for entry in range(0x14, 0x100, 8):
                m.write(at + entry, struct.pack("<I", 0x80000000))
    for image in t["modules"]:
        image.pop("version")
    t["system"].pop("service_pack", None)


def unwind_leads_in_circles(m, t):
    """Every entry is chained to itself."""
    if m.arch == "x64":
        at = m.bad.base + images.PDATA
        m.write(at + 0x800, struct.pack("<BBBB", 0x21, 0, 0, 0)
                + struct.pack("<III", 0x1200, 0x1280, images.PDATA + 0x800))
        for n in range(3):
            m.write(at + 12 * n + 8, struct.pack("<I", images.PDATA + 0x800))
        t["stack"] = t["stack"][:3]


def list_is_user_memory(m, t):
    link(m, head(m), forward=0x1000)
    t["warned"] = [CUT_LIST]  # the rest is found from the end


HOSTILE_CHANGES = (
    list_turns_back, list_leads_to_itself, list_goes_elsewhere, head_leads_to_itself,
    list_runs_for_ever, every_page_is_a_node, entry_is_missing, table_is_missing,
    names_are_nonsense, tables_lead_to_the_root, root_is_elsewhere, processors_are_many,
    processors_are_nonsense, block_is_nonsense, block_has_no_size, offsets_are_nonsense,
    ring_is_long, stack_turns_back, images_are_nonsense, resources_lead_in_circles,
    unwind_leads_in_circles, list_is_user_memory)


def changed(change, arch, number, paging, kind, seed):
    def make(path):
        runs = ((1, 0x9e), (0x100, 0x700 if change is list_runs_for_ever else 0x300))
        m = build(arch, number, paging, seed, "d1", cpus=1 + seed % 2, crashed_on=seed % 2, runs=runs,
                  process=("hostile.exe", 3108, 3200))
        t = truth(m, kind)
        how = change(m, t) or {}
        return Dump(m, kind, context=m.crash_context, **how).write(path), t
    return f"hostile-{change.__name__}-{arch}-{number}", make


def weaken_for_cut(t):
    for key in ("modules", "stack", "unloaded", "process", "thread", "processor", "culprit"):
        t.pop(key)
    t["system"].pop("service_pack", None)
    t.update(status="partial", problem="truncated")


def cut(arch, number, paging, kind, part):
    def make(path):
        m = build(arch, number, paging, part, "50")
        t, written = truth(m, kind), Dump(m, kind, context=m.crash_context)
        whole = written.write(path)
        size = {0: written.size, 1: written.size + 0x30, 2: whole // 2 + 77, 3: whole - PAGE,
                4: whole - 1}[part]
        written.write(path, cut=size)
        weaken_for_cut(t)
        if part >= 2:
            promised = len(written.body()[1])
            t["missing"] = promised - max(0, size - (whole - promised * PAGE)) // PAGE, promised
        if part == 0:
            t["system"]["processors"] = m.options["cpus"]
        return size, t
    return f"hostile-cut{part}-{arch}-{number}-type{kind}", make


def wrong_numbers(kind, offset, form, value, arch="x64", number=19041):
    """A field of the body's own header."""
    def make(path):
        m = build(arch, number, "x64" if arch == "x64" else "pae", 4, "d1")
        written = Dump(m, kind, context=m.crash_context)
        whole = written.write(path)
        with open(path, "r+b") as f:
            f.seek(written.size + offset if offset >= 0 else -offset)
            f.write(struct.pack("<" + form, value))
        t = truth(m, kind)
        for key in ("modules", "stack", "unloaded", "process", "thread", "processor", "culprit",
                    "status", "problem"):
            t.pop(key)
        t["system"].pop("service_pack", None)
        return whole, t
    return f"hostile-type{kind}-{arch}-{offset:#x}-{value:#x}", make


def wrong_runs(arch, number, paging, *runs):
    """A complete dump whose description of memory is impossible."""
    def make(path):
        m = build(arch, number, paging, 4, "d1")
        written = Dump(m, 1, context=m.crash_context)
        written.described = lambda: runs
        whole = written.write(path)
        t = truth(m, 1)
        for key in ("modules", "stack", "unloaded", "process", "thread", "processor", "culprit",
                    "status", "problem"):
            t.pop(key)
        t["system"].pop("service_pack", None)
        return whole, t
    return f"hostile-runs-{arch}-" + "-".join(f"{a:x}+{b:x}" for a, b in runs), make


def hostile():
    for n, change in enumerate(HOSTILE_CHANGES):
        for k, (arch, number, paging, kind) in enumerate(SYSTEMS):
            if (n + k) % 2 == 0:
                yield changed(change, arch, number, paging, kind, n + k)
    for part in range(5):
        for arch, number, paging, kind in SYSTEMS + (("x64", 26100, "x64", 8),):
            if (part + kind) % 2:
                yield cut(arch, number, paging, kind, part)
    big = (1 << 64) - 1
    for kind in (5, 6):
        for offset, value in ((0x20, 0), (0x20, big), (0x28, big), (0x30, big), (0x30, 1 << 40),
                              (0x30, 1), (0x30, 0), (0, 0)):
            yield wrong_numbers(kind, offset, "Q", value)
    for kind in (8, 10):
        for offset, value in ((0x10, big), (0x18, 0), (0x18, big), (0x28, big), (0x28, 1),
                              (0x30, big), (0x38, big), (0x38, 1 << 39), (4, 0)):
            yield wrong_numbers(kind, offset, "Q", value)
    for offset in (0xc, 0x10, 0x14, 0x18):
        for value in (0, 0xffffffff, 0x80000000):
            yield wrong_numbers(2, offset, "I", value, "x86", 7601)
    huge = (1 << 52) - 1
    yield wrong_runs("x64", 7601, "x64", (1, huge))
    yield wrong_runs("x64", 7601, "x64", (huge, huge))
    yield wrong_runs("x64", 7601, "x64", (1, 0x9e), (1, 0x9e), (1, 0x300))
    yield wrong_runs("x64", 7601, "x64", *([(1, 0)] * 42))
    yield wrong_runs("x86", 2600, "x86", (1, 0xffffffff))
    yield wrong_runs("x86", 2600, "x86", (0xfffff, 0xfffff), (0, 0x300))


HOSTILE = list(hostile())
