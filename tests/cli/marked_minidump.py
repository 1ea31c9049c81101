# SPDX-License-Identifier: MIT
"""A minidump that tells who and where in every place that can: each has marks of its own."""
import struct


class Marks:
    """Names of users, hosts and folders, each used once."""

    def __init__(self):
        self.all = {}

    def path(self, place, file="file.dll"):
        number = len(self.all) + 10
        names = [f"{kind}q{number}" for kind in ("user", "fold", "host", "shar")]
        self.all[place] = names
        return "C:\\Users\\{0}\\{1}\\{4} and \\\\{2}\\{3}\\{4}".format(*names, file)

    def file(self, place, file):
        """A path alone, as it stands where nothing but a path can."""
        return self.path(place, file).split(" and ")[0]


class Minidump:
    """Streams of a minidump of a 64-bit process of Windows."""

    HEADER, ENTRY = 32, 12

    def __init__(self, streams):
        self.data = bytearray(self.HEADER + self.ENTRY * streams)
        self.entries = []

    def add(self, data):
        at = len(self.data)
        self.data += data + bytes(-len(data) % 8)
        return at

    def wide(self, text):
        data = text.encode("utf-16-le")
        return self.add(struct.pack("<I", len(data)) + data + b"\0\0")

    def narrow(self, text):
        data = text.encode()
        return self.add(struct.pack("<I", len(data)) + data + b"\0")

    def list(self, form, *items):
        data = struct.pack("<I", len(items)) + b"".join(struct.pack("<" + form, *i) for i in items)
        return len(data), self.add(data)

    def stream(self, kind, data):
        self.entries.append((kind, len(data), self.add(data)))

    def finish(self):
        struct.pack_into("<4sIIIIIQ", self.data, 0, b"MDMP", 0xa793, len(self.entries),
                         self.HEADER, 0, 1700000000, 0)
        for i, entry in enumerate(self.entries):
            struct.pack_into("<III", self.data, self.HEADER + i * self.ENTRY, *entry)
        return bytes(self.data)


def module(dump, base, path, pdb):
    cv = b"RSDS" + bytes(range(16)) + struct.pack("<I", 1) + pdb.encode() + b"\0"
    at = dump.add(cv)
    record = struct.pack("<QIIII", base, 0x10000, 0, 0x5f000000, dump.wide(path))
    return record + bytes(52) + struct.pack("<IIII", len(cv), at, 0, 0) + bytes(16)


def crashpad(dump, marks):
    def pairs(*texts):
        return dump.list("II", *((dump.narrow(k), dump.narrow(v)) for k, v in texts))
    simple = pairs(("url", marks.path("annotation")), ("hostname", "namedhostq1"),
                   ("username", "nameduserq1"), (marks.path("annotation key"), "x"))
    marks.all["annotated names"] = ["namedhostq1", "nameduserq1"]
    texts = dump.list("I", (dump.narrow(marks.path("list annotation")),))
    of_module = pairs(("k", marks.path("module annotation")))
    objects = dump.list("IHHI", (dump.narrow("object"), 1, 0,
                                 dump.narrow(marks.path("annotation object"))))
    info = struct.pack("<IIIIIII", 1, *texts, *of_module, *objects)
    links = dump.list("III", (0, len(info), dump.add(info)))
    return struct.pack("<I", 1) + bytes(32) + struct.pack("<IIII", *simple, *links)


def fixed_wide(text, units=128):
    return text.encode("utf-16-le").ljust(units * 2, b"\0")


def make():
    """The bytes of the dump, and what must not be told of it by place."""
    marks = Marks()
    dump = Minidump(11)
    dump.stream(7, struct.pack("<HHHBBIIIIIHH", 9, 6, 1, 4, 1, 10, 0, 19041, 2, 0, 0, 0) + bytes(24))
    modules = (module(dump, 0x140000000, marks.file("module", "shop.exe"),
                      marks.file("pdb", "shop.pdb")),
               module(dump, 0x180000000, marks.file("second module", "prices.dll"),
                      "/home/buildq1/srcq1/prices.pdb"))
    marks.all["pdb of another system"] = ["buildq1", "srcq1"]
    dump.stream(4, struct.pack("<I", len(modules)) + b"".join(modules))
    unloaded = struct.pack("<QIIII", 0x190000000, 0x1000, 0, 0x5f000000,
                           dump.wide(marks.file("unloaded module", "gone.dll")))
    dump.stream(14, struct.pack("<III", 12, 24, 1) + unloaded)
    thread = struct.pack("<IIIIQQIIII", 7, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    dump.stream(3, struct.pack("<I", 1) + thread.ljust(48, b"\0"))
    dump.stream(24, struct.pack("<IIQ", 1, 7, dump.wide(marks.path("thread name"))))
    exception = struct.pack("<IIQQII", 0xc0000005, 0, 0, 0x180001234, 2, 0) + \
        struct.pack("<QQ", 1, 0x10).ljust(120, b"\0")
    dump.stream(6, struct.pack("<II", 7, 0) + exception + struct.pack("<II", 0, 0))
    handle = struct.pack("<QIIIIII", 4, dump.wide("File"), dump.wide(marks.path("handle")),
                         0, 0, 1, 1)
    dump.stream(12, struct.pack("<IIII", 16, 32, 1, 0) + handle)
    dump.stream(10, marks.path("comment").encode() + b"\0")
    dump.stream(11, (marks.path("wide comment") + " for userq10, mail to a.b@mailq1.example").encode("utf-16-le") + b"\0\0")
    marks.all["address"] = ["mailq1"]
    dump.stream(0x47670002, fixed_wide(marks.path("assertion")) +
                fixed_wide(marks.file("assertion function", "f")) +
                fixed_wide(marks.file("assertion file", "shop.c")) + struct.pack("<II", 12, 1))
    dump.stream(0x43500001, crashpad(dump, marks))
    return dump.finish(), marks.all


if __name__ == "__main__":
    import sys
    with open(sys.argv[1], "wb") as out:
        out.write(make()[0])
