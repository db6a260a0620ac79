// A table of a long text as a grid of cells: one for each line and column, reached with Tab, Enter and the arrows. What is
// copied from Excel fills it. Nothing of the text changes before "Übernehmen".

import { element, labelled, openDialog } from "/dateien/dialog.js";
import {
  MAX_CELLS,
  cellsFrom,
  cellsOfLines,
  filled,
  newGrid,
  placed,
  tableAt,
  withColumn,
  withRow,
  withoutColumn,
  withoutRow,
} from "/dateien/tabelle.js";

const ALIGNMENTS = { "": "wie üblich", links: "links", mitte: "in der Mitte", rechts: "rechts" };

const rowName = (row) => (row ? `Zeile ${row}` : "Kopf");

/** Shows the table at the cursor as a grid, or one of the lines with tabs that are selected, or a new one. */
export function askTable(area, put, say) {
  const { value: text, selectionStart: start, selectionEnd: end } = area;
  const found = tableAt(text, start);
  const cells = found ? null : cellsOfLines(text.slice(start, end));
  const { from, to, ...before } = found ?? { from: cells ? start : end, to: end, ...newGrid(cells) };
  let grid = before;
  let changed = false;
  /** The cell that the tools are about. */
  let at = { row: 0, column: 0 };

  if (grid.rows.length * grid.align.length > MAX_CELLS) {
    say(TOO_LARGE);
    return;
  }
  const sheet = element("table", { class: "gitter" });
  const news = element("p", { class: "leise", role: "status" });
  const align = element("select", { id: "gitter-ausrichtung" });
  align.append(...Object.entries(ALIGNMENTS).map(([value, name]) => element("option", { value }, name)));
  align.addEventListener("change", () => {
    grid = { ...grid, align: grid.align.with(at.column, align.value) };
    changed = true;
    draw();
  });
  const buttons = {
    "Zeile einfügen": () => set(withRow(grid, at.row + 1), { ...at, row: at.row + 1 }, "Eine Zeile ist dazugekommen."),
    "Spalte einfügen": () => set(withColumn(grid, at.column + 1), { ...at, column: at.column + 1 }, "Eine Spalte ist dazugekommen."),
    "Zeile entfernen": () =>
      at.row ? set(withoutRow(grid, at.row), at, `${rowName(at.row)} ist entfernt.`) : tell("Der Kopf bleibt."),
    "Spalte entfernen": () =>
      grid.align.length > 1 ? set(withoutColumn(grid, at.column), at, `Spalte ${at.column + 1} ist entfernt.`) : tell("Eine Spalte bleibt."),
  };
  const bar = element("div", { class: "werkzeuge", role: "group", "aria-label": "Zeilen und Spalten" });
  for (const [name, act] of Object.entries(buttons)) {
    const button = element("button", { type: "button" }, name);
    button.addEventListener("click", act);
    bar.append(button);
  }

  function tell(words) {
    // The same words twice are read out twice.
    news.textContent = "";
    news.textContent = words;
  }

  const cellAt = ({ row, column }) => sheet.rows[row + 1].cells[column + 1].firstChild;

  /** Goes on with another grid, at one of its cells. */
  function set(next, { row, column }, words) {
    if (next.rows.length * next.align.length > MAX_CELLS) {
      tell(TOO_LARGE);
      return;
    }
    grid = next;
    changed = true;
    draw();
    at = { row: Math.min(row, grid.rows.length - 1), column: Math.min(column, grid.align.length - 1) };
    cellAt(at).focus();
    tell(words);
  }

  function cell(row, column) {
    const input = element("input", { type: "text", autocomplete: "off", "aria-label": `Spalte ${column + 1}, ${rowName(row)}` });
    input.className = grid.align[column];
    input.value = grid.rows[row][column];
    input.addEventListener("input", () => {
      grid.rows[row][column] = input.value;
      changed = true;
    });
    input.addEventListener("focus", () => {
      at = { row, column };
      align.value = grid.align[column];
      sheet.querySelector(".hier")?.classList.remove("hier");
      input.parentElement.classList.add("hier");
    });
    return element("td", {}, input);
  }

  function draw() {
    const columns = grid.align.map((_, column) => element("th", { scope: "col" }, `Spalte ${column + 1}`));
    const rows = grid.rows.map((own, row) =>
      element("tr", {}, element("th", { scope: "row" }, rowName(row)), ...own.map((_, column) => cell(row, column))),
    );
    sheet.replaceChildren(element("thead", {}, element("tr", {}, element("td"), ...columns)), element("tbody", {}, ...rows));
  }

  /** Where a key leads from a cell; nowhere while it moves in the words of the cell. */
  function next({ key, shiftKey, target }) {
    const [first, last] = [target.selectionEnd === 0, target.selectionStart === target.value.length];
    const step = {
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      Enter: [shiftKey ? -1 : 1, 0],
      ArrowLeft: first && [0, -1],
      ArrowRight: last && [0, 1],
    }[key];
    return step && { row: at.row + step[0], column: at.column + step[1] };
  }

  sheet.addEventListener("keydown", (event) => {
    if (!event.target.matches("input") || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const to = next(event);
    if (!to) return;
    event.preventDefault();
    if (event.key === "Enter" && to.row === grid.rows.length && grid.rows.at(-1).some((own) => own.trim())) {
      set(withRow(grid, to.row), to, "Eine Zeile ist dazugekommen.");
    } else if (grid.rows[to.row]?.[to.column] !== undefined) {
      cellAt(to).focus();
      cellAt(to).select();
    }
  });
  sheet.addEventListener("paste", (event) => {
    const pasted = cellsFrom(event.clipboardData.getData("text/plain"));
    if (!pasted || !event.target.matches("input")) return;
    event.preventDefault();
    set(filled(grid, at.row, at.column, pasted), at, `Zeilen eingefügt: ${pasted.length}.`);
  });
  draw();
  openDialog({
    title: found ? "Tabelle bearbeiten" : "Tabelle einfügen",
    content: [
      element("p", { class: "hilfe" }, "Eingabetaste und Pfeiltasten führen von Zelle zu Zelle. Zellen aus Excel lassen sich einfügen."),
      element("div", { class: "rollbar" }, sheet),
      bar,
      labelled(align, "Ausrichtung der Spalte"),
      news,
    ],
    action: "Übernehmen",
    mayClose: () => !changed,
    isWide: true,
    done({ close }) {
      close();
      if (found && !changed) return;
      put(area, placed(text, { from, to }, grid, Boolean(found)));
      say(found ? "Die Tabelle ist geändert." : "Die Tabelle ist eingefügt.");
    },
  });
  cellAt(at).focus();
  cellAt(at).select();
}

const TOO_LARGE = `Die Tabelle ist zu groß für das Gitter: höchstens ${MAX_CELLS.toLocaleString("de")} Zellen.`;
