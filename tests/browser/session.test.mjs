// The page of a session in Chromium: sorted with keyboard and mouse, a packet made. See form.test.mjs for what it needs.

import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { HERE, PROGRAM, browse, lacks, serve } from "./driver.mjs";

const skip = lacks();

test("an agenda is sorted with the keyboard and the mouse, and a packet made", { skip }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "anlage-"));
  cpSync(join(HERE, "examples/ratssitzung"), folder, { recursive: true });
  const served = await serve(PROGRAM, folder);
  const browser = await browse();
  const titles = () => [...readFileSync(join(folder, "sitzung.toml"), "utf8").matchAll(/^titel\s*= "(.*)"/gm)].map(([, title]) => title);
  const before = titles();
  try {
    await browser.go(served.address);
    await browser.go(`${served.origin}/sitzung?datei=sitzung.toml`);
    await browser.run("document.querySelector('button[value=\"runter:0\"]').focus()");
    await browser.press("\uE007");
    await browser.until("return location.hash === '#top-1'");
    assert.deepEqual(titles().slice(0, 2), [before[1], before[0]]);
    // The focus goes along, so that the next press moves the same item.
    await browser.until("return document.activeElement.value === 'runter:1'");
    await browser.press("\uE008", "\uE004");
    await browser.press("\uE007");
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
    assert.deepEqual((await browser.log()).filter(({ level }) => level === "SEVERE"), []);
  } finally {
    await browser.end();
    served.end();
    rmSync(folder, { recursive: true });
  }
});

test("who meets and who gets the papers is said with the keyboard alone", { skip }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "anlage-"));
  const file = join(folder, "sitzung.toml");
  const agenda = '\n[[top]]\nnummer = "1"\ntitel = "Fragen"\n';
  writeFileSync(file, `[sitzung]\ngremium = "Rat" # der ganze\ndatum = 2025-05-14\n${agenda}`);
  const served = await serve(PROGRAM, folder);
  const browser = await browse();
  const [TAB, ENTER, DOWN] = ["\uE004", "\uE007", "\uE015"];
  const is = (css) => browser.run("return document.activeElement.matches(arguments[0])", css);
  const reach = async (css) => {
    for (let left = 100; left > 0 && !(await is(css)); left -= 1) await browser.press(TAB);
    assert.ok(await is(css), `no way to ${css}`);
  };
  const open = async (key) => {
    await reach(`a[href$="teil=${key}"]`);
    await browser.press(ENTER);
    await browser.until(`return location.search.endsWith('teil=${key}') && document.readyState === 'complete'`);
  };
  const saved = (at) => browser.until(`return location.hash === '${at}' && document.readyState === 'complete'`);
  try {
    await browser.go(served.address);
    await browser.go(`${served.origin}/sitzung?datei=sitzung.toml`);
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
    assert.deepEqual((await browser.log()).filter(({ level }) => level === "SEVERE"), []);
  } finally {
    await browser.end();
    served.end();
    rmSync(folder, { recursive: true });
  }
});

test("an agenda is built from nothing with the keyboard alone", { skip }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "anlage-"));
  cpSync(join(HERE, "examples/ratssitzung"), folder, { recursive: true });
  const file = join(folder, "sitzung.toml");
  const head = '# Unsere Sitzung\n[sitzung]\ngremium = "Rat" # der ganze\ndatum = 2025-05-14\nladung = 2025-05-02\n';
  writeFileSync(file, head);
  const served = await serve(PROGRAM, folder);
  const browser = await browse();
  const [TAB, ENTER, DOWN] = ["\uE004", "\uE007", "\uE015"];
  const is = (css) => browser.run("return document.activeElement.matches(arguments[0])", css);
  const reach = async (css) => {
    for (let left = 200; left > 0 && !(await is(css)); left -= 1) await browser.press(TAB);
    assert.ok(await is(css), `no way to ${css}`);
  };
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
  const saved = (at) => browser.until(`return location.hash === '${at}' && document.readyState === 'complete'`);
  try {
    await browser.go(served.address);
    await browser.go(`${served.origin}/sitzung?datei=sitzung.toml`);
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
    // The page that said what is missing was no success, and browsers note that.
    const severe = (await browser.log()).filter(({ level, message }) => level === "SEVERE" && !message.includes("422"));
    assert.deepEqual(severe, []);
  } finally {
    await browser.end();
    served.end();
    rmSync(folder, { recursive: true });
  }
});

test("a file from the own machine becomes a paper of an item with the keyboard", { skip }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "anlage-"));
  cpSync(join(HERE, "examples/ratssitzung"), folder, { recursive: true });
  const served = await serve(PROGRAM, folder);
  const browser = await browse();
  const [TAB, ENTER] = ["\uE004", "\uE007"];
  const CHOICE = '[name="beilage:/neu/datei"]';
  const PDF = join(HERE, "examples/feuerwehrbedarfsplan/auszug.pdf");
  const before = readFileSync(join(folder, "sitzung.toml"), "utf8");
  const goTo = async (css) => {
    for (let left = 200; left > 0; left -= 1) {
      if (await browser.run("return document.activeElement.matches(arguments[0])", css)) return;
      await browser.press(TAB);
    }
    assert.fail(`no way to ${css}`);
  };
  const save = async () => {
    await goTo("button[value=speichern]");
    await browser.press(ENTER);
  };
  try {
    await browser.go(served.address);
    await browser.go(`${served.origin}/sitzung?datei=sitzung.toml&punkt=1`);
    await goTo("summary");
    await browser.press(ENTER);
    await goTo('[name="/neu/art"]');
    await browser.write("Antrag");
    await goTo(CHOICE);
    // What is no paper is refused in words, one press away from its field, and nothing is written.
    await browser.type(CHOICE, join(HERE, "Cargo.toml"));
    await save();
    await browser.until("return document.querySelector('#problem a')");
    await goTo("#problem a");
    await browser.press(ENTER);
    await browser.until("return document.activeElement.name === '/neu/datei'");
    assert.equal(await browser.run("return document.querySelector('[name=\"/neu/art\"]').value"), "Antrag");
    assert.equal(readFileSync(join(folder, "sitzung.toml"), "utf8"), before);
    await goTo(CHOICE);
    await browser.type(CHOICE, PDF);
    await save();
    await browser.until("return location.hash === '#top-1' && document.readyState === 'complete'");
    assert.deepEqual(readFileSync(join(folder, "Rat-2025-05-14-auszug.pdf")), readFileSync(PDF));
    assert.match(readFileSync(join(folder, "sitzung.toml"), "utf8"), /\nart = "Antrag"\ndatei = "Rat-2025-05-14-auszug\.pdf"\n/);
    await browser.until("return document.querySelector('#top-1').textContent.includes('Antrag')");
    const severe = (await browser.log()).filter(({ level, message }) => level === "SEVERE" && !message.includes("422"));
    assert.deepEqual(severe, []);
  } finally {
    await browser.end();
    served.end();
    rmSync(folder, { recursive: true });
  }
});
