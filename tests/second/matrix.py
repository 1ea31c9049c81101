# SPDX-License-Identifier: MIT
"""Which dumps are made: `few()` is a representative choice, `all_of_them()` everything."""
import itertools
import os

from eras import ERAS
from hostile import HOSTILE
from odd import ODD
from scenarios import build, truth
from writers import Dump

# Article, stop, builds, file, and what each version of the file means: status of the fix, the
# verdict (None: anything), a note.
FIXES = (
    ("KB2792165", "24", "Ntfs.sys", {
        "6.0.6002.18005": ("needed", None, None), "6.0.6002.23011": ("needed", None, None),
        "6.0.6002.23012": ("installed", "fixed", None),
        "6.0.6001.22120": ("needed", "possible", "install SP2 first"),
        "6.0.6003.20489": ("installed", "fixed", None)}),
    ("KB909665", "7f", "tcpip.sys", {
        "5.2.3790.1830": ("needed", None, None), "5.2.3790.2554": ("installed", "fixed", None),
        "5.2.3790.3959": ("installed", "fixed", "service pack 2 contains the fix")}),
)
X86_PAE_ONLY = 9200  # from there on
SERVICE_PACKS = {1381: 6, 2195: 4, 2600: 3, 3790: 2, 6002: 2, 7601: 1}
STOPS = ("d1", "7e", "50", "1e", "e2", "24")
# How things are reached; what the reader must still find, and what it may miss, follows from it.
WAYS = {
    "valid": {},
    "transition": {"lists": "transition", "names": "transition", "process": "transition",
                   "stack": "transition", "headers": "transition", "thread": "transition"},
    "flipped": {"lists": "flipped", "names": "flipped", "resources": "flipped",
                "stack": "flipped"},
    "flipped-too": {"lists": "flipped", "resources": "flipped-prototype",
                    "headers": "flipped-prototype", "names": "flipped-prototype"},
    "flipped-only": {"resources": "flipped-prototype", "names": "flipped-prototype"},
    "prototype": {"resources": "prototype", "headers": "prototype", "exports": "prototype",
                  "unwind": "transition", "names": "prototype"},
    "no-headers": {"headers": "missing"},
    "no-resources": {"resources": "missing"},
    "no-names": {"names": "paged-out"},
    "no-process": {"process": "missing"},
    "no-thread": {"thread": "paged-out"},
    "no-unwind": {"unwind": "missing"},
    "no-exports": {"exports": "paged-out"},
    "no-stack": {"stack": "missing"},
    "no-unloaded": {"unloaded": "missing"},
}
BLOCKS = ("plain", "encoded", "unset", "none")


def pagings(arch, number):
    if arch == "arm64":
        return ("arm64",)
    if arch == "x64":
        return ("x64", "la57") if number >= 19041 else ("x64",)
    if number >= X86_PAE_ONLY:
        return ("pae",)
    return ("x86",) if number < 2195 else ("x86", "pae")


def kinds(arch, number):
    """The types that a system of that age, or a debugger of any age, writes."""
    if number == 1381:
        return (None,)
    if number < 9200:
        return (1, 2) if arch == "x86" else (1, 2, 8)
    return (1, 2, 5, 6) if arch == "x86" else (1, 5, 6, 7, 8, 9, 10)


def blocks(arch, number):
    if number == 1381:
        return ("none",)
    return BLOCKS if arch == "x64" and number >= 9200 else ("plain", "unset", "none")


def weaken(t, m, way, block):
    """What the dump does not tell: a value in a tuple is the truth or absent."""
    images = t["modules"]
    if way == "no-headers":
        for i in images[1:]:
            i.update(checksum=(i["checksum"], None), version=(i["version"], None),
                     debug_id=(i["debug_id"], None), timestamp=(i["timestamp"], "0x00000000"))
        t["stack"] = t["stack"][:3]
    if way == "no-resources":
        for i in images[1:]:
            i["version"] = None
    if way == "no-exports":
        for i in images[1:]:
            i["debug_id"] = (i["debug_id"], None)
    if way == "no-names":  # a name may be made up of the address, but be no other's
        for i in images:
            i["name"] = (i["name"], f"unknown_{i['base'][2:]}")
            i["path"] = (i["path"], None)
        t.pop("culprit")
        t["warned"] = ["pages-paged-out"]
        for frame in t["stack"]:
            frame.pop("module")
    if way == "no-unwind" and m.wide:
        t["stack"] = t["stack"][:3]  # the driver's own frame is beyond what is known
    if way == "no-stack":
        t["stack"] = t["stack"][:1]
        if m.stop == 0x7e:  # the context of the fault lies there
            t["stack"] = [{"module": "ntoskrnl.exe"}]
    if way in ("no-process", "no-thread"):
        t["process"] = {"name": (m.name, None), "pid": (m.pid, None)}
    if way == "no-thread":
        t["thread"] = (m.tid, None)
    if way in ("no-unloaded",):
        t["unloaded"] = []
    if block == "none":
        t["unloaded"] = (t["unloaded"], [])
    # The only processor of old 32-bit systems is found at its fixed address.
    if block == "none" and not (not m.wide and m.era.build < 6000 and m.options["cpus"] == 1):
        t["process"] = {"name": (m.name, None), "pid": (m.pid, None)}
        t["thread"], t["processor"] = (m.tid, None), (m.options["crashed_on"], None)
    # Where the structures of a build are a guess, ids are.
    if m.era.build in (1381, 22621) or (m.arch == "arm64" and m.era.build == 26100):
        t["thread"] = (m.tid, None)
    return t


def ways(arch, number):
    return [w for w in WAYS if not w.startswith("flipped") or (arch == "x64" and number >= 17763)]


def one(arch, number, paging, kind, block, way, stop, seed, **more):
    """Name, maker of the file and truth."""
    name = f"{arch}-{number}-{paging}-type{kind}-{block}-{way}-{stop}-{seed}"
    name += "".join(f"-{k}" for k in sorted(more))
    if "fields" in more:
        name += "".join(f"-{at:x}-{value[1]:x}" for at, value in more["fields"].items())

    def make(path):
        options = {"cpus": 1 + seed % 3, "ways": WAYS[way], "block": block,
                   "service_pack": SERVICE_PACKS.get(number, 0),
                   "product": 3 if number in (3790, 6002, 14393, 17763, 20348) else 1,
                   "unloaded_count": 2 + 49 * (seed % 2), "crashed_on": seed % (1 + seed % 3)}
        if number == 1381:
            options["cpus"], options["crashed_on"] = 1, 0
        options.update(more)
        m = build(arch, number, paging, seed, stop, **options)
        written = Dump(m, kind, context=m.crash_context if more.get("header_context", True) else
                       None, filler=(b"PAGE", b"XXXX", bytes(4))[seed % 3] if number > 1381 else
                       b"PAGE", kd_block=0x45474150 if block in ("unset", "none") else None,
                       align_pages=seed % 2 == 0, spare_bits=seed % 5,
                       root=m.space.tables.root | (2 if arch == "x64" and seed % 2 else 0),
                       fields=more.get("fields"))
        size = written.write(path)
        t = weaken(truth(m, kind), m, way, block)
        if SERVICE_PACKS.get(number) and number > 1381:
            pack = SERVICE_PACKS[number]  # of 2000 no number in a file tells it
            t["system"]["service_pack"] = (pack, None) if number == 2195 and block == "none" else pack
        if not more.get("header_context", True) and block == "none":
            t["stack"] = []
        if 0x45474150 in more.get("fields", {}).get(0x38 if m.wide else 0x28, ()):
            t.update(status="partial", problem="corrupt")  # said, though the stop was found
        return size, t
    return name, make


def fixed_or_not(article, stop, file, version, expected, kind, arch, paging):
    """Whether a fix is on the machine, by the version of one file in its memory."""
    build_number = int(version.split(".")[2])
    later = {6001: "6.0.6001.18000", 6002: "6.0.6002.18005", 6003: "6.0.6003.20489"}
    kernel = later.get(build_number, "5.2.3790.3959" if version.endswith(".3959") else
                       "5.2.3790.1830")

    def make(path):
        pack = 2 if build_number in (6002, 6003) or kernel.endswith("3959") else 1
        era = build_number if build_number == 3790 else 6002
        m = build(arch, era, paging, 12, stop, product=3, service_pack=pack,
                  versions={"ntoskrnl.exe": kernel, file: version},
                  ways={"resources": "prototype" if paging != "x86" else "transition"})
        size = Dump(m, kind, context=m.crash_context,
                    fields={0xc: ("I", build_number)}).write(path)
        t = truth(m, kind)
        t["system"].update(build=build_number, service_pack=pack)
        t["articles"] = {article: expected}
        return size, t
    return f"fix-{article}-{version}-{arch}-type{kind}", make


def fixes():
    for article, stop, file, versions in FIXES:
        for n, (version, expected) in enumerate(versions.items()):
            where = (("x86", "pae"), ("x64", "x64"), ("x86", "x86"))[n % 3]
            if article == "KB909665":
                where = ("x86", ("pae", "x86")[n % 2])
            yield fixed_or_not(article, stop, file, version, expected, 1 + n % 2, *where)
    for n, case in enumerate(SEVERAL):
        yield several_files(n, *case)


OLD, NEW, LATER = "6.0.6002.18005", "6.0.6002.23012", "6.0.6002.23500"
# Versions of Ntfs.sys and tcpip.sys, ways of reaching their resources, the processor; then the
# state of the fix and of each file that FIX1.yaml names for it. netio.sys is never loaded.
SEVERAL = (
    (OLD, OLD, {}, "x64", "needed", ("needed", "needed", "absent")),
    (NEW, OLD, {}, "x64", "needed", ("installed", "needed", "absent")),
    (NEW, LATER, {}, "x64", "installed", ("installed", "installed", "absent")),
    (OLD, NEW, {"Ntfs.sys:resources": "paged-out"}, "x64", "installed",
     ("unknown", "installed", "absent")),
    (NEW, OLD, {"Ntfs.sys:resources": "missing"}, "x64", "needed",
     ("unknown", "needed", "absent")),
    (NEW, NEW, {"resources": "missing"}, "x64", "unknown", ("unknown", "unknown", "absent")),
    ("6.1.7601.17514", "6.1.7601.17514", {}, "x64", "unknown",
     ("not-comparable", "not-comparable", "absent")),
    ("6.0.6002.22049", OLD, {}, "x86", "needed", ("needed",)),
    ("6.0.6002.22100", OLD, {}, "pae", "installed", ("installed",)),
)


def several_files(n, ntfs, tcpip, ways, paging, status, states):
    def make(path):
        m = build("x64" if paging == "x64" else "x86", 6002, paging, 20 + n, "24", service_pack=2,
                  ways=ways, versions={"Ntfs.sys": ntfs, "tcpip.sys": tcpip,
                                       "ntoskrnl.exe": "6.0.6002.18005"})
        size = Dump(m, 2, context=m.crash_context).write(path)
        t = truth(m, 2)
        for module in t["modules"]:
            module["version"] = (module["version"], None)
        t["articles"] = {"FIX1": (status, None, None)}
        t["files"] = {"FIX1": states}
        t["knowledge"] = "FIX1.yaml"
        return size, t
    return f"fix-several-{n}-{paging}", make


def images_at_hand(arch, number, paging, kind, store):
    """What the dump misses of its images is in files beside it: a folder, or a symbol store. A
    file of another build lies there too and is not taken."""
    def make(path):
        m = build(arch, number, paging, 9, "d1", service_pack=SERVICE_PACKS.get(number, 0),
                  ways={"resources": "missing", "unwind": "missing", "exports": "paged-out"})
        size = Dump(m, kind, context=m.crash_context).write(path)
        t = truth(m, kind)
        for image in m.images:
            content = bytearray(image.bytes)
            if image.name == "tcpip.sys":
                content[0xd8 + 8] ^= 1  # the time stamp
            place = os.path.join(path + ".images", *(
                [image.name.lower(), f"{image.stamp:08X}{image.size:x}"] if store else []))
            os.makedirs(place, exist_ok=True)
            with open(os.path.join(place, image.name), "wb") as f:
                f.write(content)
        t["modules"][3]["version"] = None
        for i in t["modules"]:
            i["debug_id"] = (i["debug_id"], None)
        t["options"] = ["--images", path + ".images"]
        t["warned"] = ["symbols-refused"]
        return size, t
    return f"images-{'store' if store else 'folder'}-{arch}-{number}-type{kind}", make


def all_of_them():
    seed = 0
    for (arch, number), _ in ERAS.items():
        for paging in pagings(arch, number):
            for kind, block, way in itertools.product(kinds(arch, number), blocks(arch, number),
                                                      ways(arch, number)):
                seed += 1
                yield one(arch, number, paging, kind, block, way, STOPS[seed % len(STOPS)], seed)
    yield from special()
    yield from ODD
    yield from HOSTILE


def few():
    """Every build and paging once, with everything else in turn; then what stands alone."""
    seed = 0
    for (arch, number), _ in ERAS.items():
        for paging in pagings(arch, number):
            seed += 1
            kind = kinds(arch, number)[seed % len(kinds(arch, number))]
            block = blocks(arch, number)[seed % len(blocks(arch, number))]
            way = ways(arch, number)[seed % len(ways(arch, number))]
            yield one(arch, number, paging, kind, block, way, STOPS[seed % len(STOPS)], seed)
    yield from special()
    yield from ODD
    yield from HOSTILE


def special():
    """Options that no product of the others reaches."""
    yield from fixes()
    yield images_at_hand("x64", 6002, "x64", 2, False)
    yield images_at_hand("x64", 20348, "x64", 6, True)
    yield images_at_hand("x86", 2600, "x86", 1, True)
    yield images_at_hand("arm64", 22000, "arm64", 5, False)
    for paging in ("x64", "la57"):
        for way in ("flipped", "flipped-too", "flipped-only"):
            yield one("x64", 20348, paging, 6, "plain", way, "d1", 4)
    for arch, number, paging in (("x86", 1381, "x86"), ("x86", 2600, "x86"), ("x86", 7601, "pae"),
                                 ("x64", 9600, "x64"), ("arm64", 22000, "arm64")):
        yield one(arch, number, paging, 1 if number > 1381 else None,
                  "plain" if number > 1381 else "none", "no-names", "d1", 4)
    for arch, number, paging in (("x64", 9600, "x64"), ("x64", 14393, "x64"), ("x64", 20348, "la57"),
                                 ("x64", 26100, "x64")):
        for kind in (1, 6, 10):
            yield one(arch, number, paging, kind, "encoded", "valid", "d1", 2 + kind,
                      header_context=False)
    # The System process, whose id was another one in NT 4 and 2000; a name of 15 letters.
    for arch, number, paging in (("x86", 1381, "x86"), ("x86", 2195, "x86"), ("x64", 3790, "x64"),
                                 ("x64", 22000, "x64"), ("arm64", 22000, "arm64")):
        kind, block = (None, "none") if number == 1381 else (1, "plain")
        yield one(arch, number, paging, kind, block, "valid", "d1", 1, process=("System", 4, 56))
        yield one(arch, number, paging, kind, block, "valid", "d1", 2,
                  process=("fifteen.letters", 0x1ffc, 0x2ffc))
    # A context in the processors' blocks only, where each version has it.
    for number in (2195, 2600, 3790, 6000, 7601, 9200, 9600, 10586, 19041):
        paging = "pae" if number >= X86_PAE_ONLY else "x86"
        yield one("x86", number, paging, 1, "plain", "valid", "1e", 5, header_context=False)
    # No dump type: 0 means as little as filler.
    yield one("x86", 1381, "x86", None, "none", "valid", "d1", 1, fields={0xf88: ("I", 0)})
    yield one("x86", 2195, "x86", 1, "plain", "valid", "d1", 1, fields={0xf88: ("I", 0)})
    yield one("x64", 9600, "x64", 1, "plain", "valid", "d1", 1, fields={0xf98: ("I", 0)})
    # A header without the stop: the kernel keeps it.
    yield one("x64", 9600, "x64", 6, "plain", "valid", "d1", 1, fields={
        0x38: ("I", 0), 0x40: ("4Q", 0, 0, 0, 0)})
    yield one("x64", 20348, "x64", 1, "encoded", "valid", "7e", 1, fields={
        0x38: ("I", 0x45474150), 0x40: ("4Q", *[0x4547415045474150] * 4)})
    yield one("x86", 2600, "x86", 1, "plain", "valid", "50", 1, fields={
        0x28: ("I", 0x45474150), 0x2c: ("4I", *[0x45474150] * 4)})
    # Memory above 4 GiB, which PAE reaches, and large pages of plain x86.
    high = {"runs": ((0x10, 0x80), (0x100000, 0x80), (0x240000, 0x800))}
    yield one("x86", 3790, "pae", 1, "plain", "transition", "d1", 4, **high)
    yield one("x86", 7601, "pae", 2, "plain", "prototype", "1e", 5, **high)
    yield one("x64", 17763, "x64", 6, "plain", "transition", "d1", 6, **high)
    yield one("arm64", 22000, "arm64", 6, "plain", "valid", "d1", 6, **high)
    yield one("x86", 2600, "x86", 1, "plain", "valid", "d1", 7, large_kernel=0x240000,
              runs=((0x10, 0x300), (0x240000, 0x800)))
    # Large pages of one level more: 1 GiB.
    for arch, number, paging in (("x64", 19041, "x64"), ("x64", 20348, "la57"),
                                 ("arm64", 22000, "arm64")):
        yield one(arch, number, paging, 6, "plain", "valid", "7e", 8, larger=1, large_kernel=0x40000,
                  runs=((0x10, 0x300), (0x40000, 0x40000)))
    # A header that is wrong about PAE.
    for paging, said in (("pae", 0), ("x86", 1), ("pae", 0x50), ("x86", 0x50)):
        for number in (2195, 2600, 3790, 7601):
            yield one("x86", number, paging, 1, "plain", "valid", "d1", 3 + said % 3,
                      fields={0x5c: ("B", said)})
    # A header without the lists' addresses: the block has them.
    for arch, number, paging, kind in (("x86", 2600, "x86", 1), ("x64", 6002, "x64", 2),
                                       ("x64", 19041, "x64", 6), ("arm64", 22000, "arm64", 5)):
        at, form = (0x18, "II") if arch == "x86" else (0x20, "QQ")
        for value in (0, 0x45474150 if arch == "x86" else 0x4547415045474150):
            yield one(arch, number, paging, kind, "plain", "valid", "d1", 4,
                      fields={at: (form, value, value)})
    for number in (3790, 6002, 9600, 19041, 26100):  # through the frame of a fault
        yield one("x64", number, "x64", 1, "plain", "valid", "d1", number % 7, trap=True)
    runs = {"runs": ((1, 0x9e), (0x200, 0x600))}
    for arch, number, paging, first in (("x86", 2600, "x86", 0x400), ("x86", 3790, "pae", 0x400),
                                        ("x64", 7601, "x64", 0x400), ("x64", 19041, "la57", 0x600),
                                        ("arm64", 22000, "arm64", 0x200)):
        more = {"large_kernel": first, **runs}
        yield one(arch, number, paging, 1, "plain", "transition", "d1", 7, **more)
        yield one(arch, number, paging, 2 if number < 9200 else 6, "plain", "prototype", "7e", 8,
                  **more)
    for arch, number, paging in (("x86", 6002, "pae"), ("x64", 3790, "x64"), ("x64", 7601, "x64"),
                                 ("x64", 17763, "x64"), ("arm64", 26100, "arm64")):
        yield one(arch, number, paging, 1, "plain", "valid", "d1", 2, header_context=False)
        yield one(arch, number, paging, 1, "plain", "valid", "24", 4, other_stack=True)
        yield one(arch, number, paging, 1, "plain", "valid", "50", 3, zero_entries=True)
        yield one(arch, number, paging, 6 if number >= 9200 else 2, "plain", "valid", "1e", 5,
                  more_images=150, runs=((1, 0x9e), (0x100, 0x900)))
