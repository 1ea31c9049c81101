# SPDX-License-Identifier: MIT
"""Makes up article texts in the eight shapes that `kb import` reads, each with the facts that it
holds. Nothing in them is real but the stop codes: products are told by the names that a machine
has to recognise, prose is our own and says nothing."""
import random
from pathlib import Path

import yaml

SHAPES = ("classic", "classic_md", "htm", "flattened", "cells", "support_md", "mirror", "wiki")
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()

PRODUCTS = {
    "old": [("Microsoft Windows NT Server version 4.0", ["NT 4.0"]),
            ("Microsoft Windows NT Workstation version 4.0", ["NT 4.0"]),
            ("Microsoft Windows NT Server versions 3.51, 4.0", ["NT 4.0", "NT 3.51"]),
            ("Microsoft Windows NT Server version 4.0, Terminal Server Edition", ["NT 4.0 TSE"]),
            ("Microsoft Windows NT Server versions 4.0, 4.0 SP1, 4.0 SP4", ["NT 4.0"]),
            ("Microsoft Windows 2000 Professional", ["2000"]),
            ("Microsoft Windows 2000 Advanced Server", ["2000"])],
    "new": [("Microsoft Windows Server 2003, Enterprise x64 Edition", ["2003"]),
            ("Microsoft Windows Server 2003, Standard Edition (32-bit x86)", ["2003"]),
            ("Microsoft Windows XP Professional", ["XP"]),
            ("Windows Vista Ultimate", ["Vista"]),
            ("Windows Server 2008 Standard", ["2008"]),
            ("Windows Server 2008 R2 Enterprise", ["2008 R2"]),
            ("Windows 7 Enterprise", ["7"]), ("Windows 8.1 Pro", ["8.1"]),
            ("Windows Server 2012 R2 Datacenter", ["2012 R2"]), ("Windows Server 2012", ["2012"])]}
BRANCHES = {"old": ["4.0.1381", "5.0.2195"],
            "new": ["5.1.2600", "5.2.3790", "6.0.6002", "6.1.7601", "6.2.9200", "6.3.9600"]}
PLATFORMS = {"old": [("Intel", "x86"), ("x86", "x86"), ("Alpha", "alpha"), ("i386", "x86")],
             "new": [("x86", "x86"), ("x64", "x64"), ("IA-64", "ia64")]}
SUBJECTS = ("The print queue", "A backup program", "The second node", "A tape library", "The mirror",
            "A dial-in line", "The spooler", "One of four disks", "The console", "A licence dongle")
VERBS = ("waits for", "lets go of", "counts", "forgets", "asks twice for", "renames", "locks",
         "copies", "is late with")
OBJECTS = ("its buffer", "the third volume", "a page of the log", "the adapter", "a timer",
           "the quota of a user", "an empty folder", "the lease", "the answer")
# What looks like a fact and is none.
DECOYS = ("Event 1001 of that day is in the log.", "The service ends with error 0x80070005.",
          "The adapter sits at port 0x3F8, interrupt 5.", "Stop the service first, then start it.",
          "The page has 1,024 lines and 12 columns.", "See articles 123456 and 234567 as well.",
          "The trap door of the case was open.", "Address 10.20.30.40 answers, 10.0.0.1 does not.",
          "The machine stops responding 3 minutes later.", "It ran since 10/12/99, 4:15p.",
          "Release 2.1.0 of the program is not affected.", "Press STOP on the tool bar.",
          "The value is 0x00000001 (enabled).", "R&D has 3 of them; Q&A has 5.")


class Codes:
    """Stop codes and their names, as the knowledge has them."""

    def __init__(self, folder):
        self.names = {}
        for path in sorted(Path(folder).glob("*.yaml")):
            stop = yaml.safe_load(path.read_text(encoding="utf-8"))
            # The forms of text are about blue screens; 0 is none.
            if stop.get("name") and 0 < stop["code"] < 0x200:
                self.names[stop["code"]] = stop["name"]


class Article:
    def __init__(self, seed, codes):
        self.r = random.Random(seed)
        self.codes = codes
        self.shape = SHAPES[seed % len(SHAPES)]
        self.era = "old" if self.shape in ("classic", "classic_md") else "new"
        self.number = 100000 + seed
        self.id = ("Q" if self.era == "old" else "KB") + str(self.number)
        self.stops = []      # (code, parameters or None), in the order of the text
        self.drivers = []
        self.rows = []
        self.applies = []
        self.restart = self.replaces = None
        self.marked = self.r.random() < 0.3 and self.shape not in ("classic", "flattened", "htm")
        self.tables_lost = False
        self.title = ""
        self.body = self.make_body()
        self.text = self.lay_out()

    # --- Small things

    def some(self, p):
        return self.r.random() < p

    def mark(self, text):
        """Some characters as entities, as editors of pages leave them."""
        if not self.marked:
            return text
        out = []
        for c in text:
            if self.some(0.04) and c not in "\n\t|":
                named = {" ": "&nbsp;", "&": "&amp;", "(": "&lpar;", ",": "&comma;", "-": "&#8209;"}
                c = self.r.choice([f"&#{ord(c)};", f"&#x{ord(c):x};", f"&#X{ord(c):X};",
                                   named.get(c, c)])
            elif c == "&":
                c = "&amp;"
            out.append(c)
        return "".join(out)

    def sentence(self):
        return f"{self.r.choice(SUBJECTS)} {self.r.choice(VERBS)} {self.r.choice(OBJECTS)}."

    def prose(self, count=3):
        parts = [self.sentence() for _ in range(self.r.randint(1, count))]
        if self.some(0.5):
            parts.append(self.r.choice(DECOYS))
        self.r.shuffle(parts)
        return " ".join(parts)

    def file_name(self):
        stem = "".join(self.r.choice("bcdfghklmnprst") + self.r.choice("aeiou")
                       for _ in range(self.r.randint(1, 3)))
        stem += self.r.choice(["", "", str(self.r.randint(2, 64)), "_x", "-nt"])
        name = stem + self.r.choice([".sys"] * 6 + [".dll", ".exe", ".hal"])
        return self.r.choice([name, name.capitalize(), name.upper()])

    # --- A stop and its parameters

    def value(self):
        kind = self.r.random()
        if kind < 0.3:
            return self.r.randint(0, 0x40)
        if kind < 0.5:
            return self.r.choice([0xC0000005, 0xC0000022, 0x80000003, 0xC000009C])
        if kind < 0.9 or self.era == "old":
            # 0x0C0..... would be a status with a digit lost.
            return self.r.choice([0x80000000, 0xE0000000, 0xF0000000]) + self.r.randrange(1 << 28)
        return 0xFFFFF80000000000 + self.r.randrange(1 << 42)

    def plain_values(self):
        values = tuple(self.value() for _ in range(4))
        return values

    def parameters(self):
        """The list as text, and what it holds; None stands for a word."""
        values = self.plain_values()
        short = [f"0x{v:X}" for v in values]
        full = [f"0x{v:08X}" for v in values]
        bare = [f"{v:08x}" for v in values]
        form = self.r.randrange(13)
        if form == 0:
            return " (" + ", ".join(full) + ")", values
        if form == 1:
            return " (" + ",".join(full).lower() + ")", values
        if form == 2:
            return " (" + ", ".join(short) + ")", values
        if form == 3:
            return " (" + ", ".join(bare) + ")", values
        if form == 4:
            return " (" + " ".join(full) + ")", values
        if form == 5:
            return " " + " ".join(full), values
        if form == 6:
            return " " + " ".join(bare), values
        if form == 7:
            return " {" + ", ".join(short) + "}", values
        if form == 8:
            return " (" + "; ".join(full) + ")", values
        if form == 9 and self.shape != "cells":
            return f" ({full[0]}, {full[1]},\n   {full[2]}, {full[3]})", values
        if form == 10:
            word = self.r.choice(["parameter", "Parameter", "parameter "])
            listed = [f"{word}{i + 1}" for i in range(4)]
            return self.r.choice([" (", "("]) + ", ".join(listed) + ")", (None,) * 4
        if form == 11:
            known = self.r.randrange(4)
            listed = [short[i] if i == known else f"parameter{i + 1}" for i in range(4)]
            return (" (" + ", ".join(listed) + ")",
                    tuple(v if i == known else None for i, v in enumerate(values)))
        known = self.r.randrange(4)
        listed = [full[i] if i == known else "????????" for i in range(4)]
        return (" (" + ", ".join(listed) + ")",
                tuple(v if i == known else None for i, v in enumerate(values)))

    def announced(self, code):
        full, short, bare = f"0x{code:08X}", f"0x{code:X}", f"{code:08x}"
        return self.r.choice([
            f"STOP {full}", f"STOP {short}", f"STOP: {full}", f"Stop: {full.lower()}",
            f"STOP {bare}", f"STOP: {bare}", f"STOP Msg: {full}", f"STOP message {short}",
            f"STOP Message: {full}", f"STOP code {full}", f"STOP Screen {short}",
            f"stop error {full}", f"*** STOP: {full}", f"***STOP {full}",
            f"Fatal System Error: {full}", f"Bugcheck {short}", f"bugcheck {bare}",
            f"Bugcheck code {bare.upper()}", f"Stop error - #{full}", f"Stop\n   {full}",
            f"STOP 0x{code:02X}"])

    def mistyped(self, code):
        """A code with its digits wrong, and one way only to read it."""
        return self.r.choice([f"STOP 0x0{code:08x}", f"STOP 0x{code:07X}", f"STOP 0x{code:06X}",
                              f"STOP 0x0x{code:08X}"])

    def mention(self, code):
        name = self.codes.names[code]
        kind = self.r.random()
        if kind < 0.06:
            values = self.plain_values()
            self.add_stop(code, values)
            lines = "".join(f"Arg{i + 1}: {v:016x}, {self.sentence()}\n"
                            for i, v in enumerate(values))
            return f"{name} ({code:x})\n{self.sentence()}\nArguments:\n{lines}"
        if kind < 0.12 and self.era == "new":
            values = self.plain_values()
            self.add_stop(code, values)
            shown = " ".join(f"BCP{i + 1} : {v:08X}" for i, v in enumerate(values))
            return f"BCCode : {code:08X} {shown} OSVer : 5_2_3790 SP : 2_0 Product : 272_3"
        if kind < 0.18:
            values = self.plain_values()
            self.add_stop(code, values)
            shown = ", ".join(f"parameter{i + 1} {v:08x}" for i, v in enumerate(values))
            return f"Error code {code:08X}, {shown}."
        if kind < 0.24:
            values = self.plain_values()
            self.add_stop(code, values)
            return f"0x{code:08X} (" + ", ".join(f"0x{v:08X}" for v in values) + f") {name}"
        if kind < 0.30:
            self.add_stop(code, None)
            return self.mistyped(code)
        if kind < 0.36:
            self.add_stop(code, None)
            return f"STOP 0x{code:X} ({name})"
        text, values = self.parameters()
        self.add_stop(code, values)
        text = self.announced(code) + text
        return text + self.r.choice(["", f"\n{name}", f" {name}"])

    def enumeration(self, codes):
        """Codes one after the other, and no parameters."""
        for code in codes:
            self.add_stop(code, None)
        written = [self.r.choice([f"0x{c:X}", f"0x{c:08X}"]) for c in codes]
        if self.some(0.2):
            return f"Stop {'/'.join(written)} at any time."
        last = self.r.choice([" and ", ", and ", " or ", ", or "])
        return f"STOP {', '.join(written[:-1])}{last}{written[-1]} errors come."

    def add_stop(self, code, values):
        if values is not None:
            # As the draft writes it: a status of nine digits or seven is left out.
            values = tuple(None if v is not None and (v >> 20) == 0xC0 else v for v in values)
        for i, (known, listed) in enumerate(self.stops):
            if known == code and (values is None or listed == values):
                return
            if known == code and listed is None:
                self.stops[i] = (code, values)
                return
        self.stops.append((code, values))

    # --- Files

    def make_rows(self):
        """Rows of one fix: the same version on each platform, as vendors build them."""
        if self.some(0.35):
            return
        for _ in range(self.r.randint(1, 3)):
            name = self.file_name()
            version = f"{self.r.choice(BRANCHES[self.era])}.{self.r.randint(1, 40000)}"
            if self.shape in ("classic", "classic_md") and self.some(0.4):
                version = None
            platforms = self.r.sample(PLATFORMS[self.era], self.r.randint(1, 2))
            if len({ours for _, ours in platforms}) < len(platforms):
                platforms = platforms[:1]
            for written, ours in platforms:
                self.rows.append({
                    "name": name, "version": version, "written": written, "platform": ours,
                    "size": self.r.choice([self.r.randint(1000, 99999),
                                           self.r.randint(100000, 3000000)]),
                    "day": (self.r.randint(1995, 2014), self.r.randint(1, 12),
                            self.r.randint(1, 28)),
                    "clock": (self.r.randint(0, 23), self.r.randint(0, 59))})

    def date(self, row):
        year, month, day = row["day"]
        forms = [f"{day:02}-{MONTHS[month - 1]}-{year}", f"{day}-{MONTHS[month - 1]}-{year}"]
        if self.era == "old":
            forms += [f"{month:02}/{day:02}/{year % 100:02}", f"{month}/{day}/{year}",
                      f"{MONTHS[month - 1]}-{day:02}-{year}"]
        return self.r.choice(forms)

    def clock(self, row):
        hour, minute = row["clock"]
        twelve = f"{(hour + 11) % 12 + 1:02}:{minute:02}{'p' if hour >= 12 else 'a'}"
        if self.era == "old":
            return self.r.choice([twelve, twelve + "m", f"{hour:02}:{minute:02}"])
        return f"{hour:02}:{minute:02}"

    def table(self):
        if not self.rows:
            return ""
        if self.shape == "flattened":
            self.tables_lost = True
            return "Collapse this table"
        if self.shape == "htm":
            return self.joined_table()
        versions = all(row["version"] for row in self.rows)
        columns = ["date", "clock", "size", "name", "written"] + (["version"] if versions else [])
        if not versions:
            for row in self.rows:
                row["version"] = None
        if self.era == "old" or self.shape in ("support_md", "cells", "mirror"):
            self.r.shuffle(columns)
        if self.shape == "cells":
            # The first cell of a row is the name: that is how these pages have it.
            columns.remove("name")
            columns.insert(0, "name")
        lines = []
        headers = {"date": "Date", "clock": "Time", "size": "Size", "name": "File name",
                   "written": "Platform", "version": "Version"}
        lines.append([headers[c] for c in columns])
        for row in self.rows:
            cells = dict(row, date=self.date(row), clock=self.clock(row), size=f"{row['size']:,}")
            if self.era == "old" and self.some(0.3):
                cells["size"] = str(row["size"])
            lines.append([cells[c] for c in columns])
        if self.shape == "cells":
            return "\n\n".join(self.mark(cell) for line in lines for cell in line)
        if self.shape == "support_md":
            lines.insert(1, ["---"] * len(columns))
            return "\n".join("|" + "|".join(self.mark(c) for c in line) + "|" for line in lines)
        between = "\t" if self.shape in ("mirror", "wiki") else "   "
        texts = [between.join(self.mark(c) for c in line) for line in lines]
        if self.era == "old":
            texts.insert(1, "-" * 60)
        return "\n".join("   " + t for t in texts)

    def joined_table(self):
        lines = ["File nameFile versionFile sizeDateTimePlatform"]
        for row in self.rows:
            lines.append(f"{row['name']}{row['version']}{row['size']:,}{self.date(row)}"
                         f"{row['clock'][0]:02}:{row['clock'][1]:02}{row['written']}")
        for row in self.rows:
            if len(self.ways(row)) != 1:
                row["torn"] = True
        return "\n".join(lines)

    def ways(self, row):
        """The revisions that every row of the same file and branch allows."""
        same = [r for r in self.rows if r["name"].lower() == row["name"].lower() and
                r["version"].rpartition(".")[0] == row["version"].rpartition(".")[0]]
        ways = None
        for r in same:
            first, _, _ = f"{r['size']:,}".partition(",")
            digits = r["version"].rpartition(".")[2] + first
            found = set()
            for k in (1, 2, 3):
                revision, size = digits[:-k], digits[-k:]
                if revision and size[0] != "0" and (revision[0] != "0" or revision == "0") and \
                        int(revision) <= 0xFFFF:
                    found.add(int(revision))
            ways = found if ways is None else ways & found
        return ways

    # --- The article

    def make_body(self):
        """Sections: canonical heading and text. Facts are marked, prose is laid out around."""
        codes = self.r.sample(sorted(self.codes.names), self.r.choice([1, 1, 1, 2, 3]))
        self.make_rows()
        first = codes[0]
        listed = ""
        if len(codes) > 1 and self.some(0.3):
            listed = "STOP " + ", ".join(f"0x{c:X}" for c in codes[:-1]) + f" or 0x{codes[-1]:X}"
            for code in codes:
                self.add_stop(code, None)
        else:
            listed = f"STOP 0x{first:08X}"
            self.add_stop(first, None)
        self.title = f"{listed} when {self.sentence()[:-1].lower()}"
        symptoms = [self.prose()]
        if len(codes) > 1 and self.some(0.15):
            symptoms.append(self.mark(self.enumeration(codes)))
            codes = []
        for code in codes:
            symptoms += [self.mark(self.mention(code)), self.mark(self.prose(2))]
        if self.some(0.4):
            symptoms.append("The parameters may vary.")
        sections = [("Symptoms", "\n\n".join(symptoms))]
        cause = self.mark(self.prose())
        for _ in range(self.r.randint(0, 2)):
            name = self.file_name()
            self.name_file(name)
            cause += self.mark(f" {name} {self.r.choice(VERBS)} {self.r.choice(OBJECTS)}.")
        sections.append(("Cause", cause))
        sections.append(("Resolution", self.mark(self.prose())))
        if self.shape not in ("classic", "classic_md"):
            sections += self.install_sections()
        table = self.table()
        if table and self.shape in ("classic", "classic_md"):
            sections[-1] = ("Resolution", sections[-1][1] + "\n\n" + table)
        elif table:
            sections.append(("File information", self.prose(1) + "\n\n" + table))
        if not self.tables_lost:
            for row in self.rows:
                self.name_file(row["name"])
        sections.append(("Status", self.mark(self.prose(1))))
        return sections

    def install_sections(self):
        sections = []
        if self.some(0.6):
            sections.append(("Prerequisites", "The machine runs Service Pack 2."))
        if self.some(0.6):
            word, self.restart = self.r.choice([
                ("You must restart afterwards.", "yes"), ("You may have to restart.", "maybe"),
                ("You do not have to restart.", "no")])
            sections.append(("Restart requirement", word))
        if self.some(0.6):
            word, self.replaces = self.r.choice([
                ("It does not replace anything.", "nothing"),
                (f"It replaces {self.number + 700000}.", f"KB{self.number + 700000}")])
            sections.append(("Hotfix replacement information", word))
        return sections

    def name_file(self, name):
        if name.lower() not in (n.lower() for n in self.drivers):
            self.drivers.append(name)

    def products(self, count=3):
        chosen = self.r.sample(PRODUCTS[self.era], self.r.randint(1, count))
        for _, ours in chosen:
            for one in ours:
                if one not in self.applies:
                    self.applies.append(one)
        return [written for written, _ in chosen]

    def lay_out(self):
        text = getattr(self, "lay_out_" + self.shape)()
        if self.some(0.15):
            text = text.replace("\n", "\r\n")
        data = text.encode("utf-8")
        if self.shape == "classic" and self.some(0.1):
            data = data.replace(b"machine", b"mach\xadine\xae").replace(b" is ", b"\xa0is ")
        if self.some(0.05):
            data = b"\xef\xbb\xbf" + data
        return data

    def wrapped(self, text, indent=""):
        """Lines of prose near 80 columns; lines that are laid out already stay."""
        out = []
        for line in text.split("\n"):
            while len(line) > 80 and not line.startswith("   ") and " " in line[40:80]:
                at = line.rfind(" ", 40, 80)
                # No rule says where a number is broken, but no vendor broke a name.
                out.append(indent + line[:at])
                line = line[at + 1:]
            out.append(indent + line)
        return "\n".join(out)

    def lay_out_classic(self):
        rule = "=" * 70
        self.title = self.title[:64]
        out = [f"DOCUMENT:Q{self.number}  08-AUG-2001  [winnt]", f"TITLE   :{self.title}",
               "PRODUCT :Microsoft Windows NT", "PROD/VER:winnt:4.0", "OPER/SYS:", "KEYWORDS:kberrmsg",
               "", rule, "-" * 79, "The information in this article applies to:", ""]
        out += [f" - {p} " for p in self.products()] + ["-" * 79, ""]
        for heading, text in self.body:
            out += [heading.upper(), "=" * len(heading), "", self.wrapped(text), ""]
        out += ["Additional query words: madeup", "", rule, "Keywords          : kberrmsg ",
                "Technology        : kbWinNT400", "Version           : winnt:4.0",
                "Issue type        : kbprb ", "=" * 77, ""]
        return "\n".join(out)

    def lay_out_classic_md(self):
        out = ["---", "layout: page", f'title: "Q{self.number}: {self.title}"',
               f"permalink: /kb/{self.number // 1000}/Q{self.number}/", "---", "",
               f"## Q{self.number}: {self.mark(self.title)}", "",
               f"\tArticle: Q{self.number}", "\tProduct(s): Microsoft Windows NT",
               "\tVersion(s): winnt:4.0", "\tOperating System(s): ", "\tKeyword(s): kberrmsg",
               "\tLast Modified: 08-AUG-2001", "\t", "\t" + "-" * 79,
               "\tThe information in this article applies to:", "\t"]
        out += [f"\t - {p} " for p in self.products()] + ["\t" + "-" * 79, "\t"]
        for heading, text in self.body:
            out += [f"\t{heading.upper()}", "\t" + "=" * len(heading), "\t",
                    self.wrapped(text, "\t"), "\t"]
        return "\n".join(out) + "\n"

    def lay_out_htm(self):
        out = [f"{self.title} ({self.number})", "", "", "",
               "The information in this article applies to:", ""]
        out += [f"  \u2022 {p}" for p in self.products()] + [""]
        for heading, text in self.body:
            top = heading in ("Symptoms", "Cause", "Resolution", "Status")
            out += [heading.upper() if top else heading, "", text, ""]
        out += ["", "Modification Type:MinorLast Reviewed:6/2/2006",
                f"Keywords:kberrmsg kbQFE KB{self.number} kbAudITPRO"]
        return "\n".join(out) + "\n"

    def lay_out_flattened(self):
        out = f"Article ID: {self.number} - Last Review: December 8, 2009 - Revision: 1.0 {self.title}\n"
        out += "On This Page"
        for heading, text in self.body:
            top = heading in ("Symptoms", "Cause", "Resolution", "Status")
            out += (heading.upper() if top else heading) + text + " "
        return out + "APPLIES TO\n"

    def lay_out_cells(self):
        out = ["Sign in with Microsoft", "Choose an account", "", "Symptoms", ""]
        for i, (heading, text) in enumerate(self.body):
            out += ([heading, ""] if i else []) + [text, ""]
        if self.some(0.5):
            out += ["Applies to", ""] + [f"  \u2022 {p}" for p in self.products()]
        # The number stands nowhere in these pages.
        self.id, self.title = "TODO", ""
        return "\n".join(out) + "\n\u00d7\n"

    def lay_out_support_md(self):
        title = self.title
        out = ["---", f"title: {title}", "ms.date: 09/08/2020", "ms.prod: windows-server", "---",
               f"# {title}", "", "_Applies to:_ &nbsp; " + self.products(1)[0],
               f"_Original KB number:_ &nbsp; {self.number}", ""]
        for heading, text in self.body:
            out += [f"## {heading}", "", self.emphasized(text), ""]
        return "\n".join(out) + "\n"

    def emphasized(self, text):
        """Markdown of its own kind: quotes, notes, bold words."""
        lines = []
        for line in text.split("\n"):
            if line.startswith(("STOP", "Stop", "***")) and self.some(0.4):
                line = "> " + line
            lines.append(line)
        return "\n".join(lines) + self.r.choice(["", "\n\n> [!NOTE]\n> " + self.sentence()])

    def lay_out_mirror(self):
        out = ["Notice: a copy of a page that is gone.", "", self.title, "", "",
               "View products that this article applies to.", ""]
        for heading, text in self.body:
            out += [heading, "", text, "", "\u2191 Back to the top", "", ""]
        if self.some(0.3):
            out += [f"Keywords: KB{self.number}, kberrmsg, kbbug", "", "\u2191 Back to the top", ""]
        out += ["Article Info", f"Article ID : {self.number}", "Revision : 6", "Views : 261"]
        return "\n".join(out) + "\n"

    def lay_out_wiki(self):
        out = [f"Microsoft KB Archive/{self.number}", "", "From a wiki", "",
               f"Article ID: {self.number}", "", "Article Last Modified on 10/26/2006", "", "", "",
               "APPLIES TO", ""]
        out += [f"  \u2022 {p}" for p in self.products()] + ["", "", ""]
        for heading, text in self.body:
            top = heading in ("Symptoms", "Cause", "Resolution", "Status")
            out += [heading.upper() if top else heading, "", text, ""]
        self.title = ""
        return "\n".join(out) + "\n"

    # --- What a draft has to hold

    def facts(self):
        # Pages of one cell a line have no number: their drafts are named after the file.
        stops = sorted((code, None if values is None or not any(v is not None for v in values)
                        else values) for code, values in self.stops)
        rows = [] if self.tables_lost else [self.row_fact(row) for row in self.rows]
        return {"id": self.id, "title": self.title.strip(), "applies": sorted(self.applies),
                "stops": sorted(set(stops), key=repr),
                "drivers": sorted({d.lower() for d in self.drivers}),
                "rows": sorted(set(rows), key=repr), "restart": self.restart,
                "replaces": self.replaces}

    def row_fact(self, row):
        year, month, day = row["day"]
        torn = row.get("torn")
        return (row["name"].lower(), None if torn else row["version"], row["platform"],
                None if torn else row["size"],
                f"{year:04}-{month:02}-{day:02}T{row['clock'][0]:02}:{row['clock'][1]:02}Z")
