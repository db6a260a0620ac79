// Makes the pictures of docs/anleitung.md and of README from the running program, on copies of the examples:
//
//     node tests/browser/pictures.mjs
//
// Needs chromium, chromedriver and the built program.

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HERE, PROGRAM, browse, serve } from "./driver.mjs";

const PICTURES = join(HERE, "docs/pictures/browser");

const folder = mkdtempSync(join(tmpdir(), "anlage-"));
mkdirSync(join(folder, "vorlagen"));
for (const example of ["migrationsleitbild", "kita-neubau", "klimaanpassung"]) {
  cpSync(join(HERE, "examples", example), join(folder, "vorlagen"), { recursive: true });
}
cpSync(join(HERE, "examples/ratssitzung"), folder, { recursive: true });
const RECORD = "vorlagen/V-0056-2025.toml";
const served = await serve(PROGRAM, folder);
const browser = await browse({ width: 1300, height: 860 });
mkdirSync(PICTURES, { recursive: true });

/** Takes a picture of what the window shows. */
async function take(name) {
  writeFileSync(join(PICTURES, `${name}.png`), await browser.picture());
}

const open = (path) => browser.go(served.origin + path);
const show = (css) => browser.run(`document.querySelector(arguments[0]).scrollIntoView({ block: "center" })`, css);
const drawn = () => browser.until("const page = document.querySelector('#ansicht-seiten img'); return page && page.complete && page.naturalWidth");

try {
  await browser.go(served.address);
  await take("uebersicht");
  await open(`/vorlage?datei=${encodeURIComponent(RECORD)}`);
  await drawn();
  const long = '[name="/anlage/A/kurzueberblick"]';
  await show(long);
  await browser.run("document.querySelector(arguments[0]).focus()", long);
  await take("formular");
  await browser.run(
    `const area = document.querySelector(arguments[0]);
    area.setSelectionRange(area.value.length, area.value.length);
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/html", arguments[1]);
    area.dispatchEvent(new ClipboardEvent("paste", { clipboardData, cancelable: true, bubbles: true }));`,
    long,
    readFileSync(join(HERE, "tests/clipboard/excel.html"), "utf8"),
  );
  await browser.until(`return document.querySelector('${long} + [role=status]').textContent`);
  await browser.until("return document.querySelector('#ansicht-stand').textContent.includes('gesichert')");
  await show(long);
  await take("einfuegen");
  const tool = (name) =>
    browser.run(
      `const bar = document.querySelector(arguments[0]).parentElement.querySelector(".werkzeuge");
      [...bar.children].find(({ textContent }) => textContent === arguments[1]).click();`,
      long,
      name,
    );
  await browser.run("const area = document.querySelector(arguments[0]); const at = area.value.indexOf('| '); area.setSelectionRange(at, at);", long);
  await tool("Tabelle");
  await take("tabelle");
  await browser.press("\uE00C");
  await tool("Bild");
  await browser.type("#bild-datei", join(HERE, "examples/kita-neubau/plan.png"));
  await browser.type("#bild-alt", "Lageplan der Kita: das neue Haus steht an der Straße");
  await take("bild");
  await browser.press("\uE00C");
  await browser.run("document.querySelector('button[value=zurueck]').click()");
  await browser.until("return document.querySelector('.meldung')?.textContent.includes('Rückgängig')");
  await browser.run(
    `const field = document.querySelector('[name="/vorlage/betreff"]');
    field.value = "Fortschreibung 2019-2024 des Migrationsleitbildes der Stadt Münster";
    document.querySelector("button[value=pruefen]").click();`,
  );
  await browser.until("return document.querySelector('button[value=beheben]')");
  await browser.click("button[value=beheben]");
  await browser.until("return document.querySelector('#aenderungen')");
  await take("beheben");
  await browser.click("button[value=anlage-dazu]");
  await browser.until("return document.querySelector('#ansicht-seiten img')");
  await browser.type('[name="/anlage/1/titel"]', "Migrationsleitbild der Stadt Münster");
  await browser.type('[name="beilage:/anlage/1/datei"]', join(HERE, "examples/feuerwehrbedarfsplan/auszug.pdf"));
  await browser.until(`return document.querySelector('[name="/anlage/1/datei"]').value`);
  await browser.click("button[value=pruefen]:not([hidden])");
  await browser.until("return document.querySelector('.meldung')?.textContent.includes('Geprüft') && document.querySelector('#ansicht-seiten img')");
  await drawn();
  await show('[name="/anlage/1/datei"]');
  await take("anlage");
  await open("/sitzung?datei=sitzung.toml");
  await take("sitzung");
  await open("/sitzung?datei=sitzung.toml&punkt=11");
  await show('[id="/top/11/oeffentlich"]');
  await take("punkt");
  await open("/sitzung?datei=sitzung.toml");
  await browser.click("button[value=mappen]");
  await browser.until("return document.querySelector('a[download]')", 100);
  await show("#mappen");
  await take("mappen");
} finally {
  await browser.end();
  served.end();
  rmSync(folder, { recursive: true });
}
