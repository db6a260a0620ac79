// Several people at one project: signing in with the keyboard, who has a record open, what somebody who only reads is shown.
// Needs what access.test.mjs needs.

import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { AXE, HERE, PROGRAM, browse, lacks, serve } from "./driver.mjs";

const skip = lacks(AXE);
const RECORD = "/vorlage?datei=vorlagen/V-0201-2025.toml";
const PASSWORD = "Ein langes Passwort";
const ENTER = "\uE007";
const TAB = "\uE004";

async function signIn(browser, name, password) {
  await browser.write(name);
  await browser.press(TAB);
  await browser.write(password);
  await browser.press(ENTER);
}

test("people sign in, see each other, and read what they may not change", { skip }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "anlage-"));
  cpSync(join(HERE, "examples/ratssitzung"), folder, { recursive: true });
  const hash = spawnSync(PROGRAM, ["password"], { input: `${PASSWORD}\n` }).stdout.toString().trim();
  const people = [["Lea Lese", "lesen"], ["Sam Schreib", "schreiben"], ["Rita Rat", "sitzungsdienst"]];
  const lines = people.map(([name, role]) => `[[person]]\nname = "${name}"\nrolle = "${role}"\npasswort = "${hash}"\n`);
  writeFileSync(join(folder, "leute.toml"), lines.join(""));
  const served = await serve(PROGRAM, folder, "--people", "leute.toml");
  const browsers = [await browse(), await browse()];
  const [sam, other] = browsers;
  const axe = readFileSync(AXE, "utf8");
  const judge = async (browser, what) => {
    for (const colours of ["light", "dark"]) {
      await browser.colours(colours);
      const found = await browser.runAsync(`${axe}; const done = arguments[arguments.length - 1];
        axe.run(document, {}).then(({ violations }) => done(violations.map(({ id, nodes }) => [id, ...nodes.map(({ target }) => target.join(" "))])));`);
      assert.deepEqual(found, [], `${what}, ${colours}`);
    }
  };
  try {
    await sam.go(served.address);
    await judge(sam, "the page to sign in");
    assert.equal(await sam.run("return document.activeElement.id"), "name", "one types at once");
    await signIn(sam, "Sam Schreib", "falsch");
    await sam.until("return document.querySelector('[role=alert]')");
    await judge(sam, "a wrong password");
    assert.equal(await sam.run("return document.activeElement.id"), "passwort", "the name is there already");
    await sam.write(PASSWORD);
    await sam.press(ENTER);
    await sam.until("return document.querySelector('#vorlagen')");
    await judge(sam, "the overview");
    await sam.go(served.origin + RECORD);
    await sam.until("return document.querySelector('#ansicht-seiten img')?.complete");
    await other.go(served.address);
    await signIn(other, "Rita Rat", PASSWORD);
    await other.until("return document.querySelector('#vorlagen')");
    assert.match(await other.run("return document.querySelector('main').textContent"), /offen: Sam Schreib/);
    await other.go(served.origin + RECORD);
    await other.until("return document.querySelector('#auch').textContent === 'Diese Vorlage hat gerade auch Sam Schreib offen.'");
    await other.until("return document.querySelector('#ansicht-seiten img')?.complete");
    await judge(other, "a record with somebody else in it");
    // The first one learns of it with the next key, without a new page.
    assert.equal(await sam.run("return document.querySelector('#auch').textContent"), "");
    await sam.type("[name='/vorlage/betreff']", "x");
    await sam.until("return document.querySelector('#auch').textContent === 'Diese Vorlage hat gerade auch Rita Rat offen.'");
    // Who is signed out while typing is told so, and loses nothing: what was typed is kept after signing in elsewhere.
    const said = (text) => sam.until(`return document.querySelector('#ansicht-stand').textContent.includes(${JSON.stringify(text)})`);
    await sam.runAsync("fetch('/abmelden', { method: 'POST' }).then(arguments[arguments.length - 1].bind(null, 0))");
    await sam.type("[name='/vorlage/betreff']", "y");
    await said("Sie sind nicht mehr angemeldet.");
    const back = new URLSearchParams({ name: "Sam Schreib", passwort: PASSWORD });
    await sam.runAsync(`fetch('/anmelden', { method: 'POST', body: new URLSearchParams('${back}') }).then(arguments[arguments.length - 1].bind(null, 0))`);
    await said("Ihre Änderungen sind gesichert");
    await other.click(".angemeldet button");
    await other.until("return document.querySelector('#passwort')");
    await signIn(other, "Lea Lese", PASSWORD);
    await other.until("return document.querySelector('#vorlagen')");
    for (const path of [RECORD, "/sitzung?datei=sitzung.toml", "/neu"]) {
      await other.go(served.origin + path);
      assert.match(await other.run("return document.querySelector('main').textContent"), /Sie können hier lesen/);
      const open = "return document.querySelectorAll('main :is(input, textarea, select, button):enabled').length";
      assert.equal(await other.run(open), 0, path);
      await judge(other, `${path}, to read`);
    }
    // The pages stand beside the record to read, too; a click on one leads to the field.
    await other.go(served.origin + RECORD);
    await other.until("return document.querySelector('#ansicht-seiten img')?.complete");
    await judge(other, "the pages of a record to read");
    await other.until(`const sheet = document.querySelector(".seite").getBoundingClientRect();
      const at = { clientX: sheet.left + sheet.width / 2, clientY: sheet.top + sheet.height / 2, bubbles: true };
      document.querySelector(".seite").dispatchEvent(new MouseEvent("click", at));
      return document.querySelector(".stelle")`);
    assert.equal(await other.run("return document.querySelectorAll('.tagesordnung [draggable=true]').length"), 0);
  } finally {
    await Promise.all(browsers.map((browser) => browser.end()));
    served.end();
    rmSync(folder, { recursive: true });
  }
});
