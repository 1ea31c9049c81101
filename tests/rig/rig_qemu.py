# SPDX-License-Identifier: MIT
"""Runs a guest until it halts and has QEMU write its memory as a Windows crash dump."""
import json
import os
import socket
import subprocess
import time

START_SECONDS, RUN_SECONDS = 20, 60


class Machine:
    """Files are named relative to `folder`: their names end up in the guest's memory, and so
    does the time, so that both are the same on every run."""

    def __init__(self, program, folder, kernel, memory, address):
        self.folder = folder
        self.process = subprocess.Popen(
            [program, "-m", "16", "-accel", "tcg", "-display", "none", "-serial", "none",
             "-nodefaults", "-no-reboot", "-rtc", "base=2009-04-11,clock=vm",
             "-kernel", kernel, "-device", "vmcoreinfo",
             "-device", f"loader,file={memory},addr={address:#x},force-raw=on",
             "-qmp", "unix:qmp,server=on,wait=off"],
            cwd=folder, stderr=subprocess.PIPE)
        try:
            self.monitor = self._connect(os.path.join(folder, "qmp"))
            self.monitor.readline()  # greeting
            self.execute("qmp_capabilities")
        except BaseException:
            self.close()
            raise

    def _connect(self, path):
        end = time.monotonic() + START_SECONDS
        while True:
            s = socket.socket(socket.AF_UNIX)
            try:
                s.connect(path)
                return s.makefile("rw", encoding="utf-8")
            except OSError:
                s.close()
                if time.monotonic() > end or self.process.poll() is not None:
                    raise RuntimeError("QEMU did not start") from None
                time.sleep(0.05)

    def execute(self, command, **arguments):
        self.monitor.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        self.monitor.flush()
        while True:
            answer = json.loads(self.monitor.readline())
            if "error" in answer:
                raise RuntimeError(f"{command}: {answer['error']['desc']}")
            if "return" in answer:
                return answer["return"]

    def wait_until_halted(self):
        end = time.monotonic() + RUN_SECONDS
        while "HLT=1" not in self.execute("human-monitor-command",
                                          **{"command-line": "info registers"}):
            if time.monotonic() > end:
                raise RuntimeError("the guest does not come to its stop")
            time.sleep(0.05)

    def write_dump(self, name):
        path = os.path.abspath(os.path.join(self.folder, name))
        self.execute("dump-guest-memory", paging=False, protocol="file:" + path,
                     format="win-dmp")

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stderr.close()
