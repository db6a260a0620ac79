// A record from nothing with the keyboard alone. Needs chromium, chromedriver and the built program; without them it says so
// and tries nothing.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { HERE, PROGRAM, browse, lacks, serve } from "./driver.mjs";

const RECORD = "V-0056-2025.toml";
const ANNEX = "V-0056-2025-Anlage-A.pdf";
const [TAB, ENTER, SPACE, DOWN] = ["\uE004", "\uE007", " ", "\uE015"];
/** More than any page has places to go to. */
const MANY = 400;

/** What is filled in on a page, by the names of the controls. */
const FILLED = `const filled = {};
  for (const control of document.querySelectorAll("#vorlage-formular :is(input, textarea, select)")) {
    const counts = !["radio", "checkbox"].includes(control.type) || control.checked;
    if (control.name.startsWith("/") && control.value && counts) filled[control.name] = control.value;
  }
  return filled;`;
/** Where the focus is. */
const FOCUS = `const at = document.activeElement;
  return { tag: at.localName, type: at.type, name: at.name, value: at.value, text: at.textContent.trim() };`;

/** Goes on with Tab until the focus is where it is wanted. */
async function goTo(browser, wanted) {
  for (let steps = 0; steps < MANY; steps += 1) {
    await browser.press(TAB);
    const at = await browser.run(FOCUS);
    if (wanted(at)) return at;
  }
  throw new Error(`not reached: ${wanted}`);
}

/** Gives the control that has the focus its value. */
async function fill(browser, at, value) {
  if (at.type === "radio") {
    if (at.value === value) await browser.press(SPACE);
    for (let steps = 0; steps < MANY; steps += 1) {
      const { value: now } = await browser.run(FOCUS);
      if (now === value) return;
      await browser.press(DOWN);
    }
    throw new Error(`${at.name} has no ${value}`);
  }
  await browser.run("document.activeElement.select()");
  await browser.write(value);
}

/** Works in an empty folder that goes again. */
async function inFolder(work) {
  const folder = mkdtempSync(join(tmpdir(), "anlage-"));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Works on a page of a project that is served. */
async function on(folder, page, work) {
  const served = await serve(PROGRAM, folder);
  const browser = await browse();
  try {
    await browser.go(served.address);
    await browser.go(`${served.origin}${page}`);
    await work(browser);
  } finally {
    await browser.end();
    served.end();
  }
}

function rendered(folder) {
  const run = spawnSync(PROGRAM, ["render", "--force"], { cwd: folder, encoding: "utf8" });
  assert.equal(run.status, 0, run.stderr);
  return readFileSync(join(folder, "out/anlagen", ANNEX));
}

test("a record is written from nothing with the keyboard alone", { skip: lacks() }, async () => {
  await inFolder(async (seed) => {
    cpSync(join(HERE, "examples/migrationsleitbild"), seed, { recursive: true });
    writeFileSync(join(seed, "anlage.toml"), "");
    let wanted;
    await on(seed, `/vorlage?datei=${RECORD}`, async (browser) => (wanted = await browser.run(FILLED)));
    assert.ok(Object.keys(wanted).length > 20, "the form shows what is filled in");
    await inFolder(async (folder) => {
      writeFileSync(join(folder, "anlage.toml"), "");
      await on(folder, "/", async (browser) => {
        await goTo(browser, ({ text }) => text === "Neue Vorlage");
        await browser.press(ENTER);
        await browser.until("return document.querySelector('#nummer')");
        await goTo(browser, ({ name }) => name === "nummer");
        await browser.write(wanted["/vorlage/nummer"]);
        await goTo(browser, ({ text }) => text === "Anlegen");
        await browser.press(ENTER);
        await browser.until("return document.querySelector('#vorlage-formular')");
        const there = await browser.run("return [...document.querySelectorAll('[name]')].map(({ name }) => name)");
        const lists = ["/vorlage/beratung", "/anlage/A/finanzierung"].filter((list) => !there.some((name) => name.startsWith(`${list}/0/`)));
        for (const list of lists) {
          await goTo(browser, ({ value }) => value === `dazu:${list}`);
          await browser.press(ENTER);
          await browser.until(`return document.querySelector('[name^="${list}/0/"]')`);
        }
        const open = { ...wanted };
        for (let steps = 0; steps < MANY && Object.keys(open).length; steps += 1) {
          await browser.press(TAB);
          const at = await browser.run(FOCUS);
          if (!(at.name in open)) continue;
          await fill(browser, at, open[at.name]);
          delete open[at.name];
        }
        assert.deepEqual(open, {}, "all controls are reached");
        await goTo(browser, ({ value }) => value === "speichern");
        await browser.press(ENTER);
        await browser.until("return document.querySelector('.meldung')?.textContent.includes('Gespeichert')");
        assert.deepEqual(await browser.run(FILLED), wanted);
      });
      assert.deepEqual(rendered(folder), rendered(seed));
    });
  });
});

test("one record in two windows and on the disk at once", { skip: lacks() }, async () => {
  await inFolder(async (folder) => {
    cpSync(join(HERE, "examples/migrationsleitbild"), folder, { recursive: true });
    const page = `/vorlage?datei=${RECORD}`;
    const file = join(folder, RECORD);
    const [office, subject, aims] = ["amt", "betreff", "ziele"].map((name) => `[name$="/${name}"]`);
    const save = async (browser) => {
      await browser.run("document.querySelector('.meldung')?.remove()");
      await browser.click("button[value=speichern]");
      return browser.until("return document.querySelector('.meldung')?.textContent");
    };
    const type = async (browser, css, text) => {
      await browser.run(`const field = document.querySelector('${css}'); field.focus(); field.select()`);
      await browser.write(text);
    };
    await on(folder, page, async (browser) => {
      const one = await browser.own();
      const address = await browser.run("return location.href");
      const other = await browser.window();
      await browser.go(address);
      await browser.turn(one);
      await type(browser, office, "Amt für Zuwanderung");
      assert.match(await save(browser), /^Gespeichert\./);
      const text = readFileSync(file, "utf8");
      writeFileSync(file, text.replace(/^betreff.*$/m, 'betreff     = "Migrationsleitbild 2025"'));
      await browser.turn(other);
      await type(browser, aims, "Münster wird weltoffen.");
      assert.match(await save(browser), /beide Änderungen/);
      const merged = readFileSync(file, "utf8");
      for (const part of ["Amt für Zuwanderung", "Migrationsleitbild 2025", "Münster wird weltoffen."]) assert.ok(merged.includes(part), part);
      // Both change the same field: nothing is written before somebody has decided.
      await browser.turn(one);
      await browser.go(address);
      await type(browser, subject, "Leitbild, im einen Fenster");
      await browser.turn(other);
      await type(browser, subject, "Leitbild, im anderen Fenster");
      assert.match(await save(browser), /^Gespeichert\./);
      await browser.turn(one);
      assert.match(await save(browser), /Noch nicht gespeichert/);
      assert.ok((await browser.run("return document.body.textContent")).includes("Leitbild, im anderen Fenster"));
      assert.ok(readFileSync(file, "utf8").includes("im anderen Fenster"));
      assert.match(await save(browser), /^Gespeichert\./);
      assert.ok(readFileSync(file, "utf8").includes("im einen Fenster"));
    });
  });
});
