#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Small archives of every kind that Python can write, as seeds of fuzz_archive.

usage: make_archives.py FOLDER
"""
import bz2
import gzip
import io
import lzma
import os
import sys
import tarfile
import zipfile

FILES = [("a.dmp", b"PAGEDU64" + bytes(100)), ("folder/b.txt", b"hello " * 20)]


def make_zip(files, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as z:
        for name, data in files:
            z.writestr(zipfile.ZipInfo(name), data, method)
    return out.getvalue()


def make_tar():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as t:
        for name, data in FILES:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            t.addfile(info, io.BytesIO(data))
    return out.getvalue()


def main():
    plain, tar = FILES[0][1], make_tar()
    seeds = {
        "zip": make_zip(FILES),
        "zip-stored": make_zip(FILES, zipfile.ZIP_STORED),
        "zip-zip": make_zip([("inner.zip", make_zip(FILES)), ("c.gz", gzip.compress(plain, mtime=0))]),
        "tar": tar,
        "tar.gz": gzip.compress(tar, mtime=0),
        "tar.xz": lzma.compress(tar),
        "xz": lzma.compress(plain),
        "lzma": lzma.compress(plain, lzma.FORMAT_ALONE),
        "bz2": bz2.compress(plain),
        "gz.gz": gzip.compress(gzip.compress(plain, mtime=0), mtime=0),
    }
    for name, data in seeds.items():
        with open(os.path.join(sys.argv[1], name), "wb") as f:
            f.write(data)


main()
