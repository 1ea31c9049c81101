# SPDX-License-Identifier: MIT
"""Where the fields of the kernel's structures lie, by build; sizes of the debugger block."""

# Of a process: size, pid, list links, parent's pid, PEB, name; directory base at 0x18 or 0x28.
# Of a thread: size, ids, initial stack, stack limit, stack base, kernel stack, process, TEB.
# Of a processor: current thread, number, pointer to the context (0: none), context itself, vendor.
NAMES = ("esize", "pid", "links", "parent", "peb", "name", "tsize", "cid", "init", "limit", "base",
         "kstack", "process", "teb", "current", "number", "context", "state", "vendor")

_ROWS = """
x86-1381   1f8 94 98 - 18c 1dc     240 1e0 18 1c - 28 44 20         4 10 0 1c -
x86-2195   290 9c a0 1c8 1b0 1fc   248 1e0 18 1c - 28 44 20         4 10 0 1c -
x86-2600   260 84 88 14c 1b0 174   258 1ec 18 1c 168 28 44 20       4 10 0 1c 900
x86-3790   278 94 98 138 1a0 164   250 1e4 18 1c 158 20 38 74       4 10 0 1c b60
x86-6000   270 9c a0 124 188 14c   288 20c 28 2c 174 30 48 84       4 10 0 1c 1bac
x86-6002   270 9c a0 124 188 14c   288 20c 28 2c 174 30 48 84       4 10 0 1c 1c2c
x86-7601   2c0 b4 b8 140 1a8 16c   2b8 22c 28 2c 190 30 50 88       4 3cc 3618 18 336c
x86-9200   2e8 b4 b8 134 140 170   2c8 214 20 24 28 48 80 a8        4 3cc 4028 18 3c7c
x86-9600   2f8 b4 b8 134 140 170   418 364 20 24 28 48 80 a8        4 3cc 4068 18 3c7c
x86-10240  380 b4 b8 138 144 170   458 374 20 24 28 48 80 a8        4 3cc 40e8 18 3cfc
x86-10586  370 b4 b8 138 144 174   458 374 20 24 28 48 80 a8        4 3cc 40e8 18 3cfc
x86-14393  388 b4 b8 138 144 174   460 374 20 24 28 48 80 a8        4 3cc 40e8 18 3cfc
x86-15063  3e0 b4 b8 140 14c 17c   480 37c 20 24 28 48 80 a8        4 3cc 40e8 18 3cfc
x86-16299  3e8 b4 b8 140 14c 17c   480 37c 20 24 28 48 80 a8        4 3cc 4128 18 3cfc
x86-17763  408 b4 b8 140 14c 17c   480 37c 20 24 28 48 80 a8        4 3cc 4128 18 3cfc
x86-18362  480 b4 b8 140 14c 17c   488 384 20 24 28 48 80 a8        4 3cc 4128 18 3cfc
x86-19041  4c0 e4 e8 170 17c 1ac   4e0 2ac 20 24 28 48 80 a8        4 3cc 4168 18 3d3c
x64-3790   3e0 d8 e0 218 2c0 268   410 358 28 30 240 38 68 b0       8 4 0 120 22b4
x64-6002   3e8 e0 e8 1f0 290 238   450 380 28 30 250 38 68 b0       8 4 0 120 399c
x64-7601   4d0 180 188 290 338 2e0 498 3b0 28 30 278 38 70 b8       8 24 4bd8 120 4bb8
x64-9200   660 2e0 2e8 3d0 3e8 438 4d0 398 28 30 38 58 b8 f0        8 24 5968 120 5948
x64-9600   6f0 2e0 2e8 3d0 3e8 438 778 620 28 30 38 58 b8 f0        8 24 5980 120 5958
x64-10240  7a8 2e8 2f0 3e0 3f8 448 7c0 628 28 30 38 58 b8 f0        8 24 6280 120 6258
x64-10586  788 2e8 2f0 3e0 3f8 450 7c0 628 28 30 38 58 b8 f0        8 24 6280 120 6258
x64-14393  7b0 2e8 2f0 3e0 3f8 450 7e0 630 28 30 38 58 b8 f0        8 24 6280 120 6258
x64-15063  818 2e0 2e8 3e0 3f8 450 810 638 28 30 38 58 b8 f0        8 24 6380 120 6358
x64-16299  838 2e0 2e8 3e0 3f8 450 818 638 28 30 38 58 b8 f0        8 24 62c0 120 6290
x64-17763  850 2e0 2e8 3e0 3f8 450 810 638 28 30 38 58 b8 f0        8 24 62c0 120 6290
x64-18362  880 2e8 2f0 3e8 3f8 450 820 648 28 30 38 58 b8 f0        8 24 62c0 120 6290
x64-19041  a40 440 448 540 550 5a8 898 478 28 30 38 58 b8 f0        8 24 85c0 120 8590
x64-20348  b80 440 448 540 550 5a8 898 478 28 30 38 58 b8 f0        8 24 85c0 120 8590
x64-22000  b80 440 448 540 550 5a8 898 478 28 30 38 58 b8 f0        8 24 85c0 120 8590
x64-22621  b80 440 448 540 550 5a8 8a8 4c8 28 30 38 58 b8 f0        8 24 8b00 120 8ac0
x64-26100  840 1d0 1d8 2d0 2e0 338 788 508 28 30 38 58 b8 f0        8 24 8b00 120 8ac0
arm64-22000 c80 3f8 400 4f8 508 560 910 4e8 28 30 38 58 b0 e8       8 24 9080 120 9040
arm64-26100 840 1d0 1d8 2d0 2e0 338 788 508 28 30 38 58 b8 f0       8 24 9080 120 9040
"""

_BLOCK = {1381: 0, 2195: 0x270, 2600: 0x290, 3790: 0x318, 6000: 0x328, 6002: 0x330, 7601: 0x340,
          9200: 0x360, 9600: 0x360, 10240: 0x368, 10586: 0x368, 14393: 0x368, 15063: 0x368,
          16299: 0x368, 17763: 0x380, 18362: 0x380, 19041: 0x380, 20348: 0x380, 22000: 0x380, 22621: 0x3a0, 26100: 0x3a0}

_LAB = {2195: "2195.sp4", 2600: "2600.xpsp.080413-2111", 3790: "3790.srv03_sp2_rtm.070216-1710",
        6000: "6000.16386.{}fre.vista_rtm.061101-2205",
        6002: "6002.18005.{}fre.lh_sp2rtm.090410-1830",
        7601: "7601.17514.{}fre.win7sp1_rtm.101119-1850",
        9200: "9200.16384.{}fre.win8_rtm.120725-1247",
        9600: "9600.17031.{}fre.winblue_gdr.140221-1952",
        10240: "10240.16384.{}fre.th1.150709-1700", 14393: "14393.0.{}fre.rs1_release.160715-1616",
        17763: "17763.1.{}fre.rs5_release.180914-1434", 19041: "19041.1.{}fre.vb_release.191206-1406",
        10586: "10586.0.{}fre.th2_release.151029-1700",
        15063: "15063.0.{}fre.rs2_release.170317-1834",
        16299: "16299.15.{}fre.rs3_release.170928-1534",
        18362: "18362.1.{}fre.19h1_release.190318-1202",
        20348: "20348.1.{}fre.fe_release.210507-1500", 22000: "22000.1.{}fre.co_release.210604-1628",
        22621: "22621.1.{}fre.ni_release.220506-1250", 26100: "26100.1.{}fre.ge_release.240331-1435"}

_BASES = {  # kernel image, drivers, pool, stacks
    "nt4": (0x80100000, 0xf8000000, 0xe1000000, 0xf7400000),
    "x86": (0x80400000, 0xf7c00000, 0x81f00000, 0xf5900000),
    "x86-6": (0x82c3b000, 0x8b600000, 0x85a00000, 0x9a400000),
    "x64-5": (0xfffff80001000000, 0xfffffadf90000000, 0xfffffadf9c000000, 0xfffffadf8e000000),
    "x64-6": (0xfffff80001c3e000, 0xfffff88001000000, 0xfffffa8003c00000, 0xfffff88004200000),
    "x64-10": (0xfffff80312a00000, 0xfffff80317600000, 0xffffad0b2e000000, 0xfffff58a1c800000),
    "la57": (0xfffff80312a00000, 0xfffff80317600000, 0xff4cad0b2e000000, 0xffa6f58a1c800000),
}
_FRE = {"x86": "x86", "x64": "amd64", "arm64": "arm64"}


class Era:
    def __init__(self, arch, build, fields):
        self.arch, self.build = arch, build
        self.f = fields
        self.wide = arch != "x86"
        self.block = _BLOCK[build]
        self.lab = _LAB.get(build, "").format(_FRE[arch])
        # The short links of the block, from 0x298 on, came after XP.
        self.newer_entries = build >= 10240

    def bases(self, paging):
        if self.arch == "x86":
            return _BASES["nt4" if self.build == 1381 else "x86" if self.build < 6000 else "x86-6"]
        if paging == "la57":
            return _BASES["la57"]
        return _BASES["x64-5" if self.build < 6000 else "x64-6" if self.build < 9600 else "x64-10"]


def _read():
    found = {}
    for row in _ROWS.split("\n"):
        words = row.split()
        if words:
            arch, build = words[0].split("-")
            values = [None if w == "-" else int(w, 16) for w in words[1:]]
            found[arch, int(build)] = Era(arch, int(build), dict(zip(NAMES, values, strict=True)))
    return found


ERAS = _read()
