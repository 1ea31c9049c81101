# SPDX-License-Identifier: MIT
"""Physical memory of a made-up machine, and page tables of every processor.

Written from public descriptions of the formats alone, apart from everything in src/ and in
tests/mk: what both get wrong would otherwise be called right."""
import random
import struct

PAGE = 0x1000


class Frames:
    """Pages by frame number. `runs` are what the machine has; frames beside them are never in a
    dump, so a page put there is a page that the dump misses."""

    def __init__(self, runs, seed=1, reserved=()):
        self.runs = sorted(runs)
        self.pages = {}
        self.absent = set()
        free = [pfn for first, count in self.runs for pfn in range(first, first + count)]
        random.Random(seed).shuffle(free)  # neighbours in memory are not neighbours in the file
        self.free = free
        self.next_hole = 0
        self.reserved = range(reserved[0], sum(reserved)) if reserved else ()

    def hole(self):
        """A frame number between or after the runs, in turn."""
        ends = [first + count for first, count in self.runs]
        while True:
            pfn = ends[self.next_hole % len(ends)] + self.next_hole // len(ends)
            self.next_hole += 1
            if not self.has(pfn) and pfn not in self.pages:
                return pfn

    def has(self, pfn):
        return any(first <= pfn < first + count for first, count in self.runs)

    def new(self, missing=False, below=1 << 40):
        if missing:
            pfn = self.hole()
            self.absent.add(pfn)
        else:
            at = next(n for n in reversed(range(len(self.free)))
                      if self.free[n] < below and self.free[n] not in self.reserved)
            pfn = self.free.pop(at)
        self.pages[pfn] = bytearray(PAGE)
        return pfn

    def write(self, pa, data):
        while data:
            pfn, at = divmod(pa, PAGE)
            piece = data[:PAGE - at]
            self.pages[pfn][at:at + len(piece)] = piece
            pa, data = pa + len(piece), data[len(piece):]

    def read(self, pa, size):
        pfn, at = divmod(pa, PAGE)
        return bytes(self.pages[pfn][at:at + size])


class Tables:
    """Page tables that grow as addresses are mapped. `levels` are the bit numbers at which each
    level's index starts, highest first."""
    levels = ()
    entry_size = 8
    index_bits = 9
    frame_limit = 1 << 40
    junk = 0  # bits of a valid entry that say nothing about the address

    def __init__(self, frames):
        self.frames = frames
        self.root = self.new_root()
        self.tables = {}      # (level, prefix of the address) -> physical address of the table
        self.lost_tables = set()

    def new_root(self):
        return self.frames.new(below=self.frame_limit) * PAGE

    def index(self, va, level):
        bits = self.index_bits if level or len(self.levels) != 3 else 2
        return va >> self.levels[level] & (1 << bits) - 1

    def set(self, table, index, value):
        self.frames.write(table + index * self.entry_size,
                          struct.pack("<Q", value)[:self.entry_size])

    def get(self, table, index):
        raw = self.frames.read(table + index * self.entry_size, self.entry_size)
        return int.from_bytes(raw, "little")

    def table_at(self, va, level):
        """The table that holds the entry of va at that level; made where it is not there."""
        if level == 0:
            return self.root
        key = level, (va & (1 << 57) - 1) >> self.levels[level - 1]
        if key not in self.tables:
            parent = self.table_at(va, level - 1)
            pfn = self.frames.new(key in self.lost_tables, self.frame_limit)
            self.set(parent, self.index(va, level - 1), self.table_entry(pfn, level - 1))
            self.tables[key] = pfn * PAGE
        return self.tables[key]

    def lose_table(self, va, level):
        """Has the table of that level for va, yet to be made, be a page that is missing."""
        self.lost_tables.add((level, (va & (1 << 57) - 1) >> self.levels[level - 1]))

    def put(self, va, value, level=None):
        level = len(self.levels) - 1 if level is None else level
        self.set(self.table_at(va, level), self.index(va, level), value)

    def map(self, va, pfn, kind="valid", prototype=None):
        if kind == "prototype":
            self.put(va, self.prototype_entry(prototype))
        elif kind == "flipped-prototype":
            self.put(va, self.flipped(self.prototype_entry(prototype)))
        elif kind == "valid":
            self.put(va, self.page_entry(pfn))
        else:  # since 2018: a bit that keeps the processor from speculating on it
            self.put(va, self.transition_entry(pfn, kind == "flipped"))

    def map_large(self, va, pfn, level):
        self.put(va, self.large_entry(pfn, level), level)

    # What x86 and x64 have in common.
    def table_entry(self, pfn, level):
        return pfn << 12 | 0x63 | self.junk

    def page_entry(self, pfn):
        return pfn << 12 | 0x963 | self.junk

    def large_entry(self, pfn, level):
        return pfn << 12 | 0x9e3 | self.junk

    @staticmethod
    def flipped(entry):
        """The bit is set, or bit 4 says that it was set already."""
        return entry | 1 << 4 if entry >> 45 & 1 else entry | 1 << 45

    @staticmethod
    def paged_out_entry():
        """A place in the first page file."""
        return 0x12345 << 32 | 1 << 12 | 0x80

    def transition_entry(self, pfn, flipped=False):
        return pfn << 12 | 0x8c0 | flipped << 45

    def prototype_entry(self, va):
        raise NotImplementedError


class X86Tables(Tables):
    levels = (22, 12)
    entry_size = 4
    frame_limit = 1 << 20
    index_bits = 10

    def large_entry(self, pfn, level):  # 36-bit: the frame's bits above 4 GiB lie at 13..16
        pa = pfn << 12
        return pa & 0xffc00000 | (pa >> 32 & 15) << 13 | 0x9e3

    @staticmethod
    def paged_out_entry():
        return 0x12345 << 12 | 1 << 1 | 0x80

    def prototype_entry(self, va):
        return (va & 0x7ffffc00) << 1 | (va & 0x3ff) >> 1 | 0x400


class PaeTables(Tables):
    levels = (30, 21, 12)
    junk = 1 << 63

    def new_root(self):
        return self.frames.new(below=1 << 20) * PAGE + 0x6e0  # 32 bytes; the system packs many in a page

    def table_entry(self, pfn, level):
        return pfn << 12 | (1 if level == 0 else 0x63)

    def prototype_entry(self, va):
        return va << 32 | 0x4c0


class X64Tables(Tables):
    levels = (39, 30, 21, 12)
    junk = 0x8a5 << 52  # no-execute and the working set's own bits

    def table_entry(self, pfn, level):
        return pfn << 12 | 0x0a5 << 52 | 0x63

    def prototype_entry(self, va):
        return (va & (1 << 48) - 1) << 16 | 0x4c0


class La57Tables(X64Tables):
    levels = (48, 39, 30, 21, 12)


class Arm64Tables(Tables):
    levels = (39, 30, 21, 12)

    def table_entry(self, pfn, level):
        return pfn << 12 | 3

    def page_entry(self, pfn):  # never executed by users, inner shareable, accessed, page
        return 0x60 << 48 | pfn << 12 | 0x703

    def large_entry(self, pfn, level):
        return 0x60 << 48 | pfn << 12 | 0x701

    def prototype_entry(self, va):
        return (va & (1 << 48) - 1) << 16 | 0x4c0


PAGING = {"x86": X86Tables, "pae": PaeTables, "x64": X64Tables, "la57": La57Tables,
          "arm64": Arm64Tables}


class Space:
    """Virtual memory: pages are made where they are written to, by the way that `way` names."""

    def __init__(self, frames, tables):
        self.frames, self.tables = frames, tables
        self.where = {}  # page address -> physical address
        self.in_large = {}  # address -> size and first frame
        self.not_valid = set()
        self.prototypes = None
        self.mask = (1 << 32) - 1 if tables.levels[0] < 39 else (1 << 64) - 1

    def page(self, va, way="valid"):
        va &= self.mask & ~(PAGE - 1)
        if va in self.where:
            return
        for start, (size, first) in self.in_large.items():
            if start <= va < start + size:
                pfn = first + (va - start) // PAGE
                self.frames.pages[pfn] = bytearray(PAGE)
                self.where[va] = pfn * PAGE
                return
        pfn = self.frames.new(way == "missing", self.tables.frame_limit)
        if way not in ("valid", "missing"):
            self.not_valid.add(va)
        self.where[va] = pfn * PAGE
        if way in ("prototype", "flipped-prototype"):
            self.tables.map(va, None, way, self.prototype_of(pfn))
        elif way == "paged-out":
            self.frames.absent.add(pfn)
            self.tables.put(va, self.tables.paged_out_entry())
        else:
            self.tables.map(va, pfn, way if way in ("transition", "flipped") else "valid")

    def is_valid(self, va):
        """Whether the page at va is in the dump, and the processor itself would find it."""
        return va in self.where and va not in self.not_valid and \
            self.where[va] // PAGE not in self.frames.absent

    def prototype_of(self, pfn):
        """A prototype entry in pool that names the frame; every other one is in transition."""
        va, used = self.prototypes
        self.prototypes = va + 8, used + 1
        size = self.tables.entry_size
        entry = (self.tables.transition_entry if used % 2 else self.tables.page_entry)(pfn)
        self.write(va, struct.pack("<Q", entry)[:size])
        return va

    def large(self, va, first, level):
        """A large page from that frame on, all of whose frames are reserved."""
        size = 1 << self.tables.levels[level]
        self.tables.map_large(va, first, level)
        self.in_large[va & self.mask] = size, first

    def write(self, va, data, way="valid"):
        data = bytes(data)
        while data:
            self.page(va, way)
            room = PAGE - va % PAGE
            self.frames.write(self.where[va & self.mask & ~(PAGE - 1)] + va % PAGE, data[:room])
            va, data = va + room, data[room:]

    def read(self, va, size):
        data = b""
        while size:
            room = min(size, PAGE - va % PAGE)
            data += self.frames.read(self.where[va & self.mask & ~(PAGE - 1)] + va % PAGE, room)
            va, size = va + room, size - room
        return data
