// The page of a session in Chromium: sorted with keyboard and mouse, a packet made. See form.test.mjs for what it needs.

import assert from "node:assert/strict";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { browse, serve } from "./driver.mjs";

const HERE = new URL("../..", import.meta.url).pathname;
const PROGRAM = process.env.ANLAGE ?? join(HERE, "target/release/anlage");
const missing = ["chromium", "chromedriver"].filter((name) => spawnSync("which", [name]).status !== 0);
if (!existsSync(PROGRAM)) missing.push(PROGRAM);
const skip = missing.length ? `not there: ${missing.join(", ")}` : false;

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
