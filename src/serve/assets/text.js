// Long texts, easier: a bar of tools that write the marks of CommonMark, pictures, and what is pasted from other programs as
// text with such marks. Without this script the marks are typed.

import { askPicture, pictureOf } from "/dateien/bild.js";
import { askTable } from "/dateien/gitter.js";
import { apart, bold, italic, list, numbers, link } from "/dateien/marken.js";

const TOOLS = [
  { name: "Fett", keys: "Strg+B", key: "b", change: bold },
  { name: "Kursiv", keys: "Strg+I", key: "i", change: italic },
  { name: "Liste", change: list },
  { name: "Nummerierte Liste", change: numbers },
  { name: "Tabelle", ask: askTable },
  { name: "Link", keys: "Strg+K", key: "k", change: link },
  { name: "Bild", ask: askPicture },
];

const NO_PICTURE = "Nicht eingefügt: Hier sind nur Text und Bilder möglich.";

/** Puts a text in the place of a part of another, so that the browser can take it back; and selects a part of it. */
function put(area, { from, to, text, selectFrom, selectTo }) {
  area.focus();
  area.setSelectionRange(from, to);
  const isDone = text === "" ? document.execCommand("delete") : document.execCommand("insertText", false, text);
  if (!isDone) {
    area.setRangeText(text, from, to, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
  area.setSelectionRange(selectFrom ?? from + text.length, selectTo ?? selectFrom ?? from + text.length);
}

function use(area, tool, say) {
  if (tool.ask) tool.ask(area, put, say);
  else put(area, tool.change(area.value, area.selectionStart, area.selectionEnd));
}

/** A bar of which one button is reached with Tab and the others with the arrows. */
function bar(area, label, say) {
  const box = document.createElement("div");
  box.className = "werkzeuge";
  box.setAttribute("role", "toolbar");
  box.setAttribute("aria-label", `Auszeichnung: ${label}`);
  box.setAttribute("aria-controls", area.id);
  const buttons = TOOLS.map((tool, index) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = tool.name;
    button.tabIndex = index === 0 ? 0 : -1;
    if (tool.keys) {
      button.title = tool.keys;
      button.setAttribute("aria-keyshortcuts", tool.keys.replace("Strg", "Control"));
    }
    button.addEventListener("click", () => use(area, tool, say));
    return button;
  });
  box.append(...buttons);
  box.addEventListener("keydown", (event) => {
    const now = buttons.indexOf(document.activeElement);
    const last = buttons.length - 1;
    const next = {
      ArrowRight: now === last ? 0 : now + 1,
      ArrowLeft: now === 0 ? last : now - 1,
      Home: 0,
      End: last,
    }[event.key];
    if (next === undefined || now < 0) return;
    event.preventDefault();
    buttons[now].tabIndex = -1;
    buttons[next].tabIndex = 0;
    buttons[next].focus();
  });
  return box;
}

/** Takes what another program put on the clipboard. */
async function paste(area, say, html, plain) {
  const { selectionStart: from, selectionEnd: to } = area;
  let pasted = { text: plain, bloecke: false, verloren: [] };
  try {
    const answer = await fetch("/einfuegen", { method: "POST", headers: { "Content-Type": "text/html" }, body: html });
    if (answer.ok) pasted = await answer.json();
    else pasted.verloren = ["Nur der bloße Text wurde eingefügt: Es war zu viel auf einmal."];
  } catch {
    pasted.verloren = ["Nur der bloße Text wurde eingefügt: Die Verbindung zum Programm fehlt."];
  }
  let { text } = pasted;
  if (pasted.bloecke) {
    const { lead, tail } = apart(area.value, from, to);
    text = lead + text + tail;
  }
  if (text) put(area, { from, to, text });
  say(pasted.verloren.length ? `Eingefügt. ${pasted.verloren.join(" ")}` : "Eingefügt.");
}

// The bar asks for pictures, and what is chosen for an annex is sent at once.
for (const plain of document.querySelectorAll(".ohne-skript")) plain.remove();

for (const area of document.querySelectorAll(".langtext textarea")) {
  const label = document.querySelector(`label[for="${CSS.escape(area.id)}"]`);
  const news = document.createElement("p");
  news.className = "leise";
  news.setAttribute("role", "status");
  area.after(news);
  const say = (text) => {
    news.textContent = text;
  };
  area.before(bar(area, label?.firstChild?.textContent.trim() ?? "", say));
  area.addEventListener("paste", (event) => {
    const [html, plain] = ["text/html", "text/plain"].map((kind) => event.clipboardData.getData(kind));
    const image = pictureOf(event.clipboardData);
    // Office programs add a picture of what is words.
    if (image && !plain.trim()) {
      event.preventDefault();
      askPicture(area, put, say, image);
    } else if (html) {
      event.preventDefault();
      paste(area, say, html, plain);
    } else if (event.clipboardData.files.length) {
      event.preventDefault();
      say(NO_PICTURE);
    }
  });
  area.addEventListener("dragover", (event) => {
    if (event.dataTransfer.types.includes("Files")) event.preventDefault();
  });
  area.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    const image = pictureOf(event.dataTransfer);
    if (image) askPicture(area, put, say, image);
    else say(NO_PICTURE);
  });
  area.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    const tool = TOOLS.find(({ key }) => key === event.key.toLowerCase());
    if (!tool) return;
    event.preventDefault();
    use(area, tool, say);
  });
}
