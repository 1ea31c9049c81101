# SPDX-License-Identifier: MIT
"""PE images as a loader leaves them in memory: headers, code with unwind data, exports, debug
directory, version resource."""
import struct
import uuid

PAGE = 0x1000
MACHINES = {"x86": 0x14c, "x64": 0x8664, "arm64": 0xaa64}
# Where each part lies; a page of its own, so that each can be missing alone.
TEXT, RDATA, DATA, PDATA, RSRC, SIZE = 0x1000, 0x3000, 0x4000, 0x6000, 0x7000, 0x9000


class Function:
    """A function with a call in it. What it keeps on the stack: `pushes` registers and `room`
    bytes; the unwind data says so. Styles, most of x64 only: "v2" has epilog codes, "chained" a
    second part whose data leads to the first, "frame" a frame pointer and room of unknown size
    below, "trap" is entered by the processor, "full" (ARM64) has data that is not packed."""
    alloca, fp_offset = 0x40, 0x20  # of "frame"

    def __init__(self, name, at, pushes=1, room=0x20, exported=True, style="plain"):
        self.name, self.at, self.pushes, self.room = name, at, pushes, room
        self.exported, self.style = exported, style
        self.length = 0x80

    call = 0x40        # where the call is
    after = 0x45       # where it returns to, x86 and x64
    after_arm = 0x44


def align(n, to):
    return n + to - 1 & ~(to - 1)


def text(s):
    return s.encode("utf-16le") + b"\0\0"


def version_block(key, value=b"", children=b"", is_text=False):
    head = text(key)
    body = bytes(align(6 + len(head), 4) - 6 - len(head))
    count = len(value) // 2 if is_text else len(value)
    if children:
        value += bytes(align(len(value), 4) - len(value))
    size = 6 + len(head) + len(body) + len(value) + len(children)
    return struct.pack("<HHH", size, count, int(is_text)) + head + body + value + children


def join_blocks(blocks):
    return b"".join(b + bytes(align(len(b), 4) - len(b)) for b in blocks)


def version_info(version, strings):
    a, b, c, d = (int(n) for n in version.split("."))
    fixed = struct.pack("<13I", 0xfeef04bd, 0x10000, a << 16 | b, c << 16 | d, a << 16 | b,
                        c << 16 | d, 0x3f, 0, 0x40004, 3, 7, 0, 0)
    table = version_block("040904B0", children=join_blocks(
        version_block(k, text(v), is_text=True) for k, v in strings.items()))
    var = version_block("VarFileInfo", children=version_block(
        "Translation", struct.pack("<HH", 0x409, 0x4b0)))
    return version_block("VS_VERSION_INFO", fixed, join_blocks(
        [version_block("StringFileInfo", children=table), var]))


def resources(rva, version, strings):
    """Types 11 (messages), 16 (version); of the version two languages."""
    data = version_info(version, strings)
    out = bytearray(0x1f0)

    def directory(at, entries):
        struct.pack_into("<IIHHHH", out, at, 0, 0, 0, 0, 0, len(entries))
        for i, (key, value) in enumerate(entries):
            struct.pack_into("<II", out, at + 16 + 8 * i, key, value)
    directory(0x00, [(11, 0x80000030), (16, 0x80000060)])
    directory(0x30, [(1, 0x80000048)])
    directory(0x48, [(0x409, 0x1c0)])
    directory(0x60, [(1, 0x80000080)])
    directory(0x80, [(0x409, 0x1d0)])
    struct.pack_into("<4I", out, 0x1c0, rva + 0x1f0, 4, 0, 0)
    struct.pack_into("<4I", out, 0x1d0, rva + 0x200, len(data), 0, 0)
    return bytes(out) + bytes(0x10) + data


def exports(rva, name, functions):
    names = sorted((f.name, f.at) for f in functions if f.exported)
    count = len(names)
    tables = 40 + 10 * count
    blob = name.encode() + b"\0"
    offsets = []
    for label, _ in names:
        offsets.append(rva + tables + len(blob))
        blob += label.encode() + b"\0"
    head = struct.pack("<IIHHIIIIIII", 0, 0x4a5bc60f, 0, 0, rva + tables, 1, count, count,
                       rva + 40, rva + 40 + 4 * count, rva + 40 + 8 * count)
    return (head + b"".join(struct.pack("<I", at) for _, at in names)
            + b"".join(struct.pack("<I", o) for o in offsets)
            + b"".join(struct.pack("<H", i) for i in range(count)) + blob)


def unwind_x64(f):
    """Codes in the order in which they are undone."""
    codes = []
    if f.style == "v2":              # an epilog at the end, another one before
        codes += [struct.pack("<BB", 5, 0x16), struct.pack("<BB", 0x30, 0x06)]
    if f.style == "frame":           # push rbp; sub rsp, room; lea rbp, [rsp + fp_offset]
        codes.append(struct.pack("<BB", 0x0c, 0x03))
    if f.room > 128:
        codes.append(struct.pack("<BBH", 8, 0x01, f.room // 8))
    elif f.room:
        codes.append(struct.pack("<BB", 8, 0x02 | f.room // 8 - 1 << 4))
    registers = [5, 3, 6, 7, 12, 13][:f.pushes]
    for n, register in reversed(list(enumerate(registers))):
        codes.append(struct.pack("<BB", n + 1, register << 4))
    slots = b"".join(codes)
    if f.style == "trap":            # with an error code
        slots += struct.pack("<BB", 0, 0x1a)
    pointer = 5 | f.fp_offset // 16 << 4 if f.style == "frame" else 0
    version = 2 if f.style == "v2" else 1
    head = struct.pack("<BBBB", version, 0x0c, len(slots) // 2, pointer)
    return head + slots + bytes(-len(slots) % 4)


def code_x64(f):
    pushes = [b"\x55", b"\x53", b"\x56", b"\x57", b"\x41\x54", b"\x41\x55"][:f.pushes]
    code = b"".join(pushes).ljust(4, b"\x90")
    if f.room:
        code += b"\x48\x81\xec" + struct.pack("<I", f.room) if f.room > 128 else \
            b"\x48\x83\xec" + bytes([f.room])
    code = code.ljust(f.call, b"\x90") + b"\xe8\0\0\0\0"
    return code.ljust(f.length - 1, b"\x90") + b"\xcc"


def code_x86(f):
    code = b"\x55\x8b\xec\x83\xec" + bytes([f.room & 0x7c])
    return (code.ljust(f.call, b"\x90") + b"\xe8\0\0\0\0").ljust(f.length, b"\x90")


def code_arm64(f):
    words = [0xd503201f] * (f.length // 4)         # nop
    words[0] = 0xa9bf7bfd                          # stp fp, lr, [sp, #-16]!
    words[1] = 0x910003fd                          # mov fp, sp
    words[f.call // 4] = 0x94000000                # bl
    return struct.pack(f"<{len(words)}I", *words)


def unwind_arm64(f):
    """Full unwind data of: stp fp, lr, [sp, #-room]!; mov fp, sp."""
    codes = bytes([0xe1, 0x80 | f.room // 8 - 1, 0xe4]) + b"\xe3"
    return struct.pack("<I", f.length // 4 | 1 << 21 | 0 << 22 | 1 << 27) + codes


def packed_arm64(f):
    """Frame chain, `room` bytes, no other registers."""
    return 1 | f.length // 4 << 2 | 3 << 21 | f.room // 16 << 23


class Image:
    def __init__(self, name, arch, base, functions=(), version=None, company=None,
                 description=None, product=None, stamp=0x4a5bc000, checksum=0, age=1, pdb=None,
                 path=None, data=b"", nb10=False, size=SIZE):
        self.name, self.arch, self.base, self.functions = name, arch, base, list(functions)
        self.version, self.company, self.stamp, self.checksum = version, company, stamp, checksum
        self.description, self.product = description, product
        self.age, self.pdb, self.nb10, self.data = age, pdb, nb10, data
        self.path = path or "\\SystemRoot\\System32\\Drivers\\" + name
        self.size = size
        self.guid = uuid.uuid5(uuid.NAMESPACE_DNS, name + str(stamp))
        self.bytes = self.build()

    def address(self, name, offset=0):
        return self.base + next(f.at for f in self.functions if f.name == name) + offset

    @property
    def debug_id(self):
        if not self.pdb or self.nb10:
            return None
        return f"{self.guid}-{self.age:x}"

    def code(self):
        out = bytearray(b"\xcc" * (RDATA - TEXT))
        make = {"x86": code_x86, "x64": code_x64, "arm64": code_arm64}[self.arch]
        for f in self.functions:
            out[f.at - TEXT:f.at - TEXT + f.length] = make(f)
        return bytes(out)

    def unwind(self):
        """.pdata, and the unwind data that it names at PDATA + 0x800."""
        table, data, at = b"", b"", PDATA + 0x800
        for f in sorted(self.functions, key=lambda f: f.at):
            if self.arch == "x64":
                first = 0x20 if f.style == "chained" else f.length
                parent = struct.pack("<III", f.at, f.at + first, at + len(data))
                table += parent
                data += unwind_x64(f)
                if f.style == "chained":
                    table += struct.pack("<III", f.at + first, f.at + f.length, at + len(data))
                    data += struct.pack("<BBBB", 0x21, 0, 0, 0) + parent
            elif f.style != "full":
                table += struct.pack("<II", f.at, packed_arm64(f))
            else:
                table += struct.pack("<II", f.at, at + len(data))
                data += unwind_arm64(f)
        return table, data

    def debug(self, out):
        if not self.pdb:
            return 0
        at = RDATA + 0x800
        if self.nb10:
            record = struct.pack("<4sIII", b"NB10", 0, self.stamp, self.age)
        else:
            record = b"RSDS" + self.guid.bytes_le + struct.pack("<I", self.age)
        record += self.pdb.encode() + b"\0"
        # The first entry is another one: readers have to look at all.
        entries = ((12, 4, RDATA + 0xa00), (2, len(record), RDATA + 0x900))
        for i, (kind, size, rva) in enumerate(entries):
            struct.pack_into("<IIHHIIII", out, at + 28 * i, 0, self.stamp, 0, 0, kind, size, rva,
                             rva)
        out[RDATA + 0x900:RDATA + 0x900 + len(record)] = record
        return at

    def build(self):
        out = bytearray(self.size)
        directories = [(0, 0)] * 16
        out[TEXT:RDATA] = self.code()
        if any(f.exported for f in self.functions):
            blob = exports(RDATA, self.name, self.functions)
            out[RDATA:RDATA + len(blob)] = blob
            directories[0] = RDATA, len(blob)
        at = self.debug(out)
        if at:
            directories[6] = at, 56
        out[DATA:DATA + len(self.data)] = self.data
        if self.arch != "x86":
            table, data = self.unwind()
            out[PDATA:PDATA + len(table)] = table
            out[PDATA + 0x800:PDATA + 0x800 + len(data)] = data
            directories[3] = PDATA, len(table)
        if self.version:
            strings = {"CompanyName": self.company, "FileDescription": self.description,
                       "FileVersion": self.version + " (built by hand)",
                       "OriginalFilename": self.name, "ProductName": self.product}
            blob = resources(RSRC, self.version, {k: v for k, v in strings.items() if v})
            out[RSRC:RSRC + len(blob)] = blob
            directories[2] = RSRC, len(blob)
        out[:PAGE] = self.headers(directories)
        return bytes(out)

    def headers(self, directories):
        sections = [(b".text", TEXT, RDATA - TEXT, 0x68000020), (b".rdata", RDATA, PAGE, 0x48000040),
                    (b".data", DATA, PDATA - DATA, 0xc8000040), (b".pdata", PDATA, PAGE, 0x48000040),
                    (b".rsrc", RSRC, SIZE - RSRC, 0x42000040)]
        wide = self.arch != "x86"
        out = bytearray(PAGE)
        struct.pack_into("<2s58xI", out, 0, b"MZ", 0xd8)
        optional = struct.pack("<HBBIIIII", 0x20b if wide else 0x10b, 9, 0, RDATA - TEXT,
                               self.size - RDATA, 0, TEXT, TEXT)
        optional += struct.pack("<Q", self.base) if wide else struct.pack("<II", RDATA, self.base)
        optional += struct.pack("<IIHHHHHHIIIIHH", PAGE, 0x200, 6, 1, 6, 1, 6, 1, 0, self.size,
                                0x400, self.checksum, 1, 0x140)
        optional += struct.pack("<4Q" if wide else "<4I", 0x40000, 0x1000, 0x100000, 0x1000)
        optional += struct.pack("<II", 0, 16) + b"".join(struct.pack("<II", *d) for d in directories)
        head = struct.pack("<4sHHIIIHH", b"PE", MACHINES[self.arch], len(sections), self.stamp, 0, 0,
                           len(optional), 0x22 if wide else 0x10e)
        table = b"".join(struct.pack("<8sIIIIIIHHI", n, size, rva, size, rva, 0, 0, 0, 0, flags)
                         for n, rva, size, flags in sections)
        blob = head + optional + table
        out[0xd8:0xd8 + len(blob)] = blob
        return bytes(out)
