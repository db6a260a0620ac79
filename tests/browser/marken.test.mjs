// The marks that the bar of tools writes: `node --test tests/browser`.

import assert from "node:assert/strict";
import test from "node:test";
import { bold, italic, link, list, numbers, picture } from "../../src/serve/assets/marken.js";

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
    [link, "⟦Rat⟧", "[Rat](https://⟦⟧)"],
    [link, "⟦https://a.de⟧", "[⟦⟧](https://a.de)"],
    [link, "⟦⟧", "[⟦⟧](https://)"],
  ]) {
    assert.equal(used(tool, before), after, before);
  }
});

test("a picture stands in a paragraph of its own, and no word of it is a mark", () => {
  const put = (more) => (text, start, end) => picture(text, start, end, { name: "V-1-a.png", alt: "Plan", caption: "", width: "", ...more });
  for (const [more, before, after] of [
    [{}, "⟦⟧", "![Plan](V-1-a.png)⟦⟧"],
    [{}, "davor⟦⟧\ndanach", "davor\n\n![Plan](V-1-a.png)⟦⟧\n\ndanach"],
    [{ caption: "Die Kita", width: "8cm" }, "⟦⟧", '![Plan](V-1-a.png "Die Kita"){breite=8cm}⟦⟧'],
    [{ caption: 'Die "Kita"' }, "⟦⟧", "![Plan](V-1-a.png 'Die \"Kita\"')⟦⟧"],
    [{ caption: `"Rat's" (neu)\\` }, "⟦⟧", `![Plan](V-1-a.png "“Rat's“ (neu)")⟦⟧`],
    [{ alt: "Ordner C:\\Pläne\\" }, "⟦⟧", "![Ordner C:\\Pläne\\\\](V-1-a.png)⟦⟧"],
    [{ alt: "Plan [1]\n*neu* 5*6 m, a\\]b <b> &amp; R & B" }, "⟦⟧", "![Plan \\[1\\] \\*neu\\* 5*6 m, a\\\\\\]b \\<b> \\&amp; R & B](V-1-a.png)⟦⟧"],
  ]) {
    assert.equal(used(put(more), before), after);
  }
});
