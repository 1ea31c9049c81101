# SPDX-License-Identifier: MIT
"""Dumps as other writers make them: fields left out or filled in another way, headers that
contradict their bodies, parts of memory that are missing where it hurts. Nothing in them is
meant to harm. What can be known is found, what cannot is said."""
import struct

import images
from frames import PAGE
from kernel import AT_BLOCK, AT_CSD, AT_MODULES, AT_UNLOADED
from scenarios import build, truth
from writers import Dump

X86, X86PAE = ("x86", 2600, "x86"), ("x86", 7601, "pae")
X64, X64_7, LA57 = ("x64", 19041, "x64"), ("x64", 7601, "x64"), ("x64", 20348, "la57")
ARM64 = ("arm64", 22000, "arm64")
FILL32, FILL64 = 0x45474150, 0x4547415045474150
PACKS = {2600: 3, 3790: 2, 6002: 2, 7601: 1}


def at(m, wide, narrow):
    """The place of a field in the header."""
    return wide if m.wide else narrow


def odd(name, where, kind, change=None, patch=None, stop="d1", seed=4, **options):
    """`change` gets the machine and the truth before anything is written, and gives options of
    the writer; `patch` gets the file, the writer and the machine when all is written."""
    arch, number, paging = where

    def make(path):
        ways = {"service_pack": PACKS.get(number, 0), **options}
        m = build(arch, number, paging, seed, stop, **ways)
        t = truth(m, kind)
        how = (change(m, t) if change else None) or {}
        written = Dump(m, how.pop("kind", kind), context=how.pop("context", m.crash_context), **how)
        size = written.write(path)
        if patch:
            with open(path, "r+b") as f:
                patch(f, written, m)
        return size, t
    return f"odd-{name}-{arch}-{number}-{paging}-type{kind}", make


def set_fields(*triples):
    """Fields of the header, each a place in 64-bit headers, one in 32-bit ones, form, values."""
    def change(m, _):
        out = {}
        for wide, narrow, form, *values in triples:
            place = at(m, wide, narrow)
            if place is not None:
                out[place] = (form[0 if m.wide else -1] if len(form) > 1 else form, *values)
        return {"fields": out}
    return change


def patch_body(offset, form, *values):
    """Numbers of the header of the body."""
    def patch(f, written, _):
        f.seek(written.size + offset)
        f.write(struct.pack("<" + form, *values))
    return patch


# ---- the header

def build_with_flags(m, _):
    """NtBuildNumber as the kernel keeps it: the highest bits say that it is a free build."""
    return {"fields": {0xc: ("I", 0xf0000000 | m.era.build)}}


def comment(m, _):
    return {"fields": {at(m, 0xfb0, 0x820): ("128s", b"taken by hand")}}


def processors_unknown(m, t):
    t["system"]["processors"] = (m.options["cpus"], None)
    return {"fields": {at(m, 0x34, 0x24): ("I", 0)}}


def no_type(value):
    def change(m, _):
        return {"fields": {at(m, 0xf98, 0xf88): ("I", value)}}
    return change


def pages_not_counted(value):
    """NumberOfPages says something else than the runs."""
    def change(m, _):
        return {"fields": {at(m, 0x90, 0x68): (at_form(m), value)}}
    return change


def at_form(m):
    return "Q" if m.wide else "I"


class InOrder(Dump):
    """A complete dump whose runs stand in any order, one of them empty."""

    def described(self):
        return [*reversed(self.m.frames.runs), (0x90000, 0)]

    def full(self):
        return [p for first, count in self.described() for p in range(first, first + count)]


def runs_backwards(where):
    arch, number, paging = where

    def make(path):
        m = build(arch, number, paging, 5, "d1", service_pack=PACKS.get(number, 0))
        return InOrder(m, 1, context=m.crash_context).write(path), truth(m, 1)
    return f"odd-runs-backwards-{arch}-{number}-{paging}", make


# ---- the debugger block, and the lists

GARBAGE = {"garbage": 0xfffff8a1234567a8, "user": 0x7ffe0308, "hole": 0xdead0000beef0000, "one": 1}


def block_elsewhere(word):
    def change(m, _):
        return {"kd_block": GARBAGE[word] & m.space.mask}
    return change


def nothing_told(m, _):
    """No list, no block: what the memory itself tells must do."""
    fill = FILL64 if m.wide else FILL32
    return {"kd_block": fill, "fields": {at(m, 0x18, 0x14): (("3Q" if m.wide else "3I"),
                                                              fill, fill, fill)}}


def lists_not_told(m, _):
    return {"fields": {at(m, 0x20, 0x18): ("2Q" if m.wide else "2I", 0, 0)}}


def modules_not_told(m, _):
    return {"fields": {at(m, 0x20, 0x18): (at_form(m), 0)}}


def odd_dumps():
    flags = build_with_flags
    for where, kind in ((X64, 6), (X86, 1), (X64_7, 2), (ARM64, 5)):
        yield odd("free-build", where, kind, flags)
        yield odd("comment", where, kind, comment)
        yield odd("no-space", where, kind, set_fields((0xfa0, 0xfa0, "Q", 0)))
        yield odd("cpus", where, kind, processors_unknown)
    for where, kind in ((X64, 6), (X64, 5), (X86, 2), (X64_7, 2), (X64, 8), (X64, 10), (X86PAE, 5),
                        (ARM64, 6), (X64, 9)):
        for value in (0, FILL32, 1):
            yield odd(f"said-{value:x}", where, kind, no_type(value))
    for where in (X64, X86, X86PAE, ARM64):
        for value in (0, 1, FILL32):
            yield odd(f"pages-{value:x}", where, 1, pages_not_counted(value))
        yield runs_backwards(where)
    for where in (X64, LA57, X64_7, X86, X86PAE, ARM64):
        kind = 2 if where[1] < 9200 else 6
        for word in GARBAGE:
            yield odd(f"block-{word}", where, kind, block_elsewhere(word))
        yield odd("nothing-told", where, kind, nothing_told)
        yield odd("lists-not-told", where, kind, lists_not_told)
    for where in (X64, LA57, ("x64", 9600, "x64"), ("x64", 26100, "x64")):
        for word in GARBAGE:
            yield odd(f"encoded-{word}", where, 1, block_elsewhere(word), block="encoded")
        yield odd("encoded-nothing-told", where, 6, nothing_told, block="encoded")
        yield odd("encoded-lists-not-told", where, 6, lists_not_told, block="encoded")
        yield odd("encoded-modules-not-told", where, 6, modules_not_told, block="encoded")
    # The two numbers of a bitmap, one for the other; a mark of the wider header.
    for where, kind in ((X64, 6), (ARM64, 5), (X86PAE, 6)):
        yield odd("swapped", where, kind, patch=swap_counts)
        yield odd("no-pages", where, kind, patch=patch_body(0x28, "Q", 0))
        yield odd("du64", where, kind, patch=patch_body(4, "4s", b"DU64"))
    for where in (X86, X64_7):
        yield odd("no-pages", where, 2, patch=patch_body(0x14, "I", 0))
        yield odd("no-bits", where, 2, patch=patch_body(0x10, "I", 0))


def swap_counts(f, written, _):
    f.seek(written.size + 0x28)
    pages, bits = struct.unpack("<QQ", f.read(16))
    f.seek(written.size + 0x28)
    f.write(struct.pack("<QQ", bits, pages))


ODD = list(odd_dumps())
