#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every row of kbdata/windows/branches.tsv against every other: is a fix of the one on a machine with
a file of the other?

    servicing_rows.py PROGRAM [SOURCE_FOLDER]

Numbers are compared within a row and nowhere else. What is expected across rows follows from their
service packs and branches alone, as vendors serviced them, and not from the program: a file of an
earlier service pack has no later fix; one of a later service pack or of another branch tells
nothing, except that the hotfix branch holds what the general one lacks, and that 6.0.6003 came
after all of 6.0.6002. Where a fix installs on a service pack, a machine on the one before is told to
install that first. The tests are run by `kb test`.
"""
import subprocess
import sys
import tempfile
from pathlib import Path

PACKS = {"RTM": 0, "SP1": 1, "SP2": 2, "SP3": 3, "SP6a": 6}


def read_rows(root):
    rows = []
    for line in (root / "kbdata" / "windows" / "branches.tsv").read_text().splitlines()[1:]:
        if line and not line.startswith("#"):
            family, low, high, product, pack, branch = line.split("\t")[:6]
            rows.append({"family": family, "nt": family.rpartition(".")[0], "low": low, "high": high, "branch": branch,
                         "products": set(product.split(", ")), "pack": PACKS.get(pack)})
    return rows


def version(row, part):
    """The version a part of the way from the first of the row to the last."""
    prefix, _, low = row["low"].rpartition(".")
    high = int(row["high"].rpartition(".")[2])
    return f"{prefix}.{int(low) + int((high - int(low)) * part)}"


def expected(fix, found):
    """The fix status of a file of the row `found` where the row `fix` has the fix."""
    if "terminal server" in (fix["branch"], found["branch"]) or fix["nt"] != found["nt"]:
        return "unknown"
    if (fix["branch"], found["branch"]) == ("hotfix", "service pack"):
        return "needed"  # the hotfixes of NT 4.0 are all for its last service pack
    if not fix["products"] & found["products"] or None in (fix["pack"], found["pack"]):
        same = fix["family"] == found["family"] and fix["products"] & found["products"]
        general = same and (fix["branch"], found["branch"]) == ("LDR", "GDR")
        return "needed" if general else "unknown"
    if found["family"] == "6.0.6003" and fix["family"] == "6.0.6002":
        return "installed"
    if found["pack"] != fix["pack"]:
        return "needed" if found["pack"] < fix["pack"] else "unknown"
    if (fix["branch"], found["branch"]) == ("LDR", "GDR"):
        return "needed"
    return "needed" if fix["family"] == "6.0.6003" else "unknown"


def cases(rows):
    """Of each row: the version of the fix, and files with the status each must have."""
    for fix in rows:
        files = [(version(fix, 0), "needed"), (version(fix, 0.49), "needed"),
                 (version(fix, 0.5), "installed"), (version(fix, 1), "installed")]
        for found in rows:
            if found is not fix:
                files += [(version(found, part), expected(fix, found)) for part in (0, 1)]
        yield version(fix, 0.5), files


def pack_cases(rows):
    """Of each row with a service pack: systems that it is for, and what a machine with the one
    before has to do."""
    for row in rows:
        if not row["pack"]:
            continue
        name = "SP6a" if row["pack"] == 6 else f"SP{row['pack']}"
        before = "RTM" if row["pack"] == 1 else f"SP{row['pack'] - 1}"
        for product in sorted(row["products"]):
            # XP is 5.1; the one of 5.2 is the x64 edition, which began with SP1.
            arch = "x64" if product == "XP" and row["nt"] == "5.2" else "x86"
            if (product, before, arch) not in (("XP", "RTM", "x64"), ("2008", "RTM", "x86")):
                yield f"{product} {name} {arch}", f"{product} {before} {arch}", name, row


def pack_article(number, requires, system, name, row):
    fixed = version(row, 0.5)
    return (f"id: PACK-{number}\ntitle: fixed on {requires}\nstop: {{code: 0x24}}\n"
            f"applies: {requires}\nrule: {{needs: loaded(\"ntfs.sys\")}}\n"
            f"fix: {{kind: hotfix, requires: {requires}, files: [{{name: ntfs.sys, version: {fixed}}}]}}\n"
            f"tests:\n  - {{name: {system}, facts: {{stop: 0x24, os: {system}, suite: none, modules: "
            f"[ntfs.sys]}}, verdict: possible, fix: needed, note: install {name} first}}\n"
            f"  - {{name: {requires}, facts: {{stop: 0x24, os: {requires}, suite: none, modules: "
            f"{{ntfs.sys: {version(row, 0)}}}}}, verdict: possible, fix: needed}}\n"
            f"  - {{name: {requires} with it, facts: {{stop: 0x24, os: {requires}, suite: none, modules: "
            f"{{ntfs.sys: {fixed}}}}}, verdict: fixed, fix: installed}}\n")


def article(number, fixed, files):
    out = [f"id: ROW-{number}", f"title: fixed in {fixed}", "stop: {code: 0x24}",
           "rule: {needs: loaded(\"ntfs.sys\")}",
           f"fix: {{kind: hotfix, files: [{{name: ntfs.sys, version: {fixed}}}]}}", "tests:"]
    for found, status in files:
        verdict = "fixed" if status == "installed" else "possible"
        out.append(f"  - {{name: {fixed} and {found}, facts: {{stop: 0x24, modules: {{ntfs.sys: "
                   f"{found}}}}}, verdict: {verdict}, fix: {status}}}")
    return "\n".join(out) + "\n"


def main():
    root = Path(sys.argv[2] if len(sys.argv) > 2 else ".")
    rows = read_rows(root)
    with tempfile.TemporaryDirectory(prefix="bugtriage-rows-") as folder:
        for number, (fixed, files) in enumerate(cases(rows)):
            (Path(folder) / f"{number}.yaml").write_text(article(number, fixed, files))
        for number, case in enumerate(pack_cases(rows)):
            (Path(folder) / f"pack-{number}.yaml").write_text(pack_article(number, *case))
        result = subprocess.run([sys.argv[1], "kb", "test", folder], text=True, check=False,
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    lines = [line for line in result.stderr.splitlines() if " failed" in line or "error:" in line]
    print("\n".join(lines[:20] + lines[-1:]))
    return result.returncode


if __name__ == "__main__":
    sys.exit(main())
