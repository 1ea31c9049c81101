# SPDX-License-Identifier: MIT
"""The memory of a guest before it starts: page tables, images, and the structures by which the
dump of a crashed Windows system is read. Offsets are those of the builds that are imitated."""
import struct

import rig_pe

START = 0x200000  # what is loaded into the guest begins here
END = 0x600000
PAGE_TABLES = START
NOTE = 0x210000
START_BLOCK = 0x220000
SHARED_DATA = 0x221000
ENTRIES = 0x230000  # of the list of modules
TEXTS = 0x238000
IMAGES = 0x400000
STACK = 0x5e0000
STACK_SIZE = 0x6000
RUNS = ((0x10, 0x20), (0x100, 0x10), (START >> 12, (END - START) >> 12))


class Layout:
    """What differs between the two processors."""
    def __init__(self, **values):
        self.__dict__.update(values)


X64 = Layout(
    word="Q", width=8, base=0xfffff80000000000, machine=0x8664, header_size=0x2000,
    shared_data=0xfffff78000000000, control_block=0x180,
    # process: size, pid, parent, peb, name
    process=(0x3e8, 0xe0, 0x1f0, 0x290, 0x238),
    # thread: size, id, initial stack, limit, base, kernel stack, process
    thread=(0x450, 0x380, 0x28, 0x30, 0x250, 0x38, 0x68),
    # processor: size, thread, number, MHz, vendor, context
    processor=(0x3c00, 8, 4, 0x3a00, 0x399c, 0x3b00),
    # entry of the list of modules: size, base, image size, names, flags, checksum, stamp
    entry=(0xa0, 0x30, 0x40, 0x48, 0x58, 0x68, 0x78, 0x80),
    unloaded=0x28)

X86 = Layout(
    word="I", width=4, base=0x80000000, machine=0x14c, header_size=0x1000,
    shared_data=0xffdf0000, control_block=0x120,
    process=(0x278, 0x94, 0x128, 0x1a0, 0x164),
    thread=(0x250, 0x1e4, 0x18, 0x1c, 0x158, 0x20, 0x38),
    processor=(0xf00, 4, 0x10, 0xd00, 0xb60, 0xe00),
    entry=(0x50, 0x18, 0x20, 0x24, 0x2c, 0x34, 0x40, 0x44),
    unloaded=0x18)


class Guest:
    def __init__(self, layout, scenario):
        self.layout, self.scenario = layout, scenario
        self.memory = bytearray(END - START)
        self.images = []
        self.addresses = {}
        self.next_text = TEXTS

    # ---- memory

    def put(self, physical, data):
        self.memory[physical - START:physical - START + len(data)] = data

    def put_words(self, physical, *values, kind="Q"):
        self.put(physical, struct.pack(f"<{len(values)}{kind}", *values))

    def put_fields(self, virtual, kind, *values):
        self.put(virtual - self.layout.base, struct.pack("<" + kind, *values))

    def put_pointers(self, virtual, *values):
        self.put_fields(virtual, self.layout.word * len(values), *values)

    def put_string(self, virtual, text):
        """A UNICODE_STRING, its text elsewhere."""
        raw = text.encode("utf-16-le")
        at, self.next_text = self.next_text, self.next_text + (len(raw) + 17 & ~15)
        self.put(at, raw)
        self.put_fields(virtual, "HH", len(raw), len(raw) + 2)
        self.put_pointers(virtual + self.layout.width, self.layout.base + at)

    # ---- page tables

    def build_page_tables(self):
        if self.layout is X64:
            self._build_four_levels()
        else:
            self._build_pae()

    def _map_images(self, directory, table):
        """Large pages, and small ones where the images are."""
        for i in range(END >> 21):
            self.put_words(directory + 8 * i, i << 21 | 0x83)
        self.put_words(directory + 8 * (IMAGES >> 21), table | 3)
        for i in range(512):
            self.put_words(table + 8 * i, IMAGES + i * 0x1000 | 0x103)

    def _build_four_levels(self):
        top = PAGE_TABLES
        low, kernel, shared = ([top + 0x1000 * i for i in range(n, n + 3)] for n in (1, 4, 7))
        self.put_words(top, low[0] | 3)
        self.put_words(top + 8 * 0x1ed, top | 3)  # the tables themselves
        self.put_words(top + 8 * 0x1ef, shared[0] | 3)
        self.put_words(top + 8 * 0x1f0, kernel[0] | 3)
        for tables in (low, kernel, shared):
            self.put_words(tables[0], tables[1] | 3)
        for i in range(END >> 21):
            self.put_words(low[1] + 8 * i, i << 21 | 0x83)
        self._map_images(kernel[1], kernel[2])
        self.put_words(shared[1], shared[2] | 3)
        self.put_words(shared[2], SHARED_DATA | 3)

    def _build_pae(self):
        low, kernel, high, images, fixed = (PAGE_TABLES + 0x1000 * i for i in range(1, 6))
        self.put_words(PAGE_TABLES, low | 1, 0, kernel | 1, high | 1)
        for i in range(END >> 21):
            self.put_words(low + 8 * i, i << 21 | 0x83)
        self._map_images(kernel, images)
        self.put_words(high, low | 3, 0, kernel | 3, high | 3)  # the tables themselves
        self.put_words(high + 8 * 0x1fe, fixed | 3)
        self.put_words(fixed + 8 * 0x1f0, SHARED_DATA | 3)
        self.fixed_table = fixed

    # ---- images and their list

    def load_images(self, files):
        at = IMAGES
        for name, path in files:
            image = rig_pe.Image(path, name, self.layout.base + at)
            self.images.append(image)
            self.addresses.update(image.exports)
            at += image.size + 0xffff & ~0xffff
            if at > STACK:
                raise RuntimeError("the images are larger than their place")
        for image in self.images:
            image.link(self.addresses)
            self.put(image.base - self.layout.base, image.bytes)

    def build_module_list(self):
        size, base, image_size, path, name, flags, checksum, stamp = self.layout.entry
        head, width = self.addresses["PsLoadedModuleList"], self.layout.width
        entries = [self.layout.base + ENTRIES + 0x100 * i for i in range(len(self.images))]
        ring = [head] + entries
        for i, entry in enumerate(ring):
            self.put_pointers(entry, ring[(i + 1) % len(ring)], ring[i - 1])
        for entry, image in zip(entries, self.images):
            folder = "" if image is self.images[0] else "drivers\\"
            self.put_pointers(entry + base, image.base, image.entry, image.size)
            self.put_string(entry + path, "\\SystemRoot\\System32\\" + folder + image.name)
            self.put_string(entry + name, image.name)
            self.put_fields(entry + flags, "IHH", 0x4000, 1, 0)
            self.put_fields(entry + checksum, "I", image.checksum)
            # The kernel keeps no stamp there: a pointer of its own.
            self.put_pointers(entry + stamp, self.layout.base + 0x123450)

    def build_unloaded(self):
        ring = self.addresses["RigUnloaded"]
        self.put_pointers(self.addresses["MmUnloadedDrivers"], ring)
        names = self.scenario["unloaded"]
        self.put_fields(self.addresses["MmLastUnloadedDriver"], "I", len(names))
        for i, name in enumerate(names):
            entry = ring + i * self.layout.unloaded
            start = self.layout.base + 0xd00000 + i * 0x20000
            self.put_string(entry, name)
            self.put_pointers(entry + 2 * self.layout.width, start, start + 0x8000)
            self.put_fields(entry + 4 * self.layout.width, "Q", self.scenario["time"] - 10 ** 10)

    # ---- processor, thread, process

    def build_processor(self):
        _, thread, number, mhz, vendor, context = self.layout.processor
        block = self.addresses["RigControlRegion"] + self.layout.control_block
        self.put_pointers(self.addresses["KiProcessorBlock"], block)
        self.put_pointers(block + thread, self.addresses["RigThread"])
        self.put_fields(block + number, "B", 0)
        self.put_fields(block + mhz, "I", 2666)
        self.put_fields(block + vendor, "13s", b"GenuineIntel")
        self.put_pointers(block + context, self.addresses["RigContext"])
        if self.layout is X86:
            region = self.addresses["RigControlRegion"] - self.layout.base
            self.put_words(self.fixed_table + 8 * 0x1ff, region | 3)

    def build_thread(self):
        _, ids, initial, limit, base, kernel, process = self.layout.thread
        thread, stack = self.addresses["RigThread"], self.layout.base + STACK
        self.put_pointers(thread + ids, 4, 0x44)
        self.put_pointers(thread + initial, stack + STACK_SIZE)
        self.put_pointers(thread + limit, stack)
        self.put_pointers(thread + base, stack + STACK_SIZE)
        self.put_pointers(thread + kernel, stack + STACK_SIZE - 0x400)
        self.put_pointers(thread + process, self.addresses["RigProcess"])

    def build_process(self):
        _, pid, parent, peb, name = self.layout.process
        process, head = self.addresses["RigProcess"], self.addresses["PsActiveProcessHead"]
        links = process + pid + self.layout.width
        self.put_pointers(process + pid, 4, head, head)
        self.put_pointers(head, links, links)
        self.put_pointers(process + parent, 0)
        self.put_pointers(process + peb, 0)
        self.put_fields(process + name, "16s", b"System")

    def build_shared_data(self):
        """KUSER_SHARED_DATA, as far as it is read."""
        major, minor = self.scenario["versions"]["ntoskrnl.exe"][:2]
        self.put(SHARED_DATA + 0x264, struct.pack("<IBxxxII", 3, 1, major, minor))
        self.put(SHARED_DATA + 0x2d0, struct.pack("<I", 0x110))

    # ---- what a dump begins with

    def build_debugger_block(self):
        block, a = self.addresses["KdDebuggerDataBlock"], self.addresses
        process, thread, processor = self.layout.process, self.layout.thread, self.layout.processor

        def pointer(at, value):
            sign = 0xffffffff00000000 if self.layout is X86 else 0
            self.put_fields(block + at, "Q", value | sign)

        for at in (0, 8):
            pointer(at, block)
        self.put_fields(block + 0x10, "4sI", b"KDBG", 0x340)
        for at, name in ((0x48, "PsLoadedModuleList"), (0x50, "PsActiveProcessHead"),
                         (0x88, "KiBugCheckData"), (0xc0, "MmPfnDatabase"),
                         (0x208, "NtBuildLab"), (0x218, "KiProcessorBlock"),
                         (0x220, "MmUnloadedDrivers"), (0x228, "MmLastUnloadedDriver"),
                         (0x268, "CmNtCSDVersion")):
            pointer(at, a[name])
        pointer(0x18, self.images[0].base)
        self.put_fields(a["CmNtCSDVersion"], "I", self.scenario["service_pack"] << 8)
        for at, value in ((0x29e, thread[2]), (0x2a0, thread[6]), (0x2a8, process[0]),
                          (0x2aa, process[3]), (0x2b0, processor[0]), (0x2b4, processor[1]),
                          (0x2b6, processor[3]), (0x2ba, processor[4]), (0x2be, processor[2]),
                          (0x2c0, thread[0]), (0x338, processor[5])):
            self.put_fields(block + at, "H", value)

    def build_header(self):
        size = self.layout.header_size
        header = bytearray(b"PAGE" * (size // 4))
        build = (self.header64 if self.layout is X64 else self.header32)
        for at, kind, *values in build():
            struct.pack_into("<" + kind, header, at, *values)
        note = struct.pack("<III12s", 11, size, 0, b"VMCOREINFO\0\0")
        self.put(NOTE, note + header)

    def header64(self):
        a, s = self.addresses, self.scenario
        yield 0, "8sIIQQQQII", b"PAGEDU64", 15, s["build"], PAGE_TABLES, 0, \
            a["PsLoadedModuleList"], a["PsActiveProcessHead"], self.layout.machine, 1
        yield 0x38, "II4Q32sQ", 0, 0, 0, 0, 0, 0, bytes(32), a["KdDebuggerDataBlock"]
        yield 0x88, "IIQ", len(RUNS), 0, sum(count for _, count in RUNS)
        for i, run in enumerate(RUNS):
            yield 0x98 + 16 * i, "QQ", *run
        yield 0xf00, "IIQQII120s", 0x80000003, 0, 0, 0, 0, 0, bytes(120)
        yield 0xf98, "IIQQ128s", 1, 0, 0, s["time"], b"bugtriage test rig"
        yield 0x1030, "QIIIII", s["uptime"], 0, 0, 3, 0x110, 0

    def header32(self):
        a, s = self.addresses, self.scenario
        yield 0, "8s8I", b"PAGEDUMP", 15, s["build"], PAGE_TABLES, 0, \
            a["PsLoadedModuleList"], a["PsActiveProcessHead"], self.layout.machine, 1
        yield 0x28, "5I32s", 0, 0, 0, 0, 0, bytes(32)
        yield 0x5c, "BBBBI", 1, 0, 0, 0, a["KdDebuggerDataBlock"]
        yield 0x64, "II", len(RUNS), sum(count for _, count in RUNS)
        for i, run in enumerate(RUNS):
            yield 0x6c + 8 * i, "II", *run
        yield 0x7d0, "IIIII60s", 0x80000003, 0, 0, 0, 0, bytes(60)
        yield 0x820, "128s", b"bugtriage test rig"
        yield 0xf88, "IIIIII", 1, 0, 0, 3, 0x110, 0
        yield 0xfa0, "Q", 0
        yield 0xfb8, "QQ", s["uptime"], s["time"]

    def build(self, files):
        self.build_page_tables()
        self.load_images(files)
        self.put_pointers(self.addresses["RigDriverEntry"], self.images[-1].entry)
        for part in (self.build_module_list, self.build_unloaded, self.build_processor,
                     self.build_thread, self.build_process, self.build_shared_data,
                     self.build_debugger_block, self.build_header):
            part()
        top = self.layout.base + STACK + STACK_SIZE - 8 * self.layout.width
        self.put_words(START_BLOCK, self.addresses["KiSystemStartup"], top - self.layout.width,
                       kind=self.layout.word)
        return bytes(self.memory)
