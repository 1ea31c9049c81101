# SPDX-License-Identifier: MIT
"""The dumps: eras, processors, layouts and ways of reaching pages put together, with the truth
about each."""
import struct

import images
from images import Function
from kernel import Machine
from writers import FORMATS, Dump

PATHS = {True: "\\SystemRoot\\system32\\", False: "\\WINNT\\System32\\"}


def kernel_functions(room):
    return [Function("KeBugCheckEx", 0x1000, 1, room),
            Function("KiBugCheckDispatch", 0x1100, 2, 0x40, style="v2"),
            Function("KiPageFault", 0x1180, 0, 0x158, style="trap"),
            Function("IopfCallDriver", 0x1200, 1, 0x30), Function("KiSwapThread", 0x1300, 0, 0x28),
            Function("PspSystemThreadStartup", 0x1400, 3, 0x50, exported=False)]


def third_party(tag, arch):
    return [Function(f"{tag}Init", 0x1000),
            Function(f"{tag}Dispatch", 0x1200, 2, 0x60, style="chained"),
            Function(f"{tag}Worker", 0x1300, 4, 0x110, exported=False,
                     style="full" if arch == "arm64" else "frame")]


def kernel_version(build):
    return {1381: "4.0.1381.133", 2195: "5.0.2195.6717", 2600: "5.1.2600.5512",
            3790: "5.2.3790.3959", 6000: "6.0.6000.16386", 6002: "6.0.6002.18005",
            7601: "6.1.7601.17514", 9200: "6.2.9200.16384", 9600: "6.3.9600.17031"}.get(
                build, f"10.0.{build}.1")


def build(arch, number, paging, seed, stop="d1", **options):
    """A machine with a kernel, its usual company and a driver that is to blame."""
    m = Machine(arch, number, paging, seed, **options)
    versions = options.get("versions", {})
    version, sys32 = kernel_version(number), PATHS[number > 2195]
    step = 0x40000
    version = versions.get("ntoskrnl.exe", version)
    nt = m.image("ntoskrnl.exe", m.nt, kernel_functions(0x20 if m.wide else 0x10), version=version,
                 company="Microsoft Corporation", description="NT Kernel & System",
                 product="Microsoft\u00ae Windows\u00ae Operating System", checksum=0x31415,
                 path=sys32 + "ntoskrnl.exe", pdb="ntkrnlmp.pdb" if number > 2195 else None,
                 stamp=0x49e00000 + number)
    m.image("hal.dll", m.nt + 0x400000, [Function("HalMakeBeep", 0x1000)], version=version,
            company="Microsoft Corporation", path=sys32 + "hal.dll", stamp=0x49e10000 + number)
    base = m.drivers
    m.image("Ntfs.sys", base, [Function("NtfsFsdRead", 0x1100)],
            version=versions.get("Ntfs.sys", version),
            company="Microsoft Corporation", pdb="ntfs.pdb", nb10=number <= 2195,
            stamp=0x49e20000 + number, checksum=0x27182)
    m.image("tcpip.sys", base + step, [Function("TcpSend", 0x1000)],
            version=versions.get("tcpip.sys", version),
            company="Microsoft Corporation", stamp=0x49e30000 + number)
    bad = m.image("fabdisk.sys", base + 2 * step, third_party("Fab", arch), version="3.7.11.2048",
                  company="Fabrikam, Inc.", description="Fabrikam disk \u2014 \u76d8",
                  product="Fabrikam Array", pdb="d:\\build\\fabdisk\\x\\fabdisk.pdb", age=3,
                  stamp=0x4b3a5c00, checksum=0xabcd)
    m.image("\u00fcber-long driver name with many characters.sys", base + 3 * step,
            [Function("X", 0x1000)], stamp=0x4c000001)
    for n in range(options.get("more_images", 0)):
        m.image(f"extra{n:03}.sys", base + (4 + n) * step, [Function("X", 0x1000)],
                version=f"1.0.{n}.0", company="Contoso", stamp=0x4d000000 + n)
    m.unloaded = [("gonedrv.sys", base + 0x2000000, base + 0x2009000),
                  ("dump_fabdisk.sys", base + 0x2100000, base + 0x2108000)]
    m.bad, m.kernel = bad, nt
    set_stop(m, stop)
    finish(m)
    return m


def set_stop(m, stop):
    ip = m.bad.address("FabDispatch", 0x1c)
    wide = 0xffffffff00000000 if m.wide else 0
    m.culprit = "fabdisk.sys"
    if stop == "d1":
        m.stop, m.parameters = 0xd1, [0x28, 2, 1, ip]
    elif stop == "50":
        m.stop, m.parameters = 0x50, [m.drivers + 0x7000000, 0, ip, 0]
    elif stop == "1e":
        m.stop, m.parameters = 0x1e, [wide | 0xc0000005, ip, 0, 0x10]
    elif stop == "e2":
        m.stop, m.parameters, m.culprit = 0xe2, [0, 0, 0, 0], None
    elif stop == "7e":  # the records are written once the stack is known
        m.stop, m.parameters = 0x7e, [wide | 0xc0000005, ip, 0, 0]
    elif stop == "24":
        m.stop, m.parameters, m.culprit = 0x24, [0x1904fb, 0, 0, 0], None
    elif stop == "7f":
        m.stop, m.parameters, m.culprit = 0x7f, [8, 0, 0, 0], None


def finish(m):
    """Lists, processes, stacks: in an order in which each knows the addresses that it needs."""
    nt, bad = m.kernel, m.bad
    by_name = {f.name: f for f in nt.functions + bad.functions}
    trap = ["KiPageFault"] if m.options.get("trap") else []
    calls = [(nt, by_name[n]) for n in ("KeBugCheckEx", "KiBugCheckDispatch", *trap)]
    calls += [(bad, by_name[n]) for n in ("FabDispatch", "FabWorker")]
    calls += [(nt, by_name[n]) for n in ("IopfCallDriver", "PspSystemThreadStartup")]
    idle = [(nt, by_name["KiSwapThread"]), (nt, by_name["PspSystemThreadStartup"])]
    m.calls = calls
    system_pid = {1381: 2, 2195: 8}.get(m.era.build, 4)
    name, m.pid, m.tid = m.options.get("process", ("storsvc.exe", 1716, 1884))
    if name == "System":
        m.pid = system_pid
    system = m.process("System", system_pid)
    m.process_va = m.process(name, m.pid, system_pid, 0x7ffdf000)
    others = [m.process("smss.exe", 300, system_pid, 0x7ffd9000)]
    at = m.nt + images.DATA
    m.link(at + 0x150, [va + m.era.f["links"] for va in (system, *others, m.process_va)])
    m.name = name
    crashed_on = m.options["crashed_on"]
    for n in range(m.options["cpus"]):
        low = m.stacks + n * 0x10000
        crashed = n == crashed_on
        context, inside = m.build_stack(calls if crashed else idle, low, low + 0x4000,
                                        (m.stop, *m.parameters) if crashed else ())
        if crashed:
            m.crash_context = write_records(m, context, inside[2], low + 0x3000)
        owner, pid, tid = (m.process_va, m.pid, m.tid) if crashed else (system, system_pid, 40 + 4 * n)
        thread = m.thread(owner, pid, tid, (low, low + 0x4000))
        m.processor(n, thread, context)
    m.build_list()
    m.build_unloaded()
    m.build_globals()


def write_records(m, context, inside, where):
    """An exception record and a context of the fault, for stops that point to them."""
    if m.stop != 0x7e:
        return context
    ip = m.parameters[1]
    if m.wide:
        record = struct.pack("<IIQQIIQQ", 0xc0000005, 0, 0, ip, 2, 0, 1, 0x10)
    else:
        record = struct.pack("<IIIIIII", 0xc0000005, 0, 0, ip, 2, 1, 0x10)
    m.write(where, record)
    m.write(where + 0x100, m.context(ip, *inside))
    m.parameters[2:] = [where, where + 0x100]
    m.fault = ip - m.bad.base  # the stack starts where the fault was
    return context


def truth(m, kind, **changes):
    """What has to be in the record. A value in a set may also be absent."""
    era = m.era
    out = {
        "format": FORMATS[kind], "architecture": m.arch, "status": "ok", "problem": None,
        "stop": {"raw": f"0x{m.stop:08x}", "parameters": [hex(p) for p in m.parameters]},
        "live": False, "culprit": m.culprit,
        "system": {"build": era.build, "processors": m.options["cpus"],
                   "product": {1: "workstation", 2: "domain controller", 3: "server"}[
                       m.options["product"]]},
        "process": {"name": m.name, "pid": m.pid}, "thread": m.tid,
        "processor": m.options["crashed_on"],
        "modules": [truth_of_image(i) for i in m.images],
        "unloaded": [{"name": n, "base": hex(s), "end": hex(e)}
                     for n, s, e in m.unloaded],
        "stack": m.truth_of_stack(m.calls),
    }
    if m.stop == 0x7e:
        out["stack"] = out["stack"][2:]
        out["stack"][0]["offset"] = hex(m.fault)
    if kind is None:
        del out["system"]["product"]
    else:
        out["time"], out["uptime"] = "2010-01-01T00:00:00Z", 93784
    out.update(changes)
    return out


def truth_of_image(image):
    return {"name": image.name, "base": hex(image.base), "size": image.size,
            "timestamp": f"0x{image.stamp:08x}", "checksum": f"0x{image.checksum:08x}",
            "version": image.version, "path": image.path, "debug_id": image.debug_id}
