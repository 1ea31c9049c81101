# SPDX-License-Identifier: MIT
"""Dump files of every layout, from a Machine."""
import struct

import images
from frames import PAGE
from kernel import AT_BLOCK, AT_MODULES, AT_PROCESSES, FILETIME_2010

UPTIME = 93784 * 10_000_000
FORMATS = {None: "kernel-full", 1: "kernel-full", 2: "kernel-summary", 3: "kernel-header",
           5: "kernel-bitmap", 6: "kernel-bitmap", 7: "kernel-bitmap", 8: "kernel-ranges",
           9: "kernel-ranges", 10: "kernel-ranges"}


class Dump:
    """A file in the making. `fields` replaces numbers of the header: {offset: (format, value)}."""

    def __init__(self, machine, kind, filler=b"PAGE", fields=None, context=None, attributes=None,
                 kd_block=None, time=FILETIME_2010, align_pages=True, root=None, spare_bits=0):
        self.m, self.kind, self.filler = machine, kind, filler
        self.fields, self.context, self.attributes = fields or {}, context, attributes
        self.kd_block, self.time, self.align_pages = kd_block, time, align_pages
        self.root, self.spare_bits = root, spare_bits
        self.size = 0x2000 if machine.wide else 0x1000

    def header(self):
        m, wide = self.m, self.m.wide
        out = bytearray(self.filler * (self.size // len(self.filler)))

        def put(at, form, *values):
            struct.pack_into("<" + form, out, at, *values)
        data = m.nt + images.DATA
        root = m.space.tables.root if self.root is None else self.root
        block = data + AT_BLOCK if self.kd_block is None else self.kd_block
        if not m.era.block:
            block = 0x45474150
        machine = images.MACHINES[m.arch]
        out[0:8] = b"PAGEDU64" if wide else b"PAGEDUMP"
        put(8, "II", 0xf, m.era.build)
        if wide:
            put(0x10, "QQQQIIII", root, 0xfffffa8000000000, data + AT_MODULES, data + AT_PROCESSES,
                machine, m.options["cpus"], m.stop, 0x45474150)
            put(0x40, "4Q", *m.parameters)
            put(0x80, "Q", block)
            where = 0x348, 0xf98, 0xfa0, 0xfa8, 0x1030, 0x1040, 0x1050
        else:
            put(0x10, "IIIIIII", root, 0x81000000, data + AT_MODULES, data + AT_PROCESSES, machine,
                m.options["cpus"], m.stop)
            put(0x2c, "4I", *m.parameters)
            if m.era.build > 1381:
                put(0x5c, "B", 1 if m.paging == "pae" else 0)
                put(0x60, "I", block)
            where = 0x320, 0xf88, 0xfa0, 0xfc0, 0xfb8, 0xf94, 0x8a0
        if self.context is not None:
            out[where[0]:where[0] + len(self.context)] = self.context
        self.runs(out, 0x88 if wide else 0x64, self.described())
        if self.kind is not None:
            put(where[1], "I", self.kind)
            put(where[2], "Q", self.size + PAGE * len(m.frames.pages))
            put(where[3], "Q", self.time)
            put(where[4], "Q", UPTIME)
            put(where[5], "I", m.options["product"])
            if self.attributes is not None:
                put(where[6], "I", self.attributes)
        for at, (form, *values) in self.fields.items():
            put(at, form, *values)
        return bytes(out)

    def described(self):
        return self.m.frames.runs

    def runs(self, out, at, runs):
        pages = sum(count for _, count in runs)
        if self.m.wide:  # the padding after the count stays filler
            struct.pack_into("<I", out, at, len(runs))
            struct.pack_into("<Q", out, at + 8, pages)
            out[at + 16:at + 16 + 16 * len(runs)] = b"".join(struct.pack("<QQ", *r) for r in runs)
        else:
            struct.pack_into("<II", out, at, len(runs), pages)
            out[at + 8:at + 8 + 8 * len(runs)] = b"".join(struct.pack("<II", *r) for r in runs)

    def present(self):
        frames = self.m.frames
        return sorted(p for p in frames.pages if p not in frames.absent)

    def body(self):
        if self.kind in (None, 1):
            return b"", self.full()
        if self.kind == 3:
            return b"", []
        return {2: self.summary, 5: self.bitmap, 6: self.bitmap, 7: self.bitmap, 8: self.ranges,
                9: self.ranges, 10: self.ranges}[self.kind]()

    def full(self):
        return [p for first, count in self.m.frames.runs for p in range(first, first + count)]

    def bits(self, present):
        count = present[-1] + 1 + self.spare_bits
        out = bytearray((count + 7) // 8)
        for pfn in present:
            out[pfn // 8] |= 1 << pfn % 8
        return count, bytes(out)

    def summary(self):
        present = self.present()
        count, bits = self.bits(present)
        head = 0x28 if self.m.wide else 0x20
        first = images.align(self.size + head + len(bits), PAGE)
        meta = struct.pack("<4s4sIIIIII", b"SDMP", b"DUMP", 1, first, count, len(present), len(bits),
                           0)
        meta = meta[:0x1c].ljust(head, b"\0") if self.m.wide else \
            meta[:0x1c].ljust(0x20, b"\0")
        # HeaderSize at 0C, BitmapSize at 10, Pages at 14, SizeOfBitMap at 18.
        return (meta + bits).ljust(first - self.size, b"\0"), present

    def bitmap(self):
        present = self.present()
        count, bits = self.bits(present)
        first = self.size + 0x38 + len(bits)
        first = images.align(first, PAGE) if self.align_pages else images.align(first, 8)
        word = b"FDMP" if self.kind == 5 else b"SDMP"
        meta = word + b"DUMP" + b"\0" * 0x18 + struct.pack("<QQQ", first, len(present), count)
        return (meta + bits).ljust(first - self.size, b"\0"), present

    def ranges(self):
        present, runs = self.present(), []
        for pfn in present:
            if runs and runs[-1][0] + runs[-1][1] == pfn:
                runs[-1][1] += 1
            else:
                runs.append([pfn, 1])
        table = b"".join(struct.pack("<QQ", *r) for r in runs)
        if self.kind != 10:
            table += bytes(16)
        first = self.size + 0x30 + len(table)
        # FirstPageOffset - 0x2040 == MetadataSize - 0x20
        head = struct.pack("<I4s4sIQQ", 0x40, b"RDMP", b"DUMP", 0, first - 0x2020, first)
        head += struct.pack("<QQ", len(runs), len(present)) if self.kind == 10 else bytes(16)
        return head + table, present

    def write(self, path, cut=None):
        """The bytes that the file should have, and has but for `cut`."""
        with open(path, "wb") as f:
            f.write(self.header())
            meta, pfns = self.body()
            f.write(meta)
            for pfn in pfns:
                page = self.m.frames.pages.get(pfn)
                if page is None or pfn in self.m.frames.absent:
                    f.seek(PAGE, 1)
                else:
                    f.write(page)
            whole = f.tell()
            f.truncate(whole if cut is None else cut if cut >= 0 else whole + cut)
        return whole
