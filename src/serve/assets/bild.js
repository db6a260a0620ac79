// Pictures in long texts: chosen, dropped or pasted. The program lays the file beside the record; the text gets the mark that
// shows it there.

import { picture } from "/dateien/marken.js";
import { element, labelled, openDialog, optional } from "/dateien/dialog.js";
import { MAX_MIB, send } from "/dateien/senden.js";

const KINDS = "image/png,image/jpeg,image/tiff,image/svg+xml";

/** The first picture of what was dropped or pasted. */
export const pictureOf = (data) => [...data.files].find(({ type }) => type.startsWith("image/"));

/** A width as a record has it; empty for none, null for what is no width. */
function widthOf(text) {
  const bare = text.replace(/\s+/g, "").toLowerCase();
  const [, number, unit] = /^(\d+(?:[.,]\d+)?)(cm|mm|%)$/.exec(bare) ?? [];
  if (!unit) return bare ? null : "";
  const size = Number(number.replace(",", "."));
  const fits = { "%": size >= 1 && size <= 100, mm: size >= 3 && size <= 270, cm: size >= 0.3 && size <= 27 };
  return fits[unit] ? bare.replace(",", ".") : null;
}

/** Asks for a picture and what it shows, and has it put into the text at `area`. */
export function askPicture(area, put, say, given) {
  // Where the text is selected now: behind the dialog a browser may say that it is at the beginning.
  const { selectionStart: start, selectionEnd: end } = area;
  const file = element("input", { id: "bild-datei", type: "file", accept: KINDS, required: true, autofocus: !given });
  const alt = element("input", { id: "bild-alt", type: "text", class: "lang", required: true, autocomplete: "off", autofocus: Boolean(given) });
  const caption = element("input", { id: "bild-unterschrift", type: "text", class: "lang", autocomplete: "off" });
  const width = element("input", { id: "bild-breite", type: "text", class: "kurz", autocomplete: "off" });
  const shown = element("img", { class: "vorschau", alt: "", hidden: true });
  const show = () => {
    URL.revokeObjectURL(shown.src);
    shown.hidden = !file.files.length;
    if (file.files.length) shown.src = URL.createObjectURL(file.files[0]);
  };
  // No browser but one shows TIFF.
  shown.addEventListener("error", () => (shown.hidden = true));
  file.addEventListener("change", show);
  if (given) {
    const files = new DataTransfer();
    files.items.add(given);
    file.files = files.files;
    show();
  }
  const dialog = openDialog({
    title: "Bild einfügen",
    content: [
      labelled(file, "Datei", `PNG, JPEG, TIFF oder SVG, höchstens ${MAX_MIB} MiB. Ein Foto verliert dabei, wo und von wem es aufgenommen wurde.`),
      shown,
      labelled(alt, "Was ist auf dem Bild zu sehen?", "Das hören alle, die das Bild nicht sehen."),
      labelled(caption, element("span", {}, "Bildunterschrift ", optional()), "Steht unter dem Bild."),
      labelled(width, element("span", {}, "Breite ", optional()), "Zum Beispiel 8 cm oder 50 %."),
    ],
    action: "Einfügen",
    async done({ close, wrong }) {
      const wide = widthOf(width.value);
      if (!file.files.length) return wrong(file, "Bitte ein Bild wählen.");
      if (!alt.value.trim()) return wrong(alt, "Bitte schreiben, was auf dem Bild zu sehen ist.");
      if (wide === null) return wrong(width, "Die Breite steht in cm, mm oder % und passt auf die Seite, zum Beispiel 8 cm.");
      try {
        const { datei: name } = await send("/bild", file.files[0]);
        // Whoever gave up meanwhile wants no picture.
        if (!dialog.open) return false;
        close();
        put(area, picture(area.value, start, end, { name, alt: alt.value, caption: caption.value, width: wide }));
        say(`Das Bild ${name} ist eingefügt und liegt jetzt neben der Vorlage.`);
      } catch (error) {
        return wrong(file, error.message);
      }
      return true;
    },
  });
  dialog.addEventListener("close", () => URL.revokeObjectURL(shown.src));
}
