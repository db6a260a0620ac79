// Each page as axe-core judges it, in both colour schemes. Needs what form.test.mjs needs, and axe-core in `target/axe`:
// `npm install --prefix target/axe axe-core@4.14.1`.

import assert from "node:assert/strict";
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { AXE, HERE, PROGRAM, browse, lacks, serve } from "./driver.mjs";

const skip = lacks(AXE);
const RECORD = "/vorlage?datei=vorlagen/V-0201-2025.toml";

test("no page is wider than the window at 400 %", { skip }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "anlage-"));
  cpSync(join(HERE, "examples/ratssitzung"), folder, { recursive: true });
  const file = join(folder, "sitzung.toml");
  const session = readFileSync(file, "utf8");
  const served = await serve(PROGRAM, folder);
  const browser = await browse();
  const fits = async (what) => assert.equal(await browser.run("return document.documentElement.scrollWidth"), 320, what);
  try {
    await browser.go(served.address);
    await browser.width(320);
    const agenda = "/sitzung?datei=sitzung.toml";
    const parts = ["punkt=3", "neu=punkt", "weg=3", "teil=sitzung", "teil=verteiler", "teil=freigabe"];
    for (const path of ["/", "/neu", "/sitzung/neu", agenda, ...parts.map((part) => `${agenda}&${part}`)]) {
      await browser.go(served.origin + path);
      await browser.run("document.querySelectorAll('details').forEach((own) => { own.open = true; });");
      await fits(path);
    }
    // What was typed is shown again if somebody else changes the file, or breaks it.
    for (const other of [`${session}# anders\n`, session.replace("[sitzung]", "[sitzung")]) {
      writeFileSync(file, session);
      await browser.go(`${served.origin}${agenda}&punkt=2`);
      writeFileSync(file, other);
      await browser.click("button[value=speichern]");
      await browser.until("return document.querySelector('#problem')");
      await fits(other.slice(-40));
    }
  } finally {
    await browser.end();
    served.end();
    rmSync(folder, { recursive: true });
  }
});

test("axe-core finds nothing on any page, in light and dark", { skip }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "anlage-"));
  cpSync(join(HERE, "examples/ratssitzung"), folder, { recursive: true });
  const record = join(folder, "vorlagen/V-0201-2025.toml");
  const excepted = '$&ausnahmen = ["V101", "V506"]\nausnahmen_grund = "Steht im Plan."\n';
  writeFileSync(record, readFileSync(record, "utf8").replace("[anlage.A]\n", excepted));
  const blocks = '\n[[verteiler]]\nname = "Rat"\nfassung = "alles"\n\n[[verteiler]]\n\n[[freigabe]]\ntext = "x"\ngrund = ""\n';
  appendFileSync(join(folder, "sitzung.toml"), blocks);
  const served = await serve(PROGRAM, folder);
  const browser = await browse();
  const axe = readFileSync(AXE, "utf8");
  const judge = () =>
    browser.runAsync(`${axe}; const done = arguments[arguments.length - 1];
      axe.run(document, {}).then(({ violations }) => done(violations.map(({ id, nodes }) => [id, ...nodes.map(({ target }) => target.join(" "))])));`);
  const drawn = () => browser.until("return document.querySelector('#ansicht-seiten img')?.complete");
  try {
    await browser.go(served.address);
    for (const colours of ["light", "dark"]) {
      await browser.colours(colours);
      assert.equal(await browser.run("return matchMedia('(prefers-color-scheme: dark)').matches"), colours === "dark");
      const agenda = "/sitzung?datei=sitzung.toml";
      const items = ["punkt=3", "neu=punkt", "neu=ueberschrift", "weg=3"];
      const parts = [...items, "teil=sitzung", "teil=verteiler", "teil=freigabe"].map((part) => `${agenda}&${part}`);
      for (const path of ["/", "/neu", "/sitzung/neu", agenda, ...parts, "/gibt-es-nicht"]) {
        await browser.go(served.origin + path);
        await browser.run("document.querySelectorAll('details').forEach((own) => { own.open = true; });");
        assert.deepEqual(await judge(), [], `${path}, ${colours}`);
      }
      // What is said when something is not clear, not yet saved, or cannot be read any more.
      await browser.go(`${served.origin}${agenda}&punkt=3`);
      await browser.type("#vorlage-dazu", "Grundschule");
      await browser.click("button[value=speichern]");
      await browser.until("return document.querySelector('#problem')");
      assert.deepEqual(await judge(), [], `several proposals, ${colours}`);
      await browser.go(`${served.origin}${agenda}&teil=verteiler`);
      await browser.click("button[value='dazu:/verteiler']");
      await browser.until("return document.querySelector('[name=\"/verteiler/2/name\"]')");
      assert.deepEqual(await judge(), [], `a new recipient, ${colours}`);
      const session = readFileSync(join(folder, "sitzung.toml"), "utf8");
      writeFileSync(join(folder, "sitzung.toml"), session.replace("[sitzung]", "[sitzung"));
      await browser.click("button[value=speichern]");
      await browser.until("return document.querySelector('#problem')");
      assert.ok(await browser.run("return document.querySelector('dl.angaben')"), "what was typed");
      assert.deepEqual(await judge(), [], `a broken session, ${colours}`);
      writeFileSync(join(folder, "sitzung.toml"), session);
      await browser.go(served.origin + RECORD);
      await drawn();
      assert.deepEqual(await judge(), [], `a record, ${colours}`);
      await browser.run("[...document.querySelectorAll('.werkzeuge button')].find(({ textContent }) => textContent === 'Bild').click()");
      await browser.type("#bild-alt", "Plan\uE007");
      await browser.until("return document.querySelector('dialog [role=alert]').textContent");
      assert.deepEqual(await judge(), [], `the dialog of a picture, ${colours}`);
      await browser.press("\uE00C");
      await browser.run("[...document.querySelectorAll('.werkzeuge button')].find(({ textContent }) => textContent === 'Tabelle').click()");
      await browser.press("A");
      await browser.press("\uE00C");
      await browser.until("return document.querySelector('dialog [role=alert]').textContent");
      assert.deepEqual(await judge(), [], `the grid of a table, ${colours}`);
      await browser.click("dialog .knoepfe button:last-child");
      // With findings, all of them unfolded, and with what can be mended.
      await browser.run(`const set = (name, value) => { document.querySelector(\`[name="/vorlage/\${name}"]\`).value = value; };
        set("betreff", "Fortschreibung 2019-2024"); set("amt", ""); set("datum", "morgen");
        document.querySelector("button[value=pruefen]").click();`);
      await browser.until("return document.querySelector('button[value=beheben]')");
      await browser.click("button[value=beheben]");
      await browser.until("return document.querySelector('#aenderungen')");
      await drawn();
      await browser.run("document.querySelectorAll('details').forEach((own) => { own.open = true; });");
      assert.ok(await browser.run("return document.getElementById('ausnahmen')"), "with exceptions");
      assert.deepEqual(await judge(), [], `a record with findings, ${colours}`);
    }
  } finally {
    await browser.end();
    served.end();
    rmSync(folder, { recursive: true });
  }
});
