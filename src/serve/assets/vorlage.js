// The page of a record, quicker: what is typed is kept within a second, and the printed page stands beside the form, also for those who
// may only read. Without this script all buttons work the same.

import { markNeeded } from "/dateien/pflicht.js";
import { mark, place } from "/dateien/stellen.js";

/** Not there for those who may only read. */
const form = document.getElementById("vorlage-formular");
const view = document.getElementById("ansicht");
const state = document.getElementById("ansicht-stand");
/** Who else has the record open; not there if nobody signs in. */
const also = document.getElementById("auch");
const sheets = document.getElementById("ansicht-seiten");

/** How long nobody types before the page says something. */
const REST = 500;
/** How long it takes to try again. */
const RETRY = 900;
/** How long what is typed waits until it is kept, if something was kept just before: each time is one of the disk. */
const GAP = 400;
let timer = 0;
let changed = false;
/** Whether a button has sent what the form says since it was changed last. */
let submitted = false;
let under = new AbortController();
/** The addresses of the pages that are shown, by what tells a page from others. */
let drawn = new Map();
/** What the pages and the journal said last. */
let seen = "";
let kept = "";

/** What the form says, as it is sent. */
function said() {
  const body = new URLSearchParams(form ? new FormData(form) : { datei: view.dataset.vorlage });
  body.set("tun", view.dataset.anlage ?? "");
  // What is here already is not made again.
  for (const mark of drawn.keys()) body.append("habe", mark);
  return body;
}

async function send(address) {
  const answer = await fetch(address, { method: "POST", body: said(), signal: under.signal });
  if (answer.ok) return answer.json();
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  throw new Refusal(answer.status, page.querySelector("main p")?.textContent);
}

/** Why the program does not do what it was asked. */
class Refusal extends Error {
  constructor(status, said) {
    super(status === 401 ? "Sie sind nicht mehr angemeldet. Bitte in einem anderen Fenster anmelden." : said || "Das Programm nimmt die Änderungen nicht an.");
  }
}

const pause = (time) => new Promise((done) => setTimeout(done, time));

/**
 * Sends what the form says at once, and again whatever is typed meanwhile: never two at a time, so none overtakes another, and
 * none sooner than `gap` after the one before.
 */
function sender(address, take, gap = 0) {
  let running = false;
  let again = false;
  /** Whether something was not answered yet. */
  let open = false;
  const run = async () => {
    again = true;
    open = true;
    if (running) return;
    running = true;
    while (again) {
      again = false;
      try {
        take(await send(address));
        open = again;
        if (gap > 0) await pause(gap);
      } catch (error) {
        if (error.name === "AbortError") {
          again = false;
          open = false;
          continue;
        }
        const why = error instanceof Refusal ? error.message : "Die Verbindung zum Programm fehlt.";
        say(form ? `${why} Was Sie jetzt schreiben, ist noch nicht gesichert.` : why);
        again = true;
        await pause(RETRY);
      }
    }
    running = false;
  };
  const drop = () => {
    again = false;
    open = false;
  };
  return { run, drop, isOpen: () => open };
}

const keep = sender("/sichern", (answer) => {
  kept = answer.gesichert ? "Ihre Änderungen sind gesichert, aber noch nicht gespeichert." : answer.hinweis;
  if (answer.gesichert) sayLater();
  else say(kept);
}, GAP);
const look = sender("/ansicht", show);

/** Says something only if it is new, so that a screen reader does not repeat it. */
function say(text) {
  clearTimeout(timer);
  if (state.textContent !== text) state.textContent = text;
}

/** Says how things are when nobody types any more, so that a screen reader does not speak with each key. */
function sayLater() {
  clearTimeout(timer);
  timer = setTimeout(() => say(`${seen} ${changed && !keep.isOpen() ? kept : ""}`.trim()), REST);
}

function show(answer) {
  seen = `Befunde: ${answer.befunde}.${answer.entwurf ? " Mit Fehlern wird nur ein Entwurf gedruckt." : ""}`;
  sayLater();
  if (also && also.textContent !== answer.auch) also.textContent = answer.auch;
  view.hidden = false;
  document.body.classList.add("mit-ansicht");
  place(answer.stellen);
  markNeeded(answer.noetig);
  draw(answer.seiten);
}

/** Shows pages, each put together from bands. What is here already stays. */
function draw(pages) {
  const before = drawn;
  const address = (svg) => URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  drawn = new Map(before);
  const bands = pages.flatMap(({ streifen }) => streifen);
  for (const { kennung, svg } of bands) if (svg && !drawn.has(kennung)) drawn.set(kennung, address(svg));
  while (sheets.children.length > pages.length) sheets.lastChild.remove();
  const isNew = pages.map((page, index) => fill(sheets.children[index] ?? blank(), page));
  if (!isNew.includes(true)) mark(document.activeElement);
  const shown = new Set(bands.map(({ kennung }) => kennung));
  for (const [kennung, old] of before) {
    if (shown.has(kennung)) continue;
    URL.revokeObjectURL(old);
    drawn.delete(kennung);
  }
}

/** A new page without anything on it. */
function blank() {
  const page = document.createElement("div");
  page.className = "seite";
  sheets.append(page);
  return page;
}

/** Shows the bands of a page: a picture that is right stays, and another one changes what it shows. Tells whether one did. */
function fill(page, { breite, streifen }) {
  page.style.aspectRatio = breite;
  const free = [...page.querySelectorAll("img")];
  const take = (index) => (index < 0 ? undefined : free.splice(index, 1)[0]);
  const kept = streifen.map(({ kennung }) => take(free.findIndex(({ src }) => src === drawn.get(kennung))));
  streifen.forEach(({ kennung, oben, hoehe }, index) => {
    const picture = kept[index] ?? free.shift() ?? document.createElement("img");
    picture.style.top = `${oben * 100}%`;
    picture.style.height = `${hoehe * 100}%`;
    if (kept[index]) return;
    picture.alt = "";
    picture.addEventListener("load", () => mark(document.activeElement), { once: true });
    picture.src = drawn.get(kennung);
    // Below what marks a place.
    if (!picture.parentElement) page.prepend(picture);
  });
  for (const old of free) old.remove();
  return kept.includes(undefined);
}

/** The button that a key means; none while the browser itself can take back what was typed into a field. */
function stepButton(event) {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return null;
  const { target } = event;
  const isText = target.matches?.("textarea, input[type=text]");
  if (isText && target.value !== target.defaultValue) return null;
  const key = event.key.toLowerCase();
  const isForth = key === "y" || (key === "z" && event.shiftKey);
  if (!isForth && key !== "z") return null;
  return form.querySelector(`button[value=${isForth ? "vor" : "zurueck"}]`);
}

if (form && view) {
  // What this window says is told from what others of the same person say.
  form.elements.fenster.value = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16)).join("");
  // What is under way must not keep as unsaved what is just being saved.
  form.addEventListener("submit", () => {
    submitted = true;
    keep.drop();
    under.abort();
    under = new AbortController();
  });
  form.addEventListener("input", () => {
    changed = true;
    submitted = false;
    keep.run();
    look.run();
    sayLater();
  });
  document.addEventListener("keydown", (event) => {
    const button = stepButton(event);
    if (!button) return;
    event.preventDefault();
    form.requestSubmit(button);
  });
  // Enter at a reason makes its exception, and not what the first button of the page does.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || !event.target.matches("input[name^='grund:']")) return;
    event.preventDefault();
    form.requestSubmit(event.target.closest("details").querySelector("button[name=tun]"));
  });
  // When the page is left, the browser ends what is under way. A beacon it still sends, if that is no more than 64 KiB.
  window.addEventListener("pagehide", () => {
    if (keep.isOpen() && !submitted) navigator.sendBeacon("/sichern", said());
  });
}
if (view) look.run();
