// The page of a session in Chromium: sorted with keyboard and mouse, a packet made. See form.test.mjs for what it needs.

import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { HERE, PROGRAM, browse, lacks, serve } from "./driver.mjs";

const skip = lacks();
const [TAB, ENTER, DOWN] = ["\uE004", "\uE007", "\uE015"];
const example = (folder) => cpSync(join(HERE, "examples/ratssitzung"), folder, { recursive: true });

/**
 * Does work on the page of a session, which `prepare` lays into a folder. A page that says what is missing was no success, and
 * browsers note that, so only work that `refuses` may see one. Nothing is more than so many `steps` of the keyboard away.
 */
async function inSession(prepare, work, { refuses = false, steps = 200 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "anlage-"));
  prepare(folder);
  const served = await serve(PROGRAM, folder);
  const browser = await browse();
  const is = (css) => browser.run("return document.activeElement.matches(arguments[0])", css);
  const reach = async (css) => {
    for (let left = steps; left > 0 && !(await is(css)); left -= 1) await browser.press(TAB);
    assert.ok(await is(css), `no way to ${css}`);
  };
  const saved = (at) => browser.until(`return location.hash === '${at}' && document.readyState === 'complete'`);
  try {
    await browser.go(served.address);
    await browser.go(`${served.origin}/sitzung?datei=sitzung.toml`);
    await work({ browser, folder, origin: served.origin, is, reach, saved });
    const severe = (await browser.log()).filter(({ level, message }) => level === "SEVERE" && !(refuses && message.includes("422")));
    assert.deepEqual(severe, []);
  } finally {
    await browser.end();
    served.end();
    rmSync(folder, { recursive: true });
  }
}

test("an agenda is sorted with the keyboard and the mouse, and a packet made", { skip }, async () => {
  await inSession(example, async ({ browser, folder }) => {
    const titles = () => [...readFileSync(join(folder, "sitzung.toml"), "utf8").matchAll(/^titel\s*= "(.*)"/gm)].map(([, title]) => title);
    const before = titles();
    await browser.run("document.querySelector('button[value=\"runter:0\"]').focus()");
    await browser.press(ENTER);
    await browser.until("return location.hash === '#top-1'");
    assert.deepEqual(titles().slice(0, 2), [before[1], before[0]]);
    // The focus goes along, so that the next press moves the same item.
    await browser.until("return document.activeElement.value === 'runter:1'");
    await browser.press("\uE008", "\uE004");
    await browser.press(ENTER);
    await browser.until("return location.hash === '#top-0'");
    assert.deepEqual(titles(), before);
    await browser.run(`const [from, , to] = document.querySelectorAll(".tagesordnung > li");
      const dataTransfer = new DataTransfer();
      for (const [item, type] of [[from, "dragstart"], [to, "dragover"], [to, "drop"]])
        item.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));`);
    await browser.until("return location.hash === '#top-2'");
    assert.deepEqual(titles().slice(0, 3), [before[1], before[2], before[0]]);
    await browser.click("button[value=mappen]");
    await browser.until("return document.querySelector('a[download]')", 100);
    const kind = await browser.runAsync(
      "const done = arguments[0]; fetch(document.querySelector('a[download]').href).then((answer) => done(answer.headers.get('content-type')))",
    );
    assert.equal(kind, "application/pdf");
  });
});

test("who meets and who gets the papers is said with the keyboard alone", { skip }, async () => {
  const agenda = '\n[[top]]\nnummer = "1"\ntitel = "Fragen"\n';
  const start = `[sitzung]\ngremium = "Rat" # der ganze\ndatum = 2025-05-14\n${agenda}`;
  await inSession((folder) => writeFileSync(join(folder, "sitzung.toml"), start), async ({ browser, folder, is, reach, saved }) => {
    const file = join(folder, "sitzung.toml");
    const open = async (key) => {
      await reach(`a[href$="teil=${key}"]`);
      await browser.press(ENTER);
      await browser.until(`return location.search.endsWith('teil=${key}') && document.readyState === 'complete'`);
    };
    await open("sitzung");
    await reach('[name="/sitzung/beginn"]');
    await browser.write("17.15 Uhr");
    // Whoever presses Enter in a field saves.
    await browser.press(ENTER);
    await saved("#teil-sitzung");
    await open("verteiler");
    await reach('button[value="dazu:/verteiler"]');
    await browser.press(ENTER);
    await browser.until("return document.querySelector('[name=\"/verteiler/0/name\"]')");
    await reach('.meldung a[href="#/verteiler"]');
    await browser.press(ENTER);
    await reach('[name="/verteiler/0/name"]');
    await browser.write("Ratsmitglieder");
    await reach('[name="/verteiler/0/fassung"]');
    for (let left = 5; left > 0 && !(await is("[value=vollständig]")); left -= 1) await browser.press(DOWN);
    assert.ok(await is("[value=vollständig]"));
    await browser.press(ENTER);
    await saved("#teil-verteiler");
    assert.equal(
      readFileSync(file, "utf8"),
      `[sitzung]\ngremium = "Rat" # der ganze\ndatum = 2025-05-14\nbeginn = 17:15:00\n${agenda}\n[[verteiler]]\nname = "Ratsmitglieder"\nfassung = "vollständig"\n`,
    );
  }, { steps: 100 });
});

test("an agenda is built from nothing with the keyboard alone", { skip }, async () => {
  const head = '# Unsere Sitzung\n[sitzung]\ngremium = "Rat" # der ganze\ndatum = 2025-05-14\nladung = 2025-05-02\n';
  const prepare = (folder) => {
    example(folder);
    writeFileSync(join(folder, "sitzung.toml"), head);
  };
  await inSession(prepare, async ({ browser, folder, reach, saved }) => {
    const file = join(folder, "sitzung.toml");
    const write = async (css, text) => {
      await reach(css);
      for (const key of text) await browser.press(key);
    };
    const choose = async (css, value) => {
      await reach(css);
      for (let left = 50; left > 0; left -= 1) {
        if ((await browser.run("const own = document.activeElement; return own.value")) === value) return;
        await browser.press(DOWN);
      }
      assert.fail(`${css} never was ${value}`);
    };
    const add = async (kind) => {
      await reach(`a[href$="neu=${kind}"]`);
      await browser.press(ENTER);
      await browser.until(`return location.search.endsWith('neu=${kind}') && document.readyState === 'complete'`);
    };
    // Whoever forgets the title is told, and led there.
    await add("punkt");
    await reach('[name="/top/0/nummer"]');
    await browser.press(ENTER);
    await browser.until("return document.querySelector('#problem a')");
    assert.equal(readFileSync(file, "utf8"), head);
    await reach("#problem a");
    await browser.press(ENTER);
    await browser.until("return document.activeElement.name === '/top/0/titel'");
    await write('[name="/top/0/titel"]', "Fragen");
    await browser.press(ENTER);
    await saved("#top-0");
    await add("ueberschrift");
    await write('[name="/top/1/titel"]', "Vorlagen");
    await browser.press(ENTER);
    await saved("#top-1");
    await add("punkt");
    await write("#vorlage-dazu", "0214");
    await reach("button[value=speichern]");
    await browser.press(ENTER);
    await saved("#top-2");
    await add("punkt");
    await write('[name="/top/3/nummer"]', "N 1");
    await write('[name="/top/3/titel"]', "Verkauf");
    await write('[name="/top/3/titel_oeffentlich"]', "Haus");
    await choose('[name="/top/3/oeffentlich"]', "false");
    await reach("summary");
    await browser.press(ENTER);
    await write('[name="/neu/datei"]', "schall");
    await write('[name="/neu/art"]', "Antrag");
    await browser.press(ENTER);
    await saved("#top-3");
    // An item is changed, and the heading goes after a question.
    await browser.until("return document.activeElement.closest('#top-3')");
    await reach('a[href$="weg=1"]');
    await browser.press(ENTER);
    await browser.until("return document.querySelector('button[value=entfernen]')");
    await reach("button[value=entfernen]");
    await browser.press(ENTER);
    await saved("#tagesordnung");
    await reach('a[href$="punkt=0"]');
    await browser.press(ENTER);
    await browser.until("return document.querySelector('[name=\"/top/0/status\"]')");
    await choose('[name="/top/0/status"]', "vertagt");
    await browser.press(ENTER);
    await saved("#top-0");
    assert.equal(
      readFileSync(file, "utf8"),
      `${head}
[[top]]
nummer = "1"
titel = "Fragen"
status = "vertagt"

[[top]]
nummer = "2"
vorlage = "vorlagen/V-0214-2025.toml"

[[top]]
nummer = "N 1"
titel = "Verkauf"
titel_oeffentlich = "Haus"
oeffentlich = false

[[top.unterlage]]
art = "Antrag"
datei = "vorlagen/bebauungsplan-schall.pdf"
`,
    );
  }, { refuses: true });
});

test("a file from the own machine becomes a paper of an item with the keyboard", { skip }, async () => {
  await inSession(example, async ({ browser, folder, origin, reach, saved }) => {
    const CHOICE = '[name="beilage:/neu/datei"]';
    const PDF = join(HERE, "examples/feuerwehrbedarfsplan/auszug.pdf");
    const before = readFileSync(join(folder, "sitzung.toml"), "utf8");
    const save = async () => {
      await reach("button[value=speichern]");
      await browser.press(ENTER);
    };
    await browser.go(`${origin}/sitzung?datei=sitzung.toml&punkt=1`);
    await reach("summary");
    await browser.press(ENTER);
    await reach('[name="/neu/art"]');
    await browser.write("Antrag");
    await reach(CHOICE);
    // What is no paper is refused in words, one press away from its field, and nothing is written.
    await browser.type(CHOICE, join(HERE, "Cargo.toml"));
    await save();
    await browser.until("return document.querySelector('#problem a')");
    await reach("#problem a");
    await browser.press(ENTER);
    await browser.until("return document.activeElement.name === '/neu/datei'");
    assert.equal(await browser.run("return document.querySelector('[name=\"/neu/art\"]').value"), "Antrag");
    assert.equal(readFileSync(join(folder, "sitzung.toml"), "utf8"), before);
    await reach(CHOICE);
    await browser.type(CHOICE, PDF);
    await save();
    await saved("#top-1");
    assert.deepEqual(readFileSync(join(folder, "Rat-2025-05-14-auszug.pdf")), readFileSync(PDF));
    assert.match(readFileSync(join(folder, "sitzung.toml"), "utf8"), /\nart = "Antrag"\ndatei = "Rat-2025-05-14-auszug\.pdf"\n/);
    await browser.until("return document.querySelector('#top-1').textContent.includes('Antrag')");
  }, { refuses: true });
});
