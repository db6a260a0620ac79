// The form of a record in Chromium, with the keyboard: `node --test tests/browser`. Needs chromium, chromedriver and the
// built program; without them it says so and tries nothing.

import assert from "node:assert/strict";
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { HERE, PROGRAM, browse, lacks, serve } from "./driver.mjs";

const RECORD = "V-0056-2025.toml";
const skip = lacks();

const CONTROL = "\uE009";
const SHORT = '[name="/vorlage/amt"]';
const LONG = '[name="/anlage/A/kurzueberblick"]';

async function inBrowser(work) {
  const folder = mkdtempSync(join(tmpdir(), "anlage-"));
  cpSync(join(HERE, "examples/migrationsleitbild"), folder, { recursive: true });
  const served = await serve(PROGRAM, folder);
  const browser = await browse();
  try {
    await browser.go(served.address);
    await browser.go(`${served.origin}/vorlage?datei=${RECORD}`);
    await work(browser, folder, served);
    const bad = (await browser.log()).filter(({ level }) => level === "SEVERE");
    assert.deepEqual(bad, [], "nothing is missing and no policy is broken");
  } finally {
    await browser.end();
    served.end();
    // What is under way is still written.
    rmSync(folder, { recursive: true, maxRetries: 10, retryDelay: 50 });
  }
}

const value = (browser, css) => browser.run("return document.querySelector(arguments[0]).value", css);
const said = (browser, css) => browser.until(`return document.querySelector(${JSON.stringify(css)})?.textContent.trim()`);

test("what is typed without a pause is kept while it is typed", { skip }, async () => {
  await inBrowser(async (browser, folder) => {
    await browser.until("return document.querySelector('#ansicht-seiten img')");
    await said(browser, "#ansicht-stand");
    // Sooner after each other than anything waits for a pause.
    await browser.run(`window.spoken = 0;
      new MutationObserver(() => { window.spoken += 1; }).observe(document.querySelector("#ansicht-stand"), { childList: true });
      const field = document.querySelector('${SHORT}');
      let count = 0;
      window.typing = setInterval(() => {
        field.value = "Amt " + (count += 1);
        field.dispatchEvent(new Event("input", { bubbles: true }));
      }, 50);
      window.typed = () => count;`);
    const drafts = join(folder, ".anlage/entwuerfe");
    const kept = () => (existsSync(drafts) ? readdirSync(drafts) : []).map((name) => readFileSync(join(drafts, name), "utf8")).join();
    let found = null;
    // Longer than the page waits before it says something.
    for (let typed = 0; typed < 40 || (!found && typed < 400); typed = await browser.run("return window.typed()")) {
      found ??= /Amt (\d+)/.exec(kept());
    }
    const [count, spoken] = await browser.run("clearInterval(window.typing); return [window.typed(), window.spoken]");
    assert.ok(found, `nothing of ${count} changes was kept`);
    assert.equal(spoken, 0, "nothing is read aloud while somebody types");
    await browser.until(`return document.querySelector('#ansicht-stand').textContent.includes('gesichert')`);
    for (let left = 100; left > 0 && !kept().includes(`Amt ${count}`); left -= 1) await new Promise((done) => setTimeout(done, 50));
    assert.ok(kept().includes(`Amt ${count}`), "the last change");
  });
});

test("what is typed right before the page is left is kept", { skip }, async () => {
  await inBrowser(async (browser, folder, served) => {
    await browser.until("return document.querySelector('#ansicht-seiten img')");
    // Nothing that is sent in the usual way arrives any more.
    await browser.run(`window.fetch = () => new Promise(() => {});
      const field = document.querySelector('${SHORT}');
      field.value = "Amt zuletzt";
      field.dispatchEvent(new Event("input", { bubbles: true }));`);
    await browser.go(`${served.origin}/`);
    const drafts = join(folder, ".anlage/entwuerfe");
    const kept = () => (existsSync(drafts) ? readdirSync(drafts) : []).map((name) => readFileSync(join(drafts, name), "utf8")).join();
    for (let left = 100; left > 0 && !kept().includes("Amt zuletzt"); left -= 1) await new Promise((done) => setTimeout(done, 50));
    assert.ok(kept().includes("Amt zuletzt"));
  });
});

test("what waits to be kept is not kept as unsaved once it is saved, and never said to be kept", { skip }, async () => {
  await inBrowser(async (browser, folder) => {
    await browser.until("return document.querySelector('#ansicht-seiten img')");
    await browser.run(`const own = window.fetch;
      window.sent = [];
      window.late = 0;
      window.fetch = async (address, options) => {
        if (address !== "/sichern") return own(address, options);
        window.sent.push(new URLSearchParams(options.body).get("/vorlage/amt"));
        await new Promise((done) => setTimeout(done, window.late));
        return own(address, options);
      };
      window.type = (text) => {
        const field = document.querySelector('${SHORT}');
        field.value = text;
        field.dispatchEvent(new Event("input", { bubbles: true }));
      };`);
    const last = () => browser.run("return window.sent.at(-1)");
    await browser.run("window.type('Eins'); window.type('Zwei')");
    await browser.until("return document.querySelector('#ansicht-stand').textContent.includes('gesichert')");
    assert.equal(await last(), "Zwei");
    // Longer than the page waits until it says something.
    await browser.run("window.late = 1500; window.type('Drei')");
    await new Promise((done) => setTimeout(done, 1000));
    assert.ok(!(await browser.run("return document.querySelector('#ansicht-stand').textContent")).includes("gesichert"));
    await browser.until("return document.querySelector('#ansicht-stand').textContent.includes('gesichert')");
    // It waits for its turn when it is saved, which takes a while.
    await browser.run(`window.late = 0;
      document.querySelector("#vorlage-formular").addEventListener("submit", (event) => event.preventDefault(), { once: true });
      window.type("Vier");
      setTimeout(() => {
        window.type("Fünf");
        document.querySelector("button[value=speichern]").click();
      }, 200);`);
    await new Promise((done) => setTimeout(done, 1000));
    assert.equal(await last(), "Vier");
    await browser.run("window.type('Sechs')");
    await browser.until("return window.sent.at(-1) === 'Sechs'");
    await browser.click("button[value=speichern]");
    await browser.until("return /^Gespeichert/.test(document.querySelector('.meldung')?.textContent.trim())");
    assert.match(readFileSync(join(folder, RECORD), "utf8"), /"Sechs"/);
  });
});

test("what two windows of one person typed is kept of both", { skip }, async () => {
  await inBrowser(async (browser, folder, served) => {
    const ready = "return document.querySelector('#ansicht-seiten img')";
    const kept = "return document.querySelector('#ansicht-stand').textContent.includes('gesichert')";
    const other = '[name="/vorlage/betreff"]';
    await browser.until(ready);
    const first = await browser.own();
    const second = await browser.window();
    await browser.go(`${served.origin}/vorlage?datei=${RECORD}`);
    await browser.until(ready);
    await browser.type(other, "Z");
    await browser.until(kept);
    await browser.turn(first);
    await browser.type(SHORT, "XY");
    await browser.until(kept);
    // What is deleted again in one window does not come back from the other.
    await browser.turn(second);
    await browser.type(other, "\uE003\uE003Q");
    const drafts = join(folder, ".anlage/entwuerfe");
    const isKept = () => readdirSync(drafts).some((name) => /[^Z]Q['"\\]/.test(JSON.parse(readFileSync(join(drafts, name), "utf8")).text));
    for (let left = 100; left > 0 && !isKept(); left -= 1) await new Promise((done) => setTimeout(done, 50));
    await browser.go(`${served.origin}/vorlage?datei=${RECORD}`);
    assert.match(await value(browser, SHORT), /XY$/);
    assert.match(await value(browser, other), /[^Z]Q$/);
  });
});

test("what was typed is taken back with the keyboard, after a reload too", { skip }, async () => {
  await inBrowser(async (browser, folder, served) => {
    const before = await value(browser, SHORT);
    await browser.until("return document.querySelector('#ansicht-seiten img')");
    await browser.type(SHORT, "XY");
    await browser.until("return document.querySelector('#ansicht-stand').textContent.includes('gesichert')");
    await browser.go(`${served.origin}/vorlage?datei=${RECORD}`);
    assert.equal(await value(browser, SHORT), `${before}XY`);
    await browser.run(`document.querySelector('${SHORT}').focus()`);
    await browser.press(CONTROL, "z");
    await browser.until("return document.querySelector('.meldung')?.textContent.includes('Rückgängig gemacht: Amt')");
    assert.equal(await value(browser, SHORT), before);
    await browser.run("document.querySelector('main').focus()");
    await browser.press(CONTROL, "y");
    await browser.until("return document.querySelector('.meldung')?.textContent.includes('Wiederholt')");
    assert.equal(await value(browser, SHORT), `${before}XY`);
  });
});

test("Enter at the reason of an exception makes it", { skip }, async () => {
  await inBrowser(async (browser) => {
    const reason = "input[name^='grund:']";
    const name = await browser.run(`const field = document.querySelector("${reason}"); field.closest("details").open = true; return field.name`);
    await browser.type(reason, "So im Original.\uE007");
    await browser.until(`return document.querySelector(".meldung")?.textContent.includes("Die Ausnahme von ${name.split(":")[1]} steht jetzt")`);
    assert.equal(await browser.run(`return document.getElementsByName(${JSON.stringify(name)}).length`), 0);
    // Who pressed it hears what came of it, and goes on from there.
    await browser.until(`return document.activeElement.matches(".meldung")`);
  });
});

test("the bar of tools is reached and used with the keyboard", { skip }, async () => {
  await inBrowser(async (browser) => {
    await browser.run(`const area = document.querySelector('${LONG}'); area.value = "ein Wort hier"; area.focus(); area.setSelectionRange(4, 8);`);
    await browser.press(CONTROL, "b");
    assert.equal(await value(browser, LONG), "ein **Wort** hier");
    await browser.press("\uE008", "\uE004");
    assert.equal(await browser.run("return document.activeElement.textContent"), "Fett");
    await browser.press("\uE014");
    assert.equal(await browser.run("return document.activeElement.textContent"), "Kursiv");
    await browser.press("\uE014");
    await browser.press("\uE007");
    assert.equal(await value(browser, LONG), "- ein **Wort** hier");
    await browser.press(CONTROL, "z");
    assert.equal(await value(browser, LONG), "ein **Wort** hier");
  });
});

test("what Word and Excel put on the clipboard arrives as text with marks", { skip }, async () => {
  await inBrowser(async (browser) => {
    for (const name of ["word", "excel"]) {
      const clipboard = readFileSync(join(HERE, `tests/clipboard/${name}.html`), "utf8");
      const expected = readFileSync(join(HERE, `tests/clipboard/${name}.md`), "utf8").trimEnd();
      await browser.run(
        `const area = document.querySelector('${LONG}');
        area.value = "Davor"; area.setSelectionRange(5, 5);
        area.parentElement.querySelector("[role=status]").textContent = "";
        const clipboardData = new DataTransfer();
        clipboardData.setData("text/html", arguments[0]);
        area.dispatchEvent(new ClipboardEvent("paste", { clipboardData, cancelable: true, bubbles: true }));`,
        clipboard,
      );
      const news = await said(browser, '[name="/anlage/A/kurzueberblick"] + [role=status]');
      assert.equal(await value(browser, LONG), `Davor\n\n${expected}`);
      assert.match(news, name === "word" ? /Ein Bild fehlt/ : /Verbundene Zellen/);
    }
  });
});

test("a click on the page leads to the field, and the focus in a field marks its place", { skip }, async () => {
  await inBrowser(async (browser) => {
    await browser.until("return document.querySelector('#ansicht-seiten img')?.complete");
    await browser.run(`document.querySelector('${LONG}').focus()`);
    const box = await browser.until(
      `const box = document.querySelector(".stelle")?.getBoundingClientRect();
      return box && { x: box.left + box.width / 2, y: box.top + box.height / 2, height: box.height };`,
    );
    assert.ok(box.height > 20, `a paragraph is marked: ${box.height}`);
    await browser.run(`document.querySelector('${SHORT}').focus()`);
    await browser.run(
      `document.querySelector("#ansicht-seiten img").dispatchEvent(new MouseEvent("click",
        { bubbles: true, clientX: arguments[0], clientY: arguments[1] }))`,
      box.x,
      box.y,
    );
    assert.equal(await browser.run("return document.activeElement.name"), "/anlage/A/kurzueberblick");
    // An answer is marked where its question stands; the last field stands on the page that is moved into view.
    await browser.run("document.querySelector('[name=\"/anlage/A/querschnittsthemen\"]').focus()");
    const inView = `const own = document.querySelector(".stelle").getBoundingClientRect();
      const outer = document.querySelector("#ansicht").getBoundingClientRect();
      return own.top >= outer.top - 1 && own.top < outer.bottom;`;
    assert.ok(await browser.run(inView));
    await browser.run("document.querySelector('[name=\"/anlage/A/pflichtigkeit/grad\"]').focus()");
    assert.ok(await browser.run(inView));
  });
});

test("a picture is chosen, dropped or pasted, and said in words", { skip }, async () => {
  await inBrowser(async (browser, folder) => {
    const LAST = "V-0056-2025-Lageplan.png";
    const dialog = () => browser.until("return document.querySelector('dialog[open]')");
    await browser.run(`const area = document.querySelector('${LONG}'); area.value = "Davor"; area.focus(); area.setSelectionRange(5, 5);`);
    await browser.run("[...document.querySelectorAll('.werkzeuge button')].find(({ textContent }) => textContent === 'Bild').focus()");
    await browser.press("\uE007");
    await dialog();
    assert.equal(await browser.run("return document.activeElement.id"), "bild-datei");
    // Nothing is sent before it is said what the picture shows.
    await browser.type("#bild-datei", join(HERE, "tests/images/durchsichtig.png"));
    await browser.press("\uE004");
    assert.equal(await browser.run("return document.activeElement.id"), "bild-alt");
    await browser.press("\uE007");
    assert.match(await said(browser, "dialog [role=alert]"), /was auf dem Bild zu sehen ist/);
    assert.equal(await browser.run("return document.activeElement.id"), "bild-alt");
    await browser.type("#bild-alt", "Plan der *Kita*");
    await browser.type("#bild-unterschrift", "Lageplan");
    await browser.type("#bild-breite", "2,5 cm\uE007");
    assert.match(await said(browser, `${LONG} + [role=status]`), /V-0056-2025-durchsichtig.png ist eingefügt/);
    const expected = 'Davor\n\n![Plan der \\*Kita\\*](V-0056-2025-durchsichtig.png "Lageplan"){breite=2.5cm}';
    assert.equal(await value(browser, LONG), expected);
    assert.ok(readdirSync(folder).includes("V-0056-2025-durchsichtig.png"));
    assert.equal(await browser.run("return document.activeElement.name"), "/anlage/A/kurzueberblick");
    await browser.press(CONTROL, "z");
    assert.equal(await value(browser, LONG), "Davor");
    // Dropped and pasted, with the file at hand and what it shows still to be said.
    const give = (kind) =>
      browser.run(
        `const area = document.querySelector('${LONG}');
        const data = new DataTransfer();
        const canvas = document.createElement("canvas");
        const bytes = Uint8Array.from(atob(canvas.toDataURL("image/png").split(",")[1]), (c) => c.charCodeAt(0));
        data.items.add(new File([bytes], "Lageplan.png", { type: "image/png" }));
        const options = { bubbles: true, cancelable: true };
        area.dispatchEvent(arguments[0] === "drop" ? new DragEvent("drop", { ...options, dataTransfer: data }) : new ClipboardEvent("paste", { ...options, clipboardData: data }));`,
        kind,
      );
    for (const kind of ["drop", "paste"]) {
      await browser.run(`const area = document.querySelector('${LONG}'); area.value = ""; area.focus();`);
      await give(kind);
      await dialog();
      assert.equal(await browser.run("return document.activeElement.id"), "bild-alt");
      await browser.type("#bild-alt", `Plan\uE007`);
      await browser.until(`return document.querySelector('${LONG}').value === "![Plan](${LAST})"`);
    }
    // The picture stands where the cursor was.
    await browser.run(`const area = document.querySelector('${LONG}'); area.value = "Donau fahrt"; area.focus(); area.setSelectionRange(5, 5);`);
    await give("paste");
    await dialog();
    await browser.type("#bild-alt", `Plan\uE007`);
    await browser.until("return !document.querySelector('dialog')");
    assert.equal(await value(browser, LONG), `Donau\n\n![Plan](${LAST})\n\n fahrt`);
    await browser.run(`const area = document.querySelector('${LONG}'); area.value = "![Plan](${LAST})"; area.focus();`);
    // Escape changes nothing, and the focus is where it was.
    await give("paste");
    await dialog();
    await browser.press("\uE00C");
    await browser.until("return !document.querySelector('dialog')");
    assert.equal(await browser.run("return document.activeElement.name"), "/anlage/A/kurzueberblick");
    assert.equal(await value(browser, LONG), `![Plan](${LAST})`);
  });
});

test("a file is attached to an annex with the keyboard, or dropped, and saved", { skip }, async () => {
  await inBrowser(async (browser, folder) => {
    const [TAB, ENTER] = ["\uE004", "\uE007"];
    const TITLE = '[name="/anlage/1/titel"]';
    const FIELD = '[name="/anlage/1/datei"]';
    const CHOICE = '[name="beilage:/anlage/1/datei"]';
    const NEWS = `${CHOICE} + [role=status]`;
    const PDF = join(HERE, "examples/feuerwehrbedarfsplan/auszug.pdf");
    const goTo = async (wanted) => {
      for (let steps = 0; steps < 400; steps += 1) {
        if (await browser.run(`return ${wanted}`)) return;
        await browser.press(TAB);
      }
      throw new Error(`never reached: ${wanted}`);
    };
    await goTo("document.activeElement.value === 'anlage-dazu'");
    await browser.press(ENTER);
    assert.match(await said(browser, ".meldung"), /^Anlage 1 ist dazugekommen/);
    await browser.until("return document.querySelector('#ansicht-seiten img')");
    assert.ok(await browser.run("return !document.querySelector('[value^=beilegen]')"), "what is chosen needs no button");
    await goTo("document.activeElement.name === '/anlage/1/titel'");
    await browser.write("Auszug");
    await goTo("document.activeElement.name === 'beilage:/anlage/1/datei'");
    // What is no annex is refused in words, and the field stays as it was.
    await browser.type(CHOICE, join(HERE, "Cargo.toml"));
    await browser.until(`return /wird nicht beigelegt/.test(document.querySelector('${NEWS}').textContent)`);
    assert.deepEqual([await value(browser, FIELD), await value(browser, CHOICE)], ["", ""]);
    // Chromium writes the refusal down.
    await browser.log();
    await browser.type(CHOICE, PDF);
    await browser.until(`return /V-0056-2025-auszug.pdf liegt jetzt neben der Vorlage/.test(document.querySelector('${NEWS}').textContent)`);
    assert.equal(await value(browser, FIELD), "V-0056-2025-auszug.pdf");
    assert.equal(await browser.run("return document.activeElement.name"), "beilage:/anlage/1/datei", "the focus stays");
    const isFree = `const field = document.querySelector('${FIELD}'); return !field.ariaInvalid && !field.parentElement.querySelector(".befunde")`;
    assert.ok(await browser.run(isFree), "nobody is told any more that the field is empty");
    assert.deepEqual(readFileSync(join(folder, "V-0056-2025-auszug.pdf")), readFileSync(PDF));
    await browser.until("return document.querySelector('#ansicht-stand').textContent.includes('gesichert')");
    // Dropped on it; several at once are too many.
    const drop = (...names) =>
      browser.run(
        `const dataTransfer = new DataTransfer();
        const canvas = document.createElement("canvas");
        const bytes = Uint8Array.from(atob(canvas.toDataURL("image/png").split(",")[1]), (c) => c.charCodeAt(0));
        for (const name of arguments) dataTransfer.items.add(new File([bytes], name, { type: "image/png" }));
        document.querySelector('${FIELD}').dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer }));`,
        ...names,
      );
    await drop("a.png", "b.png");
    await browser.until(`return /eine einzige Datei/.test(document.querySelector('${NEWS}').textContent)`);
    await drop("Plan.png");
    await browser.until(`return document.querySelector('${FIELD}').value === "V-0056-2025-Plan.png"`);
    assert.match(await said(browser, NEWS), /ein PNG-Bild ohne Text/);
    // Who saves while a file is under way saves with it, and not if it is refused.
    await browser.run(`const own = window.fetch;
      window.fetch = async (address, options) => {
        if (String(address).startsWith("/beilegen")) await new Promise((done) => setTimeout(done, 1000));
        return own(address, options);
      };`);
    await browser.type(CHOICE, join(HERE, "Cargo.toml"));
    await browser.click("button[value=speichern]");
    await browser.until(`return /wird nicht beigelegt/.test(document.querySelector('${NEWS}').textContent)`);
    await browser.log();
    await browser.type(CHOICE, join(HERE, "examples/kita-neubau/plan.png"));
    assert.equal(await value(browser, FIELD), "V-0056-2025-Plan.png");
    await goTo("document.activeElement.value === 'speichern'");
    await browser.press(ENTER);
    await browser.until("return /^Gespeichert/.test(document.querySelector('.meldung')?.textContent.trim())");
    const record = readFileSync(join(folder, RECORD), "utf8");
    assert.match(record, /\n\[anlage\.1\]\ntitel = "Auszug"\ndatei = "V-0056-2025-plan\.png"\n/);
    assert.deepEqual([await value(browser, TITLE), await value(browser, FIELD)], ["Auszug", "V-0056-2025-plan.png"]);
    assert.match(await said(browser, '[id="/anlage/1/datei-befund"]'), /ein PNG-Bild ohne Text/);
  });
});

test("a table is edited as a grid with the keyboard alone", { skip }, async () => {
  await inBrowser(async (browser) => {
    const [TAB, ENTER, SHIFT, LEFT, UP, RIGHT, DOWN, ESCAPE] = ["\uE004", "\uE007", "\uE008", "\uE012", "\uE013", "\uE014", "\uE015", "\uE00C"];
    const here = () => browser.run("return document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent");
    const tool = () => browser.run("[...document.querySelectorAll('.werkzeuge button')].find(({ textContent }) => textContent === 'Tabelle').click()");
    const before = "Davor\n\n| Was    | Betrag |\n| ------ | -----: |\n| a \\| b |      1 |\n\ndanach";
    await browser.run(`const area = document.querySelector('${LONG}'); area.value = arguments[0]; area.focus(); area.setSelectionRange(12, 12);`, before);
    await browser.press(SHIFT, TAB);
    for (let left = 4; left > 0; left -= 1) await browser.press(RIGHT);
    assert.equal(await here(), "Tabelle");
    await browser.press(ENTER);
    assert.equal(await here(), "Spalte 1, Kopf");
    await browser.press(TAB);
    await browser.press(DOWN);
    assert.equal(await here(), "Spalte 2, Zeile 1");
    // What is selected is typed over.
    await browser.press("2");
    await browser.press(LEFT);
    assert.equal(await here(), "Spalte 2, Zeile 1", "the cursor moves in the words first");
    await browser.press(LEFT);
    assert.equal(await here(), "Spalte 1, Zeile 1");
    assert.equal(await browser.run("return document.activeElement.value"), "a | b");
    await browser.press(ENTER);
    assert.equal(await here(), "Spalte 1, Zeile 2", "behind the last line comes a new one");
    assert.equal(await said(browser, "dialog [role=status]"), "Eine Zeile ist dazugekommen.");
    for (const letter of "c|d") await browser.press(letter);
    await browser.press(TAB);
    await browser.press("3");
    // To the tools: a column more, aligned in the middle.
    await browser.press(TAB);
    await browser.press(TAB);
    assert.equal(await here(), "Spalte einfügen");
    await browser.press(ENTER);
    assert.equal(await here(), "Spalte 3, Zeile 2");
    await browser.press("x");
    for (let left = 5; left > 0; left -= 1) await browser.press(TAB);
    assert.equal(await browser.run("return document.activeElement.id"), "gitter-ausrichtung");
    await browser.press(DOWN);
    await browser.press(DOWN);
    await browser.press(TAB);
    assert.equal(await here(), "Übernehmen");
    await browser.press(ENTER);
    const after = "Davor\n\n| Was    | Betrag |     |\n| ------ | -----: | :-: |\n| a \\| b |      2 |     |\n| c\\|d   |      3 |  x  |\n\ndanach";
    assert.equal(await value(browser, LONG), after);
    assert.equal(await browser.run("return document.activeElement.name"), "/anlage/A/kurzueberblick");
    await browser.press(CONTROL, "z");
    assert.equal(await value(browser, LONG), before, "all of it is one change");
    // Cells of Excel fill the grid; "Abbrechen" changes nothing, and Escape asks once something was changed.
    await browser.run(`document.querySelector('${LONG}').setSelectionRange(12, 12)`);
    await tool();
    await browser.press(UP);
    await browser.run(`const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", "x\\t*y*\\tz\\r\\n1\\t2\\t3\\r\\n");
      document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData, cancelable: true, bubbles: true }));`);
    const cells = () => browser.run("return [...document.querySelectorAll('.gitter input')].map(({ value }) => value)");
    assert.deepEqual(await cells(), ["x", "\\*y\\*", "z", "1", "2", "3"]);
    await browser.press(ESCAPE);
    assert.match(await said(browser, "dialog [role=alert]"), /Es gibt Änderungen/);
    await browser.run("[...document.querySelectorAll('dialog button')].find(({ textContent }) => textContent === 'Abbrechen').click()");
    await browser.until("return !document.querySelector('dialog')");
    assert.equal(await value(browser, LONG), before);
    // Elsewhere a new one begins.
    await browser.run(`const area = document.querySelector('${LONG}'); area.value = "Davor"; area.focus(); area.setSelectionRange(5, 5);`);
    await tool();
    await browser.press("A");
    await browser.run("[...document.querySelectorAll('dialog button')].find(({ textContent }) => textContent === 'Übernehmen').click()");
    assert.match(await value(browser, LONG), /^Davor\n\n\| A +\| Spalte 2 \|\n\| -+ \| -+ \|\n\| +\| +\|$/);
  });
});

test("what is no picture is refused in the dialog", { skip }, async () => {
  await inBrowser(async (browser, folder) => {
    const before = readdirSync(folder);
    await browser.run("[...document.querySelectorAll('.werkzeuge button')].find(({ textContent }) => textContent === 'Bild').click()");
    await browser.type("#bild-datei", join(HERE, "README.md"));
    await browser.type("#bild-alt", "Plan\uE007");
    assert.match(await said(browser, "dialog [role=alert]"), /weder PNG noch JPEG/);
    assert.equal(await browser.run("return document.activeElement.id"), "bild-datei");
    assert.deepEqual(readdirSync(folder).filter((name) => name !== ".anlage"), before.filter((name) => name !== ".anlage"));
    // The browser notes each answer that refuses something.
    await browser.log();
  });
});
