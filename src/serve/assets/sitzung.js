// The page of a session, easier: items are dragged with the mouse, and one sees how far the packets are. Without this script
// the buttons do the same.

const form = document.getElementById("tagesordnung-formular");
const items = [...document.querySelectorAll(".tagesordnung > li")];
let dragged = null;

function send(action) {
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name: "tun", value: action });
  form.append(field);
  form.submit();
}

for (const item of form?.matches("fieldset:disabled *") ? [] : items) {
  item.draggable = true;
  item.addEventListener("dragstart", (event) => {
    dragged = item;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", item.dataset.platz);
  });
  item.addEventListener("dragover", (event) => {
    if (!dragged) return;
    event.preventDefault();
    items.forEach((other) => other.classList.toggle("ziel", other === item && other !== dragged));
  });
  item.addEventListener("dragend", () => {
    dragged = null;
    items.forEach((other) => other.classList.remove("ziel"));
  });
  item.addEventListener("drop", (event) => {
    event.preventDefault();
    if (dragged && dragged !== item) send(`nach:${dragged.dataset.platz}:${item.dataset.platz}`);
  });
}

// Who moves an item with the keyboard goes on where it is now.
const KEY = "anlage-richtung";
form?.addEventListener("submit", ({ submitter }) => sessionStorage.setItem(KEY, submitter?.value.split(":")[0] ?? ""));
const moved = items.find((item) => `#${item.id}` === location.hash);
const [same, other] = [`[value^="${sessionStorage.getItem(KEY)}:"]`, "a.knopf"];
sessionStorage.removeItem(KEY);
// Browsers go to the place of the address first, and take the focus away.
addEventListener("load", () => setTimeout(() => (moved?.querySelector(same) ?? moved?.querySelector(other))?.focus(), 50));

const progress = document.getElementById("fortschritt");

async function watch() {
  try {
    const state = await (await fetch(progress.dataset.adresse)).json();
    if (!state.laeuft) {
      location.reload();
      return;
    }
    const bar = progress.querySelector("progress");
    if (state.von) bar.max = state.von;
    bar.value = state.fertig;
  } catch {
    progress.querySelector("[role=status]").textContent = "Die Verbindung zum Programm fehlt.";
  }
  setTimeout(watch, 500);
}

if (progress) watch();
