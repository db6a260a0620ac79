// Tables of CommonMark as grids and back: `rows` of cells, of which the first is the head, and how each column is aligned
// (`links`, `rechts`, `mitte`, or nothing), and the `widths` of the columns if the text says them. What is in a cell stays as
// it was typed; only a pipe has a backslash in the text and none in the grid. Knows nothing of pages.

import { apart, plain } from "./marken.js";

/** A column is drawn no wider, so that lines stay short where one cell is long. */
const WIDEST = 30;
/** The most cells that a grid has. */
export const MAX_CELLS = 3000;

const DRAWN = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;
/** What no row of a table begins with: a list, a heading, a quotation, code, or the widths below a table. */
const OTHER = /^\s{0,3}([-*+]\s|\d{1,9}[.)]\s|>|#{1,6}\s|`{3}|~{3}|\{[^{}]*\}\s*$)/;
/** The signs of the quotations and lists that a line begins with. */
const SIGNS = /^( *(> ?|[-*+] {1,4}|\d{1,9}[.)] {1,4})){0,9}/;

/** The cells of a line. */
function cellsOf(line) {
  const bare = line.trim().replace(/^\|/, "").replace(/(?<!\\)\|$/, "");
  return bare.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));
}

function alignment(cell) {
  const [left, right] = [cell.startsWith(":"), cell.endsWith(":")];
  return left && right ? "mitte" : right ? "rechts" : left ? "links" : "";
}

/** The widths that a line below a table says; none if it says something else. */
function widthsOf(line) {
  const [, value] = /^\s*\{\s*breiten?\s*=([^{}]*)\}\s*$/.exec(line) ?? [];
  if (value === undefined) return [];
  const widths = [];
  for (const part of value.split(/[,;]/).map((own) => own.trim())) {
    // The comma between two widths is also that of `1,5cm`: no width is a bare number.
    const continues = /^\d+$/.test(widths.at(-1)) && /^\d/.test(part);
    widths.push(continues ? `${widths.pop()},${part}` : part);
  }
  return widths;
}

/** The quotations and lists that a line begins in: its signs, those of the lines below it, and what is behind these. */
function container(line) {
  const [signs] = SIGNS.exec(line);
  const below = signs.replace(/[^>]/g, " ");
  const known = new RegExp(`^${below.replace(/ *> ?/g, " *> ?")}`);
  // Null for a line that is not in them.
  return { signs, below, within: (other) => (known.test(other) ? other.replace(known, "") : null) };
}

/** Tells whether a line is in a block of code, where nothing is a table. */
function isInCode(lines, at) {
  let fence = null;
  let outer = null;
  for (const line of lines.slice(0, at)) {
    // Code ends with the quotation or list that it is in.
    if (fence && line.trim() && outer.within(line) === null) fence = null;
    const own = fence ? outer : container(line);
    const bare = fence ? outer.within(line) : line.slice(own.signs.length);
    const [, sign, info] = /^\s*(`{3,}|~{3,})(.*)$/.exec(bare ?? "") ?? [];
    if (!sign) continue;
    if (fence) {
      if (sign.startsWith(fence) && !info.trim()) fence = null;
    } else if (sign.startsWith("~") || !info.includes("`")) {
      fence = sign;
      outer = own;
    }
  }
  return fence !== null;
}

/**
 * Where the line stands that says the widths of a table with `end` as the first line below it: there, or as a paragraph of its
 * own behind empty lines, in the same quotation or list.
 */
function widthsBelow(lines, end, { below, within }) {
  const bare = (at) => within(lines[at] ?? "");
  // An empty line ends a quotation, and no list.
  const isEmpty = (at) => (bare(at) === null ? !lines[at].trim() && !below.includes(">") : !bare(at).trim());
  let at = end;
  while (at < lines.length && isEmpty(at)) at += 1;
  const isAlone = at === end || (/^ {0,3}\S/.test(bare(at) ?? "") && (at + 1 >= lines.length || isEmpty(at + 1)));
  return isAlone ? at : end;
}

/** The table at a place of a text, and which part of the text it is; null if there is none. */
export function tableAt(text, at) {
  const lines = text.split("\n");
  const starts = [];
  lines.reduce((from, line) => starts.push(from) && from + line.length + 1, 0);
  const own = starts.findLastIndex((from) => from <= at);
  if (isInCode(lines, own)) return null;
  // What says the widths of a table may stand below it, behind empty lines.
  let last = own;
  if (widthsOf(lines[own].replace(SIGNS, "")).length) while (last > 0 && (last === own || !lines[last].trim())) last -= 1;
  let top = last;
  while (top > 0 && lines[top - 1].trim()) top -= 1;
  for (let first = top; first <= last && lines[first].trim(); first += 1) {
    const outer = container(lines[first]);
    const { signs, below, within } = outer;
    const head = lines[first].slice(signs.length);
    const line = (at) => within(lines[at] ?? "") ?? "";
    const drawn = line(first + 1);
    if (OTHER.test(head) || !head.includes("|") || !drawn.includes("|") || !DRAWN.test(drawn)) continue;
    const columns = cellsOf(drawn);
    if (cellsOf(head).length !== columns.length) continue;
    const body = [];
    let end = first + 2;
    for (; line(end).trim() && !OTHER.test(line(end)); end += 1) body.push(line(end));
    const said = widthsBelow(lines, end, outer);
    const widths = widthsOf(line(said));
    // Widths of other columns stay what they are, for the author to mend.
    const hasWidths = widths.length === columns.length;
    if (hasWidths) end = said + 1;
    if (own >= end) continue;
    const rows = [head, ...body].map(cellsOf);
    const align = columns.map(alignment);
    const [from, to] = [starts[first], starts[end - 1] + lines[end - 1].length];
    const [space] = /^\s*/.exec(head);
    return { from, to, lead: signs + space, indent: below + space, ...even({ rows, align, ...(hasWidths && { widths }) }) };
  }
  return null;
}

/** The same with as many cells in each row. */
function even({ rows, align, widths, ...rest }) {
  const columns = Math.max(align.length, ...rows.map((row) => row.length));
  const full = (all, empty = "") => [...all, ...Array(columns - all.length).fill(empty)];
  return { ...rest, rows: rows.map((row) => full(row)), align: full(align), ...(widths && { widths: full(widths, "auto") }) };
}

/** What programs put on the clipboard for cells, as rows of words without marks; null if it is only one cell. */
export function cellsFrom(pasted) {
  const lines = pasted.replaceAll("\r\n", "\n").replace(/\n+$/, "");
  if (!/[\t\n]/.test(lines)) return null;
  // A cell with a line end or a tab in it stands in quotation marks.
  const rows = [[]];
  for (const [, quoted, bare, end] of `${lines}\n`.matchAll(/(?:"((?:[^"]|"")*)"(?=[\t\n])|([^\t\n]*))([\t\n])/g)) {
    const words = quoted === undefined ? bare : quoted.replaceAll('""', '"');
    rows.at(-1).push(plain(words.replace(/\s+/g, " ").trim()));
    if (end === "\n") rows.push([]);
  }
  return rows.slice(0, -1);
}

/** Lines of a text with tabs between their parts, as rows of cells; null if there are no tabs. The marks in them stay marks. */
export function cellsOfLines(text) {
  const lines = text.split("\n").filter((line) => line.trim());
  if (!lines.some((line) => line.trim().includes("\t"))) return null;
  return lines.map((line) => line.split("\t").map((cell) => cell.trim()));
}

/** A grid of cells that somebody copied elsewhere; an empty one of nothing. */
export function newGrid(cells) {
  const rows = cells ?? [["Spalte 1", "Spalte 2"], ["", ""]];
  return even({ rows: rows.length > 1 ? rows : [...rows, []], align: [] });
}

/** Puts cells into a grid from one of its cells on; it grows as far as they need. */
export function filled(grid, row, column, cells) {
  const rows = grid.rows.map((own) => [...own]);
  for (const [down, line] of cells.entries()) {
    const own = (rows[row + down] ??= []);
    for (const [right, cell] of line.entries()) own[column + right] = cell;
  }
  const whole = rows.map((own) => Array.from(own, (cell) => cell ?? ""));
  return even({ ...grid, rows: whole });
}

/** Inserts an empty row or column before another, or takes one away. The head stays, and one column. */
export const withRow = (grid, at) => ({ ...grid, rows: grid.rows.toSpliced(Math.max(at, 1), 0, grid.align.map(() => "")) });
export const withoutRow = (grid, at) => (at < 1 ? grid : { ...grid, rows: grid.rows.toSpliced(at, 1) });
export const withColumn = (grid, at) => ({
  ...grid,
  rows: grid.rows.map((row) => row.toSpliced(at, 0, "")),
  align: grid.align.toSpliced(at, 0, ""),
  widths: grid.widths?.toSpliced(at, 0, "auto"),
});
export function withoutColumn(grid, at) {
  if (grid.align.length < 2) return grid;
  return {
    ...grid,
    rows: grid.rows.map((row) => row.toSpliced(at, 1)),
    align: grid.align.toSpliced(at, 1),
    widths: grid.widths?.toSpliced(at, 1),
  };
}

/** A grid as a table of CommonMark, its columns below each other. */
export function written({ rows, align, widths, indent = "", lead = indent }) {
  const cells = rows.map((row) => row.map((cell) => cell.replace(/\s+/g, " ").trim().replaceAll("|", "\\|")));
  const size = (cell) => [...cell].length;
  const sizes = align.map((_, at) => Math.min(WIDEST, Math.max(3, ...cells.map((row) => size(row[at])))));
  const padded = (cell, at) => {
    const space = Math.max(0, sizes[at] - size(cell));
    const left = { rechts: space, mitte: Math.floor(space / 2) }[align[at]] ?? 0;
    return " ".repeat(left) + cell + " ".repeat(space - left);
  };
  const drawn = align.map((kind, at) => {
    const [left, right] = [["links", "mitte"].includes(kind) ? ":" : "-", ["rechts", "mitte"].includes(kind) ? ":" : "-"];
    return left + "-".repeat(sizes[at] - 2) + right;
  });
  const [head, ...body] = cells.map((row) => row.map(padded));
  const lines = [head, drawn, ...body].map((row, at) => `${at ? indent : lead}| ${row.join(" | ")} |`);
  if (widths) lines.push(`${indent}{breiten=${widths.join(",")}}`);
  return lines.join("\n");
}

/** What to put where in a text, so that a grid stands in the place of a table, or between empty lines in that of what is selected. */
export function placed(text, { from, to }, grid, isTable) {
  const { lead, tail } = isTable ? { lead: "", tail: "" } : apart(text, from, to);
  return { from, to, text: lead + written(grid) + tail, selectFrom: from + lead.length };
}
