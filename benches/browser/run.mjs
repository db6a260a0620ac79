// How long a clerk waits, and how many can type at once: `node benches/browser/run.mjs`. Needs chromium, chromedriver and the
// built program, or ANLAGE with its path. Nothing else should run on the machine.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { HERE, PROGRAM, browse, lacks, serve } from "../../tests/browser/driver.mjs";
import { Clerk } from "./clerk.mjs";

const SEED = "V-0056-2025";
const FIELD = '[name="/anlage/A/ziele"]';
/** How often the long texts stand in the record of ten pages. */
const TIMES = 20;
const KEYS = 120;
const CLERKS = 50;
/** How long each of them types, in seconds. */
const TYPING = 30;

const sleep = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
/** The part of the values that is not greater. */
const within = (values, part) => [...values].sort((one, other) => one - other)[Math.ceil(values.length * part) - 1];
const words = (values) => `${within(values, 0.5).toFixed(0)} ms in the middle, ${within(values, 0.95).toFixed(0)} ms at most for 95 %`;

/** A project with these records. */
function project(records) {
  const folder = mkdtempSync(join(tmpdir(), "anlage-"));
  writeFileSync(join(folder, "anlage.toml"), "");
  for (const [name, text] of Object.entries(records)) writeFileSync(join(folder, `${name}.toml`), text);
  return folder;
}

const seed = () => readFileSync(join(HERE, "examples/migrationsleitbild", `${SEED}.toml`), "utf8");
/** The seed with long texts that are so many times as long, no paragraph twice. */
const longer = (times) =>
  seed().replace(/"""\n([^]*?)"""/g, (_, text) => {
    const paragraphs = Array.from({ length: times }, (_, index) => `Absatz ${index + 1}: ${text}`);
    return `"""\n${paragraphs.join("\n\n")}"""`;
  });

/** Notes in the page when each key was pressed, and when pages were drawn that were asked for after it. */
const WATCH = `
  window.keys = [];
  window.waits = [];
  document.addEventListener("input", (event) => window.keys.push(event.timeStamp), true);
  const plain = window.fetch;
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const loaded = (picture) => new Promise((done) => (picture.complete ? done() : picture.addEventListener("load", done, { once: true })));
  window.fetch = async (address, options) => {
    const asked = performance.now();
    const answer = await plain(address, options);
    if (!String(address).endsWith("/ansicht")) return answer;
    const shown = answer.json();
    const own = window.keys.filter((key) => key <= asked);
    window.keys = window.keys.filter((key) => key > asked);
    shown.then(async () => {
      // What is shown is set by those who asked; their pictures come after that.
      await new Promise((done) => setTimeout(done));
      await Promise.all([...document.querySelectorAll("#ansicht-seiten img")].map(loaded));
      // The frame that shows them has begun when the one after it does.
      await frame();
      await frame();
      window.waits.push(...own.map((key) => performance.now() - key));
    });
    return { ok: answer.ok, status: answer.status, json: () => shown };
  };`;

/** Types as somebody does, in bursts with pauses; how long each key waited for its page. */
async function typed(text) {
  const folder = project({ [SEED]: text });
  const served = await serve(PROGRAM, folder);
  const browser = await browse();
  try {
    await browser.go(served.address);
    await browser.go(`${served.origin}/vorlage?datei=${SEED}.toml`);
    await browser.until("return document.querySelector('#ansicht-seiten img')?.complete");
    const pages = await browser.run("return document.querySelectorAll('#ansicht-seiten .seite').length");
    await browser.run(`${WATCH} document.querySelector('${FIELD}').focus()`);
    for (let key = 0; key < KEYS; key += 1) {
      await browser.press("Wir bauen neue Wege. "[key % 21]);
      await sleep(60 + ((key * 37) % 240));
    }
    await sleep(2000);
    const waits = await browser.run("return window.waits");
    if (waits.length !== KEYS) throw new Error(`${waits.length} of ${KEYS} keys were seen`);
    return { pages, waits };
  } finally {
    await browser.end();
    served.end();
    rmSync(folder, { recursive: true });
  }
}

/** The memory of a program and all that it started, in MiB. */
function memory(program) {
  const rows = execFileSync("ps", ["-e", "-o", "pid=,ppid=,rss="], { encoding: "utf8" }).trim().split("\n");
  const all = rows.map((row) => row.trim().split(/\s+/).map(Number));
  const family = new Set([program]);
  for (const [id, parent] of all) if (family.has(parent)) family.add(id);
  return all.filter(([id]) => family.has(id)).reduce((sum, [, , kib]) => sum + kib, 0) / 1024;
}

/** So many clerks type at once, each in a record; how long they waited, what was lost, how much memory it took. */
async function together(count, seconds) {
  const name = (index) => `V-${String(index + 1).padStart(4, "0")}-2025`;
  const records = Array.from({ length: count }, (_, index) => [name(index), seed().replace("V/0056/2025", name(index).replaceAll("-", "/"))]);
  const folder = project(Object.fromEntries(records));
  const served = await serve(PROGRAM, folder);
  let most = 0;
  const watch = setInterval(() => (most = Math.max(most, memory(served.id))), 500);
  try {
    const cookie = await Clerk.enter(served.address);
    const clerks = records.map(([record], index) => new Clerk(served.origin, cookie, `${record}.toml`, index));
    await Promise.all(clerks.map((clerk) => clerk.open()));
    await Promise.all(clerks.map((clerk) => clerk.type(seconds)));
    const kept = readdirSync(join(folder, ".anlage/entwuerfe")).map((file) => readFileSync(join(folder, ".anlage/entwuerfe", file), "utf8"));
    const lost = clerks.filter((clerk) => !kept.some((text) => text.includes(clerk.last)));
    return { looks: clerks.flatMap((clerk) => clerk.looks), keeps: clerks.flatMap((clerk) => clerk.keeps), lost: lost.length, most };
  } finally {
    clearInterval(watch);
    served.end();
    rmSync(folder, { recursive: true });
  }
}

if (lacks()) {
  console.error(lacks());
  process.exit(1);
}
console.log(`${cpus().length} cores, ${cpus()[0].model}`);
for (const text of [seed(), longer(TIMES)]) {
  const { pages, waits } = await typed(text);
  console.log(`from a key to its page, ${pages} pages: ${words(waits)}`);
}
for (const count of [1, CLERKS]) {
  const { looks, keeps, lost, most } = await together(count, TYPING);
  console.log(`${count} typing for ${TYPING} s: ${keeps.length} changes kept in ${words(keeps)}, pages in ${words(looks)}, ${lost} changes lost, ${most.toFixed(0)} MiB at most`);
}
