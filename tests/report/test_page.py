#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The HTML report of a scan of 500 dumps, in a real browser.

usage: BUGTRIAGE=program MKDUMP=program [PICTURES=folder] test_page.py

PICTURES gets what the page looks like on a phone, on a desk, in the dark and on paper.
"""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

from browser import Page, find_browser

HERE = os.path.dirname(os.path.abspath(__file__))
MAKE_FLEET = os.path.join(HERE, "..", "fleet", "make_fleet.py")
SKIPPED = 77
PHONE, DESK = (390, 844), (1280, 900)
HOSTILE = '"><img src=x onerror=alert(1)><script>boom()<!--.dmp'

# The contrast of each text with what is behind it, by WCAG 2: [least ratio, where].
CONTRAST = """(() => {
  const rgb = s => (s.match(/[\\d.]+/g) || []).map(Number);
  const light = c => { const [r, g, b] = c.map(v => { v /= 255;
    return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; });
    return .2126 * r + .7152 * g + .0722 * b; };
  let worst = [99, ""];
  for (const e of document.querySelectorAll("body *")) {
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
    if (!e.getClientRects().length || e.closest("script,style,.skip")) continue;
    let b = e, back = [255, 255, 255, 0];
    for (; b; b = b.parentElement) { const c = rgb(getComputedStyle(b).backgroundColor);
      if (c.length === 3 || c[3] === 1) { back = c; break; } }
    const x = light(rgb(getComputedStyle(e).color).slice(0, 3)), y = light(back.slice(0, 3));
    const ratio = (Math.max(x, y) + .05) / (Math.min(x, y) + .05);
    if (ratio < worst[0]) worst = [ratio, e.tagName + "." + e.className + " " + e.textContent.slice(0, 40)];
  }
  return worst; })()"""

VISIBLE = "[...document.querySelectorAll('#dumps-table tbody tr')].filter(r => !r.hidden)"


def visible(of):
    return f"{VISIBLE}.map(r => {of})"


class ReportPage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="bugtriage-page-")
        dumps = os.path.join(cls.folder, "dumps")
        subprocess.run([sys.executable, MAKE_FLEET, "--mixed", os.environ["MKDUMP"], dumps, "499"],
                       check=True)
        first = os.path.join(dumps, "pc-000", sorted(os.listdir(os.path.join(dumps, "pc-000")))[0])
        shutil.copy(first, os.path.join(dumps, "pc-000", HOSTILE))
        cls.report = os.path.join(cls.folder, "report.html")
        subprocess.run([os.environ["BUGTRIAGE"], "-q", "--exit-zero", "--format", "html",
                        "--machine-folder", "1", "-o", cls.report, "dumps"], check=True, cwd=cls.folder,
                       stderr=subprocess.DEVNULL)
        cls.page = Page(find_browser())
        cls.pictures = os.environ.get("PICTURES")

    @classmethod
    def tearDownClass(cls):
        cls.page.close()
        shutil.rmtree(cls.folder)

    def open(self, size=DESK):
        self.page.emulate()
        self.page.open(self.report, *size)
        return self.page

    def picture(self, name, whole=True):
        path = os.path.join(self.pictures or self.folder, name + ".png")
        self.page.picture(path, whole)
        self.assertGreater(os.path.getsize(path), 20000)

    def test_page_is_whole_and_silent(self):
        page = self.open()
        self.assertGreater(page.run("document.querySelectorAll('section.problem').length"), 5)
        rows = page.run("document.querySelectorAll('#dumps-table tbody tr').length")
        self.assertGreater(rows, 480)
        page.run("new Promise(done => setTimeout(done, 300))")
        self.assertEqual(page.complaints(), [])
        asked = [u for u in page.requests() if not u.startswith("data:")]
        self.assertEqual(asked, ["file://" + self.report])

    def test_text_of_a_dump_stays_text(self):
        page = self.open()
        self.assertTrue(page.run(f"document.body.textContent.includes({HOSTILE!r})"))
        self.assertEqual(page.run("document.querySelectorAll('img, table script').length"), 0)
        self.assertEqual(page.complaints(), [])

    def test_nothing_is_wider_than_the_screen(self):
        for name, size in (("phone", PHONE), ("desk", DESK)):
            with self.subTest(name):
                page = self.open(size)
                self.assertLessEqual(page.run("document.documentElement.scrollWidth"), size[0])
                wide = page.run(
                    "[...document.querySelectorAll('body *')].filter(e => e.getClientRects().length"
                    " && !e.closest('.scroll, .skip') && e.getBoundingClientRect().right > "
                    "innerWidth + 1).map(e => e.tagName + '.' + e.className).slice(0, 5)")
                self.assertEqual(wide, [])
                if name == "phone":  # cards: nothing is cut off, nothing has to be moved
                    self.assertEqual(page.run(
                        "[...document.querySelectorAll('.scroll')].filter(s => s.scrollWidth > "
                        "s.clientWidth).length"), 0)
                self.picture(name)
                self.picture(name + "-top", whole=False)

    def test_machine_with_a_wrong_clock_does_not_flatten_the_chart(self):
        page = self.open()
        self.assertGreater(page.run("document.querySelectorAll('svg.time rect').length"), 30)
        self.assertIn("years apart", page.run(
            "document.querySelector('#time').parentElement.textContent"))

    def test_table_sorts_by_each_column_both_ways(self):
        page = self.open()
        columns = page.run("document.querySelectorAll('#dumps-table thead th').length")
        for column in range(columns):
            keys = (f"[...document.querySelectorAll('#dumps-table tbody tr')].map(r => "
                    f"r.cells[{column}].dataset.value ?? r.cells[{column}].textContent"
                    ".toLowerCase())")
            for direction in ("ascending", "descending"):
                with self.subTest(column=column, direction=direction):
                    page.run(f"document.querySelectorAll('#dumps-table th button')[{column}]"
                             ".click()")
                    self.assertEqual(page.run(
                        "[...document.querySelectorAll('#dumps-table th')].map(h => "
                        f"h.getAttribute('aria-sort'))[{column}]"), direction)
                    found = [k for k in page.run(keys) if k]
                    self.assertEqual(found, sorted(found, reverse=direction == "descending"))
        self.assertEqual(page.complaints(), [])

    def type_in(self, text):
        self.page.run("(() => { const s = document.getElementById('search'); s.value = "
                      f"{text!r}; s.dispatchEvent(new Event('input')); }})()")

    def choose(self, name, value):
        self.page.run(f"(() => {{ const s = document.getElementById('{name}'); s.value = "
                      f"{value!r}; s.dispatchEvent(new Event('change')); }})()")

    def test_table_is_filtered_by_words_status_and_problem(self):
        page = self.open()
        every = page.run(visible("1") + ".length")
        self.type_in("netvend PC-00")
        texts = page.run(visible("r.textContent.toLowerCase()"))
        self.assertTrue(0 < len(texts) < every)
        self.assertTrue(all("netvend" in t and "pc-00" in t for t in texts))
        self.assertIn(f"{len(texts)} of {every}", page.run(
            "document.getElementById('shown').textContent"))
        page.run("document.getElementById('reset').click()")
        self.assertEqual(page.run(visible("1") + ".length"), every)
        self.choose("status-filter", "unreadable")
        states = page.run(visible("r.dataset.status"))
        self.assertTrue(0 < len(states) < every)
        self.assertEqual(set(states), {"unreadable"})
        self.choose("status-filter", "")
        link = page.run("document.querySelector('section.problem a[data-problem]').dataset.problem")
        page.run("document.querySelector('section.problem a[data-problem]').click()")
        self.assertEqual(set(page.run(visible("r.dataset.problem"))), {link})
        self.type_in("no such word")
        self.assertEqual(page.run(visible("1") + ".length"), 0)

    def test_problem_has_its_evidence_and_links_lead_somewhere(self):
        page = self.open()
        self.assertGreater(page.run(
            "document.querySelector('section.problem').querySelectorAll('ul.evidence li').length"), 2)
        dead = page.run("[...document.querySelectorAll('a[href^=\"#\"]')].filter(a => "
                        "!document.getElementById(a.getAttribute('href').slice(1))).length")
        self.assertEqual(dead, 0)
        ids = page.run("[...document.querySelectorAll('[id]')].map(e => e.id)")
        self.assertEqual(len(ids), len(set(ids)))

    def test_everything_can_be_done_with_the_keyboard(self):
        page = self.open()
        page.press("Tab")
        self.assertEqual(page.run("document.activeElement.className"), "skip")
        self.assertGreater(page.run("document.activeElement.getBoundingClientRect().left"), 0)
        page.run("document.getElementById('reset').focus()")
        for _ in range(40):
            page.press("Tab")
            if page.run("document.activeElement.matches('#dumps-table th button')"):
                break
        self.assertTrue(page.run("document.activeElement.matches('#dumps-table th button')"))
        self.assertNotEqual(page.run("getComputedStyle(document.activeElement).outlineStyle"), "none")
        page.press("Enter", "\r")
        self.assertEqual(page.run("document.activeElement.closest('th').getAttribute('aria-sort')"),
                         "ascending")

    def test_names_for_those_who_do_not_see(self):
        page = self.open()
        nameless = page.run("""
            [...document.querySelectorAll('input, select, button')].filter(e => !(e.labels &&
              e.labels.length) && !e.textContent.trim() && !e.getAttribute('aria-label')).length +
            [...document.querySelectorAll('svg')].filter(s => s.getAttribute('aria-hidden') !==
              'true' && !(s.getAttribute('role') === 'img' && (s.getAttribute('aria-label') ||
              s.getAttribute('aria-labelledby') || s.querySelector('title')))).length""")
        self.assertEqual(nameless, 0)
        levels = page.run("[...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])")
        self.assertEqual(levels[0], 1)
        self.assertEqual(levels.count(1), 1)
        self.assertTrue(all(b - a <= 1 for a, b in zip(levels, levels[1:])), levels)
        self.assertEqual(page.run("document.getElementById('shown').getAttribute('role') || "
                                  "document.getElementById('shown').getAttribute('aria-live')")
                         in ("status", "polite"), True)
        self.assertTrue(page.run("document.documentElement.lang"))

    def test_text_can_be_read_by_day_and_by_night(self):
        for scheme in ("light", "dark"):
            with self.subTest(scheme):
                page = self.open()
                page.emulate(prefers_color_scheme=scheme)
                ratio, where = page.run(CONTRAST)
                self.assertGreaterEqual(ratio, 4.5, where)
                back = page.run("getComputedStyle(document.body).backgroundColor")
                brightness = sum(map(int, back[4:-1].split(",")[:3]))
                self.assertEqual(brightness < 300, scheme == "dark", back)
                self.picture(scheme, whole=False)

    def test_paper_shows_no_controls_and_cuts_nothing(self):
        page = self.open()
        page.emulate(media="print")
        self.assertEqual(page.run("getComputedStyle(document.querySelector('.controls')).display"),
                         "none")
        self.assertEqual(page.run(
            "getComputedStyle(document.querySelector('#dumps-table').parentElement).overflowX"),
            "visible")
        page.emulate()
        pdf = page.print()
        self.assertTrue(pdf.startswith(b"%PDF"))
        if self.pictures:
            with open(os.path.join(self.pictures, "paper.pdf"), "wb") as f:
                f.write(pdf)

    def test_page_without_script_shows_everything(self):
        page = self.page
        page.call("Emulation.setScriptExecutionDisabled", value=True)
        try:
            self.open()
            self.assertEqual(page.run(
                "getComputedStyle(document.querySelector('.controls')).display"), "none")
            self.assertEqual(page.run("document.querySelectorAll('tr[hidden]').length"), 0)
        finally:
            page.call("Emulation.setScriptExecutionDisabled", value=False)


if __name__ == "__main__":
    if not find_browser():
        print("skipped: there is no Chromium here")
        sys.exit(SKIPPED)
    sys.exit(0 if unittest.main(exit=False, verbosity=1).result.wasSuccessful() else 1)
