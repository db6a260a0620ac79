// From a field to its place on the page and back: a click on the page leads to the field, and the focus in a field moves the
// page to its place. A help for those who see the page; all fields are reached without it.

const view = document.getElementById("ansicht");
const sheets = document.getElementById("ansicht-seiten");
const form = document.querySelector(".vorlage");
let places = [];

/** Takes note of where the fields stand. */
export function place(found) {
  places = found;
}

/** The places of the field that a control belongs to; those of the smallest field around it that is on a page. */
function placesOf(control) {
  for (let part = control; part && part !== form; part = part.parentElement) {
    for (const name of [part.id, part.name]) {
      if (!name) continue;
      const own = places.filter(({ feld }) => feld === name);
      if (own.length) return own;
      const below = places.filter(({ feld }) => feld.startsWith(`${name}/`));
      if (below.length && part !== control) return below;
    }
  }
  return [];
}

/** Marks the place of the field that has the focus. Moves the page there if `moves`. */
export function mark(control, moves = false) {
  for (const old of sheets.querySelectorAll(".stelle")) old.remove();
  if (!control || !form.contains(control)) return;
  let first = null;
  for (const { seite, x, y } of placesOf(control)) {
    const sheet = sheets.children[seite - 1];
    if (!sheet) continue;
    const box = document.createElement("div");
    box.className = "stelle";
    box.style.left = `${x[0] * 100}%`;
    box.style.width = `${(x[1] - x[0]) * 100}%`;
    box.style.top = `${y[0] * 100}%`;
    box.style.height = `${(y[1] - y[0]) * 100}%`;
    sheet.append(box);
    first ??= box;
  }
  if (!first || !moves) return;
  const [own, outer] = [first.getBoundingClientRect(), view.getBoundingClientRect()];
  if (own.top < outer.top || own.top > outer.bottom - 80) view.scrollBy({ top: own.top - outer.top - outer.height / 4 });
}

/** The field whose text is at a point of a page, or nearest to it on its height. */
function fieldAt(page, x, y) {
  const near = places.filter(({ seite }) => seite === page);
  const away = (from, to, at) => Math.max(from - at, at - to, 0);
  const size = (one) => (one.x[1] - one.x[0]) * (one.y[1] - one.y[0]);
  const far = (one) => away(...one.y, y) * 4 + away(...one.x, x);
  near.sort((one, other) => far(one) - far(other) || size(one) - size(other));
  return near[0] && away(...near[0].y, y) < 0.1 ? near[0].feld : null;
}

function goTo(name) {
  const own = document.getElementById(name);
  if (!own) return;
  const control = own.matches("fieldset") ? own.querySelector("input:checked, input, select, textarea") : own;
  const found = control ?? own;
  found.focus();
  found.scrollIntoView({ block: "center" });
  // What cannot be changed takes no focus.
  if (document.activeElement !== found) mark(found);
}

if (form && view) {
  form.addEventListener("focusin", (event) => mark(event.target, true));
  sheets.addEventListener("click", (event) => {
    const sheet = event.target.closest(".seite");
    if (!sheet) return;
    const box = sheet.getBoundingClientRect();
    const page = [...sheets.children].indexOf(sheet) + 1;
    const name = fieldAt(page, (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
    if (name) goTo(name);
  });
}
