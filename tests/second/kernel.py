# SPDX-License-Identifier: MIT
"""What a kernel keeps in memory: lists of images, processes, threads, processors, the debugger
block. Builds it with a Space, and writes down the truth about it."""
import random
import struct

import images
from eras import ERAS
from frames import PAGE, PAGING, Frames, Space
from images import Function, Image

FILETIME_2010 = 129067776000000000
# In the kernel's data section.
AT_MODULES, AT_PROCESSES, AT_UNLOADED, AT_LAST_UNLOADED, AT_CSD = 0x108, 0x150, 0x180, 0x188, 0x190
AT_BUGCHECK, AT_PROCESSORS, AT_LAB, AT_BLOCK, AT_VERSION = 0x1a0, 0x200, 0x300, 0x808, 0xc00
AT_ENCODED = 0xf31  # KdpDataBlockEncoded, a byte


def rol(v, n):
    return (v << n | v >> (64 - n)) & (1 << 64) - 1 if n else v


def swap(v):
    return int.from_bytes(v.to_bytes(8, "little"), "big")


class Pool:
    """Hands out addresses, and lets things cross the borders of pages."""

    def __init__(self, space, base, way):
        self.space, self.at, self.way = space, base, way

    def put(self, data, align=8, at_edge=False):
        va = images.align(self.at, align)
        if at_edge:  # across the border of two pages
            va = images.align(va, PAGE) + PAGE - images.align(len(data) // 2, align)
        self.at = va + len(data) + 24
        if data:
            self.space.write(va, data, self.way)
        return va


class Machine:
    """A system that has stopped. `ways` says how the pages of a kind are reached (Space.page):
    lists, names, process, thread, stack, headers, resources, unwind, block."""

    def __init__(self, arch, build, paging, seed=1, runs=((1, 0x9e), (0x100, 0x300)), **options):
        self.era, self.arch, self.paging = ERAS[arch, build], arch, paging
        self.random = random.Random(seed)
        self.options = {"cpus": 2, "crashed_on": 0, "block": "plain", "header_context": True,
                        "ways": {}, "product": 3, "service_pack": 0, **options}
        paging_class, large = PAGING[paging], self.options.get("large_kernel")
        self.large_level = len(paging_class.levels) - 2 - self.options.get("larger", 0)
        size = 1 << paging_class.levels[self.large_level]
        self.frames = Frames(runs, seed, (large, size // PAGE) if large else ())
        self.space = Space(self.frames, paging_class(self.frames))
        self.wide = self.era.wide
        self.nt, self.drivers, pools, self.stacks = self.era.bases(paging)
        # A prototype's address has 48 bits, with five levels of tables too.
        self.space.prototypes = (pools + 0x700000 if paging != "la57" else 0xffffad0b2e700000), 0
        self.pools = {kind: Pool(self.space, pools + n * 0x80000, self.way(kind))
                      for n, kind in enumerate(("lists", "names", "process", "thread", "other",
                                                "processor", "unloaded"))}
        self.images, self.entries, self.unloaded = [], [], []
        self.stop, self.parameters = 0xd1, [0, 2, 0, 0]
        self.saved_contexts = []

    def way(self, kind):
        return self.options["ways"].get(kind, "valid")

    def pointer(self, v):
        return struct.pack("<Q", v & (1 << 64) - 1) if self.wide else struct.pack("<I", v)

    @property
    def psize(self):
        return 8 if self.wide else 4

    def put(self, kind, data, **where):
        return self.pools[kind].put(data, **where)

    def write(self, va, data):
        self.space.write(va, data)

    def write_pointer(self, va, v):
        self.write(va, self.pointer(v))

    def unicode(self, s, kind="names", at_edge=False):
        """The three members of a UNICODE_STRING."""
        raw = s.encode("utf-16le")
        va = self.put(kind, raw + b"\0\0", at_edge=at_edge) if raw else 0
        return struct.pack("<HH4x" if self.wide else "<HH", len(raw), len(raw) + 2) + \
            self.pointer(va)

    # Images.

    def load(self, image):
        """Maps an image's pages, each kind its own way."""
        self.images.append(image)
        large = self.options.get("large_kernel") and len(self.images) == 1
        if large:
            self.large_kernel(image)
        for at in range(0, len(image.bytes), PAGE):
            kind = {0: "headers", images.PDATA: "unwind", images.RDATA: "exports"}.get(at, "code")
            kind = "resources" if images.RSRC <= at < images.SIZE else kind
            way = self.way(f"{image.name}:{kind}")
            way = self.way(kind) if way == "valid" and len(self.images) > 1 else way
            self.space.write(image.base + at, image.bytes[at:at + PAGE], way)
        return image

    def large_kernel(self, image):
        size = 1 << self.space.tables.levels[self.large_level]
        first = self.options["large_kernel"]
        assert first * PAGE % size == 0
        self.space.large(image.base & ~(size - 1), first, self.large_level)

    def image(self, name, base, functions, **facts):
        return self.load(Image(name, self.arch, base, functions, **facts))

    def entry(self, image):
        """The loader's entry of an image, without its links."""
        p, edge = self.pointer, len(self.entries) % 3 == 1
        path = self.unicode(image.path, at_edge=edge)
        name = self.unicode(image.name)
        stamp, entry = image.stamp, image.base + images.TEXT
        size = image.size
        if self.options.get("zero_entries"):
            stamp = size = entry = 0
        if self.wide:
            out = bytearray(0xa0)
            struct.pack_into("<QQQ", out, 0x10, image.base + images.PDATA, 12, 0)
            struct.pack_into("<QQQ", out, 0x30, image.base, entry, size)
            out[0x48:0x58], out[0x58:0x68] = path, name
            struct.pack_into("<IHH", out, 0x68, 0x49104000, 1, 0xffff)
            struct.pack_into("<I", out, 0x78, image.checksum)
            # Where it was until 8.1, pointers and other things are now.
            struct.pack_into("<Q", out, 0x80, self.nt + 0x5120 if self.era.newer_entries else stamp)
            struct.pack_into("<I", out, 0x9c, stamp if self.era.newer_entries else 0)
        else:
            out = bytearray(0x5c)
            out[0x18:0x24] = p(image.base) + p(entry) + p(size)
            out[0x24:0x2c], out[0x2c:0x34] = path, name
            struct.pack_into("<IHH", out, 0x34, 0x09104000, 1, 0xffff)
            newer = self.era.build >= 9200
            struct.pack_into("<II", out, 0x40, image.checksum, 0 if newer else stamp)
            struct.pack_into("<I", out, 0x58, stamp if newer else 0)
        return out

    def build_list(self):
        for n, image in enumerate(self.images):
            va = self.put("lists", self.entry(image), at_edge=n % 4 == 2)
            self.entries.append(va)
        self.link(self.nt + images.DATA + AT_MODULES, self.entries)

    def link(self, head, nodes):
        ring = [head, *nodes]
        for n, va in enumerate(ring):
            self.write(va, self.pointer(ring[(n + 1) % len(ring)]) + self.pointer(ring[n - 1]))

    def build_unloaded(self):
        """The ring of 50. The count goes on: the newest is at (count - 1) mod 50."""
        count = self.options.get("unloaded_count", len(self.unloaded))
        size = 0x28 if self.wide else 0x18
        ring = bytearray(50 * size)
        for n, (name, start, end) in enumerate(reversed(self.unloaded)):
            at = (count - len(self.unloaded) + n) % 50 * size
            ring[at:at + size] = (self.unicode(name, "unloaded") + self.pointer(start)
                                  + self.pointer(end) + struct.pack("<Q", FILETIME_2010))
        at = self.nt + images.DATA
        self.write_pointer(at + AT_UNLOADED, self.put("unloaded", ring))
        self.write(at + AT_LAST_UNLOADED, struct.pack("<I", count))

    # Processes, threads, processors.

    def process(self, name, pid, parent=0, peb=0):
        f, out = self.era.f, bytearray(self.era.f["esize"])
        out[0] = 3  # a dispatcher object of this type
        at = 0x28 if self.wide else 0x18
        out[at:at + self.psize] = self.pointer(self.space.tables.root)
        for field, value in (("pid", pid), ("parent", parent), ("peb", peb)):
            if f[field] is not None:
                out[f[field]:f[field] + self.psize] = self.pointer(value)
        out[f["name"]:f["name"] + 16] = name.encode()[:15].ljust(16, b"\0")
        return self.put("process", out, align=16)

    def thread(self, process, pid, tid, stack):
        f, out = self.era.f, bytearray(self.era.f["tsize"])
        out[0] = 6
        low, high = stack
        if self.options.get("other_stack"):  # the crash ran on a stack of the processor
            low, high = low - 0x800000, high - 0x800000
        values = [("init", high - 0x40), ("limit", low), ("base", high), ("kstack", high - 0x300),
                  ("process", process)]
        for field, value in values:
            if f[field] is not None:
                out[f[field]:f[field] + self.psize] = self.pointer(value)
        out[f["cid"]:f["cid"] + 2 * self.psize] = self.pointer(pid) + self.pointer(tid)
        return self.put("thread", out, align=16)

    def processor(self, number, thread, context):
        """A KPCR with the KPRCB in it. On x86 the first one lies at a place of its own."""
        f = self.era.f
        inside = 0x180 if self.wide else 0x120
        size = max(f["context"] + 8, f["state"] + len(context), (f["vendor"] or 0) + 16, 0x600)
        if not self.wide and number == 0 and self.era.build < 6000:
            va = 0xffdff000
        else:
            va = self.put("processor", b"", align=PAGE)
            self.pools["processor"].at = va + images.align(inside + size, PAGE)
        prcb, p = va + inside, self.psize
        out = bytearray(size)
        out[f["current"]:f["current"] + p] = self.pointer(thread)
        struct.pack_into("<B" if not self.wide and self.era.build < 6000 else "<I", out, f["number"],
                         number)
        if f["vendor"]:
            out[f["vendor"]:f["vendor"] + 13] = b"GenuineIntel\0"
        out[f["state"]:f["state"] + len(context)] = context
        if f["context"]:
            saved = self.put("other", context, align=16)
            self.saved_contexts += [saved, prcb + f["state"]]
            out[f["context"]:f["context"] + p] = self.pointer(saved)
        self.space.write(va, bytes(0x100), self.way("processor"))
        for at, value in ((0x18 if self.wide else 0x1c, va), (0x20, prcb)):
            self.write_pointer(va + at, value)
        self.write_pointer(va + (0x108 if self.wide else 0x34), self.nt + images.DATA + AT_VERSION)
        self.space.write(prcb, out, self.way("processor"))
        self.write_pointer(self.nt + images.DATA + AT_PROCESSORS + number * p, prcb)
        return prcb

    # The debugger block.

    def wide_pointer(self, v):
        """32-bit systems extend the sign."""
        return v if self.wide or v < 0x80000000 else v | 0xffffffff00000000

    def debugger_block(self):
        at, size, f = self.nt + images.DATA, self.era.block, self.era.f
        out = bytearray(0x3b0)

        def set64(offset, v):
            struct.pack_into("<Q", out, offset, self.wide_pointer(v))
        set64(0, at + AT_BLOCK)
        set64(8, at + AT_BLOCK)
        out[0x10:0x14] = b"KDBG"
        struct.pack_into("<I", out, 0x14, size)
        for offset, v in ((0x18, self.nt), (0x48, at + AT_MODULES), (0x50, at + AT_PROCESSES),
                          (0x88, at + AT_BUGCHECK), (0x208, at + AT_LAB), (0x218, at + AT_PROCESSORS),
                          (0x220, at + AT_UNLOADED), (0x228, at + AT_LAST_UNLOADED),
                          (0x268, at + AT_CSD)):
            set64(offset, v)
        struct.pack_into("<H", out, 0x36, 1 if self.paging == "pae" else 0)
        struct.pack_into("<I", out, 0x138, PAGE)
        state = 0 if self.era.build >= 7601 else f["state"]
        for offset, v in ((0x29a, f["teb"]), (0x29c, f["kstack"]), (0x29e, f["init"]),
                          (0x2a0, f["process"]), (0x2a8, f["esize"]), (0x2aa, f["peb"]),
                          (0x2ac, f["parent"]), (0x2ae, 0x28 if self.wide else 0x18),
                          (0x2b0, 0x6000), (0x2b2, 0), (0x2b4, f["current"]), (0x2ba, f["vendor"]),
                          (0x2bc, state or f["state"]), (0x2be, f["number"]), (0x2c0, f["tsize"]),
                          (0x2e6, 0x180 if self.wide else 0x120), (0x338, f["context"])):
            struct.pack_into("<H", out, offset, v or 0)
        struct.pack_into("<II", out, 0x340, f["limit"], f["base"] or 0)
        return bytes(out[:size])

    def encode(self, block):
        never, always = self.random.getrandbits(64), self.random.getrandbits(64)
        where = self.nt + images.DATA + AT_ENCODED
        words = struct.unpack(f"<{len(block) // 8}Q", block)
        out = [rol(swap(v ^ always) ^ where, 64 - (never & 63)) ^ never for v in words]
        return struct.pack(f"<{len(out)}Q", *out)

    def build_globals(self):
        at = self.nt + images.DATA
        block, mode = self.debugger_block(), self.options["block"]
        if block and mode != "none":
            self.write(at + AT_BLOCK, self.encode(block) if mode == "encoded" else block)
        self.write(at + AT_LAB, self.era.lab.encode() + b"\0")
        self.write(at + AT_CSD, struct.pack("<I", self.options["service_pack"] << 8))
        self.write(at + AT_BUGCHECK, b"".join(self.pointer(v)
                                              for v in (self.stop, *self.parameters)))
        version = struct.pack("<HHHHHBBBBBB", 0xf, self.era.build, 6, 2 if self.wide else 0,
                              images.MACHINES[self.arch], 12, 0, 0, 0, 0, 0)
        self.write(at + AT_VERSION, version.ljust(0x10, b"\0") + struct.pack(
            "<QQQ", *(self.wide_pointer(v) for v in (self.nt, at + AT_MODULES, at + AT_PROCESSES))))
        self.shared_data()

    def shared_data(self):
        out = bytearray(0x800)
        struct.pack_into("<IIi", out, 0x14, 0x5e4a0000, 0x01cac1e1, 0x01cac1e1)
        struct.pack_into("<II", out, 0x260, self.era.build if self.era.build >= 10240 else 0,
                         self.options["product"])
        major = {1381: (4, 0), 2195: (5, 0), 2600: (5, 1), 3790: (5, 2), 7601: (6, 1),
                 9200: (6, 2), 9600: (6, 3)}.get(self.era.build)
        major = major or ((6, 0) if self.era.build < 7000 else (10, 0))
        struct.pack_into("<II", out, 0x26c, *major)
        self.space.write(0xfffff78000000000 if self.wide else 0xffdf0000, out)

    # Contexts and stacks.

    def context(self, ip, sp, fp=0, link=0, arguments=()):
        arguments = [*arguments, 0, 0, 0, 0, 0]
        if self.arch == "x64":
            out = bytearray(0x4d0)
            struct.pack_into("<II", out, 0x30, 0x10005f, 0x1f80)
            struct.pack_into("<I", out, 0x118, 0x1f80)  # the same among the saved state
            struct.pack_into("<HHHHHHI", out, 0x38, 0x10, 0x2b, 0x2b, 0x53, 0x2b, 0x18, 0x246)
            for at, v in ((0xf8, ip), (0x98, sp), (0xa0, fp), (0x80, arguments[0]),
                          (0x88, arguments[1]), (0xb8, arguments[2]), (0xc0, arguments[3])):
                struct.pack_into("<Q", out, at, v)
        elif self.arch == "arm64":
            out = bytearray(0x390)
            struct.pack_into("<II", out, 0, 0x400007, 0x60000044)
            for at, v in ((0x108, ip), (0x100, sp), (0xf0, fp), (0xf8, link), (8, arguments[0]),
                          (0x10, arguments[1]), (0x18, arguments[2]), (0x20, arguments[3])):
                struct.pack_into("<Q", out, at, v)
        else:
            out = bytearray(0x2cc)
            struct.pack_into("<I", out, 0, 0x1003f)
            for at, v in ((0xb8, ip), (0xc4, sp), (0xb4, fp), (0xbc, 8), (0xc8, 0x10), (0x90, 0x30),
                          (0xc0, 0x246)):
                struct.pack_into("<I", out, at, v)
        return bytes(out)

    fault_at = 0x4a

    @staticmethod
    def enter_x64(function, words, sp, fp, ret):
        """What a function has put on the stack up to its call: the stack and frame pointer."""
        if function.style == "trap":
            at = (sp & ~15) - 0x30
            words.update({at: 2, at + 8: ret, at + 0x10: 0x10, at + 0x18: 0x10246, at + 0x20: sp,
                          at + 0x28: 0x18})
            return at - function.room, fp
        words[sp - 8] = ret
        if function.pushes:
            words[sp - 0x10] = fp
        sp -= 8 + 8 * function.pushes + function.room
        if function.style == "frame":
            return sp - function.alloca, sp + function.fp_offset
        return sp, fp

    def build_stack(self, frames, low, high, arguments=()):
        """Writes the calls `frames`, (image, function) innermost first, and gives the context of
        the innermost, and the stack and frame pointer inside each."""
        words, inside = {}, {}
        sp, fp, ret = high - 0x80, 0, 0
        saved = 0
        for n, (image, function) in reversed(list(enumerate(frames))):
            if self.arch == "x86":
                for word in reversed(arguments if n == 0 else ()):
                    sp -= 4
                    words[sp] = word
                sp -= 4
                words[sp] = ret
                words[sp - 4], fp = fp, sp - 4
                sp -= 4 + (function.room & 0x7c)
            elif self.arch == "x64" and n == 0:   # at its first instruction
                sp -= 8
                words[sp] = ret
            elif self.arch == "x64":
                sp, fp = self.enter_x64(function, words, sp, fp, ret)
            elif n:
                sp -= function.room
                words[sp], words[sp + 8], fp = fp, ret, sp
            saved, inside[n] = ret, (sp, fp)
            after = Function.after_arm if self.arch == "arm64" else Function.after
            if n and frames[n - 1][1].style == "trap":
                after = self.fault_at  # no call
            ret = image.base + function.at + after
        image, function = frames[0]
        ip = image.base + function.at + (8 if self.arch == "x86" else 0)
        for va in range(low, high, PAGE):
            self.space.page(va, self.way("stack"))
        for va, v in words.items():
            if va < high:
                self.write_pointer(va, v)
        return self.context(ip, sp, fp, saved, arguments), inside

    def truth_of_stack(self, frames):
        after = Function.after_arm if self.arch == "arm64" else Function.after
        first = 8 if self.arch == "x86" else 0
        offsets = [first] + [self.fault_at if f.style == "trap" else after for _, f in frames[:-1]]
        return [{"module": i.name, "offset": hex(f.at + at)} for (i, f), at in zip(frames, offsets)]
