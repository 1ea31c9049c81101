# SPDX-License-Identifier: MIT
"""Loads PE images the way a system does: sections at their addresses, relocated and linked."""
import struct

RELOCATION_32, RELOCATION_64 = 3, 10
DIRECTORY_EXPORTS, DIRECTORY_IMPORTS, DIRECTORY_RELOCATIONS = 0, 1, 5


class Image:
    """One image in the memory of the guest. `bytes` is what stands at `base`."""

    def __init__(self, path, name, base):
        with open(path, "rb") as f:
            data = f.read()
        self.name, self.base = name, base
        nt, = struct.unpack_from("<I", data, 0x3c)
        self.machine, sections, self.timestamp = struct.unpack_from("<HHI", data, nt + 4)
        optional_size, = struct.unpack_from("<H", data, nt + 20)
        optional = nt + 24
        self.is64 = struct.unpack_from("<H", data, optional)[0] == 0x20b
        self.word = "Q" if self.is64 else "I"
        self.entry = base + struct.unpack_from("<I", data, optional + 16)[0]
        at = optional + (24 if self.is64 else 28)
        self.preferred, = struct.unpack_from("<" + self.word, data, at)
        self.size, self.header_size, self.checksum = struct.unpack_from("<III", data,
                                                                        optional + 56)
        at = optional + (112 if self.is64 else 96)
        self.directories = [struct.unpack_from("<II", data, at + 8 * i) for i in range(16)]
        self._map(data, optional + optional_size, sections)
        self._relocate()
        self.exports = dict(self._read_exports())

    def _map(self, data, table, count):
        self.bytes = bytearray((self.size + 0xfff) & ~0xfff)
        self.bytes[:self.header_size] = data[:self.header_size]
        for i in range(count):
            name, size, rva, file_size, offset = struct.unpack_from("<8sIIII", data,
                                                                    table + 40 * i)
            if name.startswith(b"/"):
                continue  # debug information is not loaded
            used = min(size, file_size)
            self.bytes[rva:rva + used] = data[offset:offset + used]

    def _relocate(self):
        at, size = self.directories[DIRECTORY_RELOCATIONS]
        end, difference = at + size, self.base - self.preferred
        mask = (1 << (64 if self.is64 else 32)) - 1
        while at < end:
            page, block = struct.unpack_from("<II", self.bytes, at)
            if block == 0:
                break
            for i in range((block - 8) // 2):
                entry, = struct.unpack_from("<H", self.bytes, at + 8 + 2 * i)
                if entry >> 12 in (RELOCATION_32, RELOCATION_64):
                    where = page + (entry & 0xfff)
                    value, = struct.unpack_from("<" + self.word, self.bytes, where)
                    struct.pack_into("<" + self.word, self.bytes, where,
                                     value + difference & mask)
            at += block

    def _text(self, at):
        return self.bytes[at:self.bytes.index(0, at)].decode()

    def _read_exports(self):
        at, size = self.directories[DIRECTORY_EXPORTS]
        if size == 0:
            return
        count, functions, names, ordinals = struct.unpack_from("<IIII", self.bytes, at + 24)
        for i in range(count):
            name, = struct.unpack_from("<I", self.bytes, names + 4 * i)
            index, = struct.unpack_from("<H", self.bytes, ordinals + 2 * i)
            function, = struct.unpack_from("<I", self.bytes, functions + 4 * index)
            yield self._text(name), self.base + function

    def link(self, addresses):
        """Fills the import table with `addresses`, a dictionary of all exports."""
        at, size = self.directories[DIRECTORY_IMPORTS]
        width = 8 if self.is64 else 4
        while size != 0:
            lookup, _, _, name, table = struct.unpack_from("<5I", self.bytes, at)
            if name == 0:
                return
            for i in range(1000):
                hint, = struct.unpack_from("<" + self.word, self.bytes, lookup + width * i)
                if hint == 0:
                    break
                struct.pack_into("<" + self.word, self.bytes, table + width * i,
                                 addresses[self._text(hint + 2)])
            at += 20
