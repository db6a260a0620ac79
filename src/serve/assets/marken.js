// The marks of CommonMark around and before a selection. Each function takes a text with a selection and gives what is put
// in the place of which part, and what is selected then. Knows nothing of pages.

/** Puts a sign around what is selected, or takes it away. */
function around(text, start, end, sign) {
  while (start < end && /\s/.test(text[start])) start += 1;
  while (end > start && /\s/.test(text[end - 1])) end -= 1;
  const size = sign.length;
  const outside = text.slice(0, start).match(/\**$/)[0].length;
  // One star is italic, two are bold, three are both.
  const isMarked = (count) => (size === 1 ? count === 1 || count === 3 : count >= 2);
  const behind = text.slice(end).match(/^\**/)[0].length;
  const own = text.slice(start, end);
  if (own && isMarked(outside) && isMarked(behind)) {
    return { from: start - size, to: end + size, text: own, selectFrom: start - size, selectTo: end - size };
  }
  const inner = own.match(/^(\**)([^]*?)(\**)$/);
  if (inner[2] && isMarked(inner[1].length) && isMarked(inner[3].length)) {
    const less = own.slice(size, -size);
    return { from: start, to: end, text: less, selectFrom: start, selectTo: start + less.length };
  }
  // A mark does not reach over the end of a paragraph.
  const more = own.split(/(\n\s*\n)/).map((part, index) => (index % 2 || !part ? part : sign + part + sign)).join("");
  const marked = own ? more : sign + sign;
  const selectFrom = start + size;
  return { from: start, to: end, text: marked, selectFrom, selectTo: own ? start + marked.length - size : selectFrom };
}

export const bold = (text, start, end) => around(text, start, end, "**");
export const italic = (text, start, end) => around(text, start, end, "*");

/** Puts a sign before each line that is selected, or takes it away. */
function before(text, start, end, sign, known) {
  const from = text.lastIndexOf("\n", start - 1) + 1;
  const found = text.indexOf("\n", Math.max(end - (end > start && text[end - 1] === "\n" ? 1 : 0), start));
  const to = found < 0 ? text.length : found;
  const lines = text.slice(from, to).split("\n");
  const all = lines.filter((line) => line.trim());
  const isList = all.length > 0 && all.every((line) => known.test(line));
  let count = 0;
  const changed = lines.map((line) => {
    if (!line.trim() && lines.length > 1) return line;
    const bare = line.replace(/^\s*([-*+•]|\d{1,9}[.)])\s+/, "");
    count += 1;
    return isList ? bare : sign(count) + bare;
  });
  // A list begins behind an empty line.
  const above = text.slice(0, from);
  const gap = !isList && above.trim() && !above.endsWith("\n\n") && !known.test(above.trimEnd().split("\n").pop()) ? "\n" : "";
  const written = gap + changed.join("\n");
  const selectFrom = lines.length > 1 ? from + gap.length : from + written.length;
  return { from, to, text: written, selectFrom, selectTo: from + written.length };
}

export const list = (text, start, end) => before(text, start, end, () => "- ", /^\s*[-*+]\s/);
export const numbers = (text, start, end) => before(text, start, end, (count) => `${count}. `, /^\s*\d{1,9}[.)]\s/);

/** What goes before and behind a block that is put in the place of a part of a text, so that it stands between empty lines. */
export function apart(text, from, to) {
  const [above, below] = [text.slice(0, from), text.slice(to)];
  return {
    lead: !above.trim() || above.endsWith("\n\n") ? "" : above.endsWith("\n") ? "\n" : "\n\n",
    tail: !below.trim() || below.startsWith("\n\n") ? "" : below.startsWith("\n") ? "\n" : "\n\n",
  };
}

/** A link around what is selected: its words, or its address. */
export function link(text, start, end) {
  const own = text.slice(start, end).trim();
  const isAddress = /^(https?:\/\/|mailto:)\S+$/.test(own);
  const written = isAddress ? `[](${own})` : `[${own}](https://)`;
  const selectFrom = start + (isAddress || !own ? 1 : written.length - 1);
  return { from: start, to: end, text: written, selectFrom };
}

/** Words in which nothing is a mark; what stands behind them decides about a sign at their end. */
export function plain(words, behind = " ") {
  const isMark = (sign, before, after) => {
    if (sign === "\\") return /[!-/:-@[-`{-~]/.test(after);
    if ("*_".includes(sign)) return ![/^\s\s$/, /^[\p{L}\p{N}]{2}$/u].some((kind) => kind.test(before + after));
    return true;
  };
  const marks = /[\\*_[\]`]|<(?=[A-Za-z/!?])|&(?=#?\w{1,32};)/g;
  return words.replace(marks, (sign, at) => (isMark(sign, words[at - 1] ?? " ", words[at + 1] ?? behind) ? `\\${sign}` : sign));
}

/** A picture in a paragraph of its own, behind what is selected. */
export function picture(text, start, end, { name, alt, caption, width }) {
  const oneLine = (words) => words.replace(/\s+/g, " ").trim();
  // A title is written between signs that are not in it, and has no escapes.
  const title = oneLine(caption).replace(/\\+$/, "");
  const signs = ['""', "''", "()"].find(([open, close]) => !title.includes(open) && !title.includes(close));
  const quoted = signs ? signs[0] + title + signs[1] : `"${title.replaceAll('"', "“")}"`;
  const written = `![${plain(oneLine(alt), "]")}](${name}${title ? ` ${quoted}` : ""})${width ? `{breite=${width}}` : ""}`;
  const { lead, tail } = apart(text, end, end);
  return { from: end, to: end, text: lead + written + tail, selectFrom: end + lead.length + written.length };
}
