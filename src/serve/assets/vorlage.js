// The page of a record, quicker: what is typed is kept within a second, and the printed page stands beside the form.
// Without this script all buttons work the same.

import { mark, place } from "/dateien/stellen.js";

const form = document.getElementById("vorlage-formular");
const view = document.getElementById("ansicht");
const state = document.getElementById("ansicht-stand");
const sheets = document.getElementById("ansicht-seiten");

const WAIT = 300;
/** What is typed waits no longer than this, however fast somebody types. */
const LONGEST = 700;
let timer = 0;
/** When the first key was pressed that is not yet sent. */
let since = 0;
let running = false;
let again = false;
let keeping = false;
let keepAgain = false;
let changed = false;
let under = new AbortController();

/** Sends what the form says. */
async function send(only) {
  since = 0;
  const body = new URLSearchParams(new FormData(form));
  body.set("tun", view.dataset.anlage ?? "");
  if (only) body.set("nur", only);
  const answer = await fetch("/ansicht", { method: "POST", body, signal: under.signal });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

/** Gets the pages, and the word that what is typed was kept. */
async function look() {
  if (running) {
    again = true;
    keep();
    return;
  }
  running = true;
  let wait = 0;
  try {
    show(await send());
  } catch (error) {
    if (error.name === "AbortError") {
      running = again = false;
      return;
    }
    unreachable();
    again = true;
    wait = WAIT * 3;
  }
  running = false;
  if (again) {
    again = false;
    later(wait);
  }
}

/** Has what is typed kept while the pages of before are still made. */
async function keep() {
  if (keeping) {
    keepAgain = true;
    return;
  }
  keeping = true;
  try {
    const answer = await send("sichern");
    if (!answer.gesichert) say(answer.hinweis);
  } catch (error) {
    if (error.name !== "AbortError") unreachable();
    keepAgain = false;
  }
  keeping = false;
  if (keepAgain) {
    keepAgain = false;
    keep();
  }
}

function unreachable() {
  say("Die Verbindung zum Programm fehlt. Was Sie jetzt schreiben, ist noch nicht gesichert.");
}

/** Says something only if it is new, so that a screen reader does not repeat it with each key. */
function say(text) {
  if (state.textContent !== text) state.textContent = text;
}

function show(answer) {
  const parts = [`Befunde: ${answer.befunde}.`];
  if (answer.entwurf) parts.push("Mit Fehlern wird nur ein Entwurf gedruckt.");
  if (changed) parts.push(answer.gesichert ? "Ihre Änderungen sind gesichert, aber noch nicht gespeichert." : answer.hinweis);
  say(parts.join(" "));
  view.hidden = false;
  document.body.classList.add("mit-ansicht");
  while (sheets.children.length > answer.seiten.length) sheets.lastChild.remove();
  place(answer.stellen);
  answer.seiten.forEach((svg, index) => {
    let sheet = sheets.children[index]?.firstChild;
    if (!sheet) {
      const page = document.createElement("div");
      page.className = "seite";
      sheet = document.createElement("img");
      sheet.alt = "";
      page.append(sheet);
      sheets.append(page);
    }
    if (sheet.svg === svg) return;
    const old = sheet.src;
    sheet.svg = svg;
    sheet.src = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
    sheet.addEventListener("load", () => mark(document.activeElement), { once: true });
    if (old) sheet.addEventListener("load", () => URL.revokeObjectURL(old), { once: true });
  });
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

function later(wait) {
  clearTimeout(timer);
  timer = setTimeout(look, wait);
}

if (form && view) {
  // What is under way must not keep as unsaved what is just being saved.
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    under.abort();
    under = new AbortController();
  });
  form.addEventListener("input", () => {
    changed = true;
    since ||= Date.now();
    later(Math.min(WAIT, Math.max(0, since + LONGEST - Date.now())));
  });
  document.addEventListener("keydown", (event) => {
    const button = stepButton(event);
    if (!button) return;
    event.preventDefault();
    form.requestSubmit(button);
  });
  look();
}
