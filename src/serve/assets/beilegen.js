// Files of annexes: what is chosen or dropped is sent at once; the program lays it beside the record, and its name stands in the
// field. Without this script a button sends it with the form.

import { element } from "/dateien/dialog.js";
import { send } from "/dateien/senden.js";

/** How many files are under way, and the button that was pressed meanwhile: what it does is done with the files. */
let busy = 0;
let pressed = null;

function isOver(isGood) {
  busy -= 1;
  const button = isGood ? pressed : null;
  if (!busy || !isGood) pressed = null;
  if (!busy && button) button.form.requestSubmit(button);
}

// Before anything else hears of it.
document.addEventListener(
  "submit",
  (event) => {
    if (!busy) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    pressed = event.submitter;
  },
  true,
);

/** Takes away what was found wrong with what stood in the field before; what others wrote there stays. */
function forget(field) {
  const found = field.closest(".feld").querySelector(".befunde");
  if (found?.querySelector(".fremd")) return;
  found?.remove();
  field.removeAttribute("aria-invalid");
  const said = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => document.getElementById(id));
  field.setAttribute("aria-describedby", said.join(" "));
}

for (const box of document.querySelectorAll(".vorlage .beilage")) {
  const field = box.querySelector("input[type=text]");
  const choice = box.querySelector("input[type=file]");
  const news = element("div", { role: "status" });
  choice.after(news);
  const say = (isBad, ...lines) => {
    news.replaceChildren(...lines.map((line) => element("p", { class: isBad ? "fehler" : "leise" }, line)));
  };
  let last = 0;
  const attach = async (files) => {
    if (files.length !== 1) return say(true, "Bitte eine einzige Datei wählen.");
    // Whoever chooses another one meanwhile wants that one.
    const own = (last += 1);
    say(false, "Die Datei wird gesendet und untersucht.");
    let isGood = true;
    busy += 1;
    try {
      const { datei, hinweise } = await send("/beilegen", files[0]);
      if (own === last) {
        field.value = datei;
        forget(field);
        field.dispatchEvent(new Event("input", { bubbles: true }));
        say(false, `Die Datei ${datei} liegt jetzt neben der Vorlage und steht im Feld.`, ...hinweise);
      }
    } catch (error) {
      isGood = own !== last;
      if (!isGood) say(true, error.message);
    }
    isOver(isGood);
  };
  // What was sent shall not be sent with the form again.
  choice.addEventListener("change", async () => {
    if (choice.files.length) await attach([...choice.files]);
    choice.value = "";
  });
  box.addEventListener("dragover", (event) => {
    if (event.dataTransfer.types.includes("Files")) event.preventDefault();
  });
  box.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    attach([...event.dataTransfer.files]);
  });
}
