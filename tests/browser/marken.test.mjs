// The marks that the bar of tools writes: `node --test tests/browser`.

import assert from "node:assert/strict";
import test from "node:test";
import { bold, italic, link, list, numbers, table } from "../../src/serve/assets/marken.js";

/** Applies a tool; `[` and `]` are the ends of the selection, before and after. */
function used(tool, shown) {
  const start = shown.indexOf("⟦");
  const end = shown.indexOf("⟧") - 1;
  const text = shown.replace(/[⟦⟧]/g, "");
  const { from, to, text: put, selectFrom, selectTo } = tool(text, start, end);
  const after = text.slice(0, from) + put + text.slice(to);
  const a = selectFrom ?? from + put.length;
  const b = selectTo ?? a;
  return `${after.slice(0, a)}⟦${after.slice(a, b)}⟧${after.slice(b)}`;
}

test("each tool does and undoes", () => {
  for (const [tool, before, after] of [
    [bold, "ein ⟦Wort ⟧da", "ein **⟦Wort⟧** da"],
    [bold, "ein **⟦Wort⟧** da", "ein ⟦Wort⟧ da"],
    [bold, "ein ⟦**Wort**⟧ da", "ein ⟦Wort⟧ da"],
    [italic, "ein **⟦Wort⟧** da", "ein ***⟦Wort⟧*** da"],
    [italic, "ein ***⟦Wort⟧*** da", "ein **⟦Wort⟧** da"],
    [bold, "a ⟦⟧", "a **⟦⟧**"],
    [bold, "⟦eins\n\nzwei⟧", "**⟦eins**\n\n**zwei⟧**"],
    [list, "eins⟦⟧", "- eins⟦⟧"],
    [list, "⟦eins\nzwei⟧", "⟦- eins\n- zwei⟧"],
    [list, "⟦- eins\n- zwei⟧", "⟦eins\nzwei⟧"],
    [numbers, "⟦- eins\n- zwei⟧", "⟦1. eins\n2. zwei⟧"],
    [list, "davor\n⟦eins⟧", "davor\n\n- eins⟦⟧"],
    [list, "- davor\n⟦eins⟧", "- davor\n- eins⟦⟧"],
    [list, "⟦⟧", "- ⟦⟧"],
    [table, "⟦a\tb\n1\t2⟧", "| ⟦a⟧        | b        |\n| -------- | -------- |\n| 1        | 2        |"],
    [table, "x⟦⟧", "x\n\n| ⟦Spalte 1⟧ | Spalte 2 |\n| -------- | -------- |\n|          |          |"],
    [link, "⟦Rat⟧", "[Rat](https://⟦⟧)"],
    [link, "⟦https://a.de⟧", "[⟦⟧](https://a.de)"],
    [link, "⟦⟧", "[⟦⟧](https://)"],
  ]) {
    assert.equal(used(tool, before), after, before);
  }
});
