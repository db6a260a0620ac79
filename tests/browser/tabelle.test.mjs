// Tables as grids and back: `node --test tests/browser`.

import assert from "node:assert/strict";
import test from "node:test";
import { cellsFrom, cellsOfLines, filled, newGrid, placed, tableAt, withColumn, withRow, withoutColumn, withoutRow, written } from "../../src/serve/assets/tabelle.js";

const of = (text, at = 0) => {
  const { rows, align } = tableAt(text, at) ?? {};
  return { rows, align };
};

test("the table at the cursor is found, and nothing else", () => {
  const text = "Davor\n\n| a | b |\n|:--|--:|\n| 1 \\| 2 | `x` |\n{breiten=2cm,*}\n\ndanach";
  const table = tableAt(text, text.indexOf("1"));
  assert.deepEqual(table.rows, [["a", "b"], ["1 | 2", "`x`"]]);
  assert.deepEqual(table.align, ["links", "rechts"]);
  assert.equal(text.slice(table.from, table.to), "| a | b |\n|:--|--:|\n| 1 \\| 2 | `x` |\n{breiten=2cm,*}");
  for (const word of ["Davor", "danach"]) assert.equal(tableAt(text, text.indexOf(word)), null, word);
  for (const word of ["| a", "|:--", "`x` |", "breiten"]) assert.ok(tableAt(text, text.indexOf(word)), word);
  // No line under the head, or one with other columns, is no table.
  for (const none of ["", "a", "a | b\nc | d", "| a | b |\n|---|", "a\n---", "- a | b\n\n|---|---|"]) assert.equal(tableAt(none, 0), null, none);
  assert.deepEqual(of("a | b\n--- | ---\n1"), { rows: [["a", "b"], ["1", ""]], align: ["", ""] });
  // What is too much for the head is not lost.
  assert.deepEqual(of("|a|\n|-|\n|1|2|").rows, [["a", ""], ["1", "2"]]);
  assert.deepEqual(of("| a |\n| - |\n- Liste").rows, [["a"]]);
  assert.equal(tableAt("  | a |\n  | - |", 0).indent, "  ");
});

test("the widths below a table come and go with its columns", () => {
  const table = (line) => `> | a | b |\n> |---|---|\n> | 1 | 2 |\n> ${line}`;
  const changed = (line, change) => {
    const text = table(line);
    const { from, to, ...grid } = tableAt(text, 0);
    const put = placed(text, { from, to }, change(grid), true);
    return (text.slice(0, put.from) + put.text + text.slice(put.to)).split("\n").at(-1);
  };
  for (const [line, change, after] of [
    ["{breiten=1,5cm,*}", (grid) => grid, "> {breiten=1,5cm,*}"],
    ["{breiten=1,5cm,*}", (grid) => withRow(grid, 1), "> {breiten=1,5cm,*}"],
    ["{breiten=1,5cm,*}", (grid) => withColumn(grid, 1), "> {breiten=1,5cm,auto,*}"],
    ["{breiten=1,5cm,2,5 cm}", (grid) => withColumn(grid, 2), "> {breiten=1,5cm,2,5 cm,auto}"],
    ["{ breite = 2* ; 30 % }", (grid) => withColumn(grid, 0), "> {breiten=auto,2*,30 %}"],
    ["{breiten=1,5cm,*}", (grid) => withoutColumn(grid, 0), "> {breiten=*}"],
    ["{breiten=1,5cm,*}", (grid) => filled(grid, 0, 1, [["x", "y"]]), "> {breiten=1,5cm,*,auto}"],
    // What does not say the widths of these columns stays as it is.
    ["{breiten=1,5cm}", (grid) => withColumn(grid, 1), "> {breiten=1,5cm}"],
    ["{breiten=1cm,*,*}", (grid) => withColumn(grid, 1), "> {breiten=1cm,*,*}"],
    ["{hoehe=1cm,*}", (grid) => withColumn(grid, 1), "> {hoehe=1cm,*}"],
  ]) {
    assert.equal(changed(line, change), after, line);
  }
});

test("widths behind empty lines are those of the table above them, as in the record", () => {
  const table = "| a | b |\n|---|---|\n| 1 | 2 |";
  const wider = "| a   |     | b   |\n| --- | --- | --- |\n| 1   |     | 2   |";
  const inList = (text, mark, more) => mark + text.replaceAll("\n", `\n${more}`);
  for (const [text, after] of [
    [`${table}\n\n{breiten=2cm,*}`, `${wider}\n{breiten=2cm,auto,*}`],
    [`${table}\n\n \n  {breite=2cm,*}\n\ndanach`, `${wider}\n{breiten=2cm,auto,*}\n\ndanach`],
    [inList(`${table}\n\n{breiten=2cm,*}`, "> ", "> "), inList(`${wider}\n{breiten=2cm,auto,*}`, "> ", "> ")],
    [inList(`${table}\n\n{breiten=2cm,*}`, "- ", "  ").replace("\n  \n", "\n\n"), inList(`${wider}\n{breiten=2cm,auto,*}`, "- ", "  ")],
    // Not those of this table, or none at all.
    ...[
      `${table}\n\n{breiten=2cm}`,
      `${table}\n\n    {breiten=2cm,*}`,
      `${table}\n\n{breiten=2cm,*}\nund Text`,
      `${table}\n\ndazwischen\n\n{breiten=2cm,*}`,
      `${inList(table, "> ", "> ")}\n\n> {breiten=2cm,*}`,
      `${inList(table, "- ", "  ")}\n\n{breiten=2cm,*}`,
    ].map((text) => [text, text]),
  ]) {
    const changed = (at) => {
      const { from, to, ...grid } = tableAt(text, at) ?? {};
      if (from === undefined) return null;
      const put = placed(text, { from, to }, withColumn(grid, 1), true);
      return text.slice(0, put.from) + put.text + text.slice(put.to);
    };
    if (text === after) {
      assert.equal(tableAt(text, text.indexOf("a |")).widths, undefined, text);
      assert.equal(changed(text.indexOf("breite")), null, text);
    } else {
      assert.equal(changed(text.indexOf("a |")), after, text);
      assert.equal(changed(text.indexOf("breite")), after, text);
    }
  }
});

test("a table in a quotation or a list stays there", () => {
  for (const [text, after] of [
    ["> | a |\n> | - |\n> | 1 |\n>\n> Text", "> | a   |     |\n> | --- | --- |\n> | 1   |     |\n>\n> Text"],
    [">|a|\n> |-|\n>|1|\nText", ">| a   |     |\n>| --- | --- |\n>| 1   |     |\nText"],
    ["- | a |\n  | - |\n  | 1 |\n- Text", "- | a   |     |\n  | --- | --- |\n  | 1   |     |\n- Text"],
    ["12. a | b\n    -|-\n    1 | 2\n| 3 |", "12. | a   | b   |     |\n    | --- | --- | --- |\n    | 1   | 2   |     |\n| 3 |"],
    ["Text\n> > - | a |\n> >   | - |\n> Text", "Text\n> > - | a   |     |\n> >   | --- | --- |\n> Text"],
    ["- Text\n\n  | a |\n  | - |", "- Text\n\n  | a   |     |\n  | --- | --- |"],
  ]) {
    const { from, to, ...grid } = tableAt(text, text.search(/a( \||\|)/));
    const put = placed(text, { from, to }, withColumn(grid, grid.align.length), true);
    assert.equal(text.slice(0, put.from) + put.text + text.slice(put.to), after);
  }
  for (const none of ["- | a |\n| - |", "> | a |\n| - |", "- a | b\n- - | -", "# a | b\n- | -", "| a |\n> | - |"]) {
    assert.equal(tableAt(none, 2), null, none);
  }
});

test("nothing in a block of code is a table, and what is behind it is one", () => {
  const table = "| a |\n| - |\n| 1 |";
  const indented = table.replaceAll("\n", "\n  ");
  for (const text of [
    `\`\`\`\n${table}\n\`\`\``,
    `~~~ text\n\n\`\`\`\n${table}\n~~~`,
    `\`\`\`\`\n\`\`\`\n${table}\n\`\`\`\``,
    `- \`\`\`\n  ${indented}\n  \`\`\``,
    // Code that nothing ends but the end of its list or quotation.
    `- \`\`\`\n  ${indented}\nText`,
    `> \`\`\`\n> ${table.replaceAll("\n", "\n> ")}\nText`,
  ]) {
    assert.equal(tableAt(text, text.indexOf("a |")), null, text);
    const more = `${text}\n\n${table}`;
    assert.deepEqual(of(more, more.length).rows, [["a"], ["1"]], more);
  }
  assert.deepEqual(of(`${table}\n\`\`\`\nx\n\`\`\``).rows, [["a"], ["1"]]);
  assert.ok(tableAt(`\`\`\` kein Code \`\`\`\n\n${table}`, 20));
});

test("a table says the same after it was a grid, whatever is in its cells", () => {
  let seed = 0x5eed;
  const roll = (sides) => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) % sides;
  const pieces = ["|", "\\|", "\\\\|", "\\", "a", "ä 😀", "`x`", "**fett**", "-", "---", ":-:", "[x](y)", "&amp;", " ", "{breite=2cm}", "12.3.", "<br>"];
  for (let round = 0; round < 3000; round += 1) {
    const columns = 1 + roll(4);
    const cell = () => Array.from({ length: roll(4) }, () => pieces[roll(pieces.length)]).join("").replace(/\s+/g, " ").trim();
    const grid = {
      rows: Array.from({ length: 1 + roll(4) }, () => Array.from({ length: columns }, cell)),
      align: Array.from({ length: columns }, () => ["", "links", "rechts", "mitte"][roll(4)]),
    };
    const text = written(grid);
    assert.deepEqual(of(text), grid, text);
    assert.equal(written(of(text)), text);
  }
});

test("columns stand below each other, and a long cell does not make all lines long", () => {
  const rows = [["Was", "Betrag", "ä"], ["Poller", "1.200", "a|b"]];
  assert.equal(
    written({ rows, align: ["", "rechts", "mitte"] }),
    "| Was    | Betrag |  ä   |\n| ------ | -----: | :--: |\n| Poller |  1.200 | a\\|b |",
  );
  assert.equal(written({ rows: [["a"], ["x".repeat(99)]], align: [""] }).split("\n")[0].length, 34);
  const put = placed("eins\nzwei", { from: 4, to: 4 }, newGrid(), false);
  assert.equal(put.text.slice(0, 4), "\n\n| ");
});

test("what Excel puts on the clipboard fills the grid, which grows", () => {
  assert.equal(cellsFrom("ein Wort"), null);
  const cells = cellsFrom('Titel\tBetrag\r\n"a ""b""\nzwei"\t5*6\r\n');
  assert.deepEqual(cells, [["Titel", "Betrag"], ['a "b" zwei', "5*6"]]);
  assert.deepEqual(cellsFrom("*a*\t[b]"), [["\\*a\\*", "\\[b\\]"]]);
  assert.deepEqual(cellsFrom('5" Rohr\tx\n\ty'), [['5" Rohr', "x"], ["", "y"]]);
  const grid = newGrid();
  assert.deepEqual(filled(grid, 1, 1, cells), {
    rows: [["Spalte 1", "Spalte 2", ""], ["", "Titel", "Betrag"], ["", 'a "b" zwei', "5*6"]],
    align: ["", "", ""],
  });
  assert.deepEqual(newGrid([["a", "b"]]).rows, [["a", "b"], ["", ""]]);
});

test("selected lines become a table only with tabs between their parts, and stay as they are", () => {
  for (const none of ["", "ein Wort", "eins\nzwei", "\teins\n\tzwei\n", "eins\t\n"]) assert.equal(cellsOfLines(none), null, none);
  assert.deepEqual(cellsOfLines("**Was**\t[Amt](https://a.de)\n\n 5*6 \ta|b\n"), [["**Was**", "[Amt](https://a.de)"], ["5*6", "a|b"]]);
  assert.deepEqual(cellsOfLines("\tBetrag\nPoller\t5"), [["", "Betrag"], ["Poller", "5"]]);
});

test("rows and columns come and go, but the head and one column stay", () => {
  const grid = newGrid();
  assert.deepEqual(withRow(grid, 0).rows.map((row) => row[0]), ["Spalte 1", "", ""]);
  assert.equal(withoutRow(grid, 0), grid);
  assert.deepEqual(withoutRow(grid, 1).rows.length, 1);
  assert.deepEqual(withColumn(grid, 1).rows[0], ["Spalte 1", "", "Spalte 2"]);
  const one = withoutColumn(grid, 0);
  assert.deepEqual([one.rows[0], one.align], [["Spalte 2"], [""]]);
  assert.equal(withoutColumn(one, 0), one);
});
