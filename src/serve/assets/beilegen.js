// Files of annexes: what is chosen or dropped is sent at once; the program lays it beside the record, and its name stands in the
// field. Without this script a button sends it with the form.

import { element } from "/dateien/dialog.js";
import { send } from "/dateien/senden.js";

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
    try {
      const { datei, hinweise } = await send("/beilegen", files[0]);
      if (own !== last) return;
      field.value = datei;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      say(false, `Die Datei ${datei} liegt jetzt neben der Vorlage und steht im Feld.`, ...hinweise);
    } catch (error) {
      if (own === last) say(true, error.message);
    }
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
