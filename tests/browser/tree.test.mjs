// What those hear of each kind of control who do not see it: the accessibility tree as Chromium has it, against what it was
// when somebody read it. Needs what form.test.mjs needs. A reference that is missing is written, and the test fails.

import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import test from "node:test";
import { HERE, PROGRAM, browse, lacks, serve } from "./driver.mjs";

const skip = lacks();

const text = (title, more = {}) => ({ title, description: `Hilfe zu ${title}.`, type: "string", ...more });
const choices = (...words) => words.map((word) => ({ const: word, title: word[0].toUpperCase() + word.slice(1) }));
/** A form with each kind of control. */
const SCHEMA = {
  type: "object",
  additionalProperties: false,
  required: ["zeile", "antwort", "farbe"],
  properties: {
    antwort: { title: "Verlangte Antwort", description: "Hilfe zur Antwort.", oneOf: choices("ja", "nein") },
    farbe: {
      title: "Verlangte Farbe",
      description: "Hilfe zur Farbe.",
      oneOf: choices("rot", "grün", "blau", "gelb", "weiß", "schwarz"),
    },
    zeile: text("Zeile", { minLength: 1 }),
    text: text("Langer Text", { format: "markdown" }),
    wenige: { title: "Eine von wenigen", description: "Hilfe zu wenigen.", oneOf: choices("ja", "nein") },
    viele: {
      title: "Eine von vielen",
      description: "Hilfe zu vielen.",
      oneOf: choices("rot", "grün", "blau", "gelb", "weiß", "schwarz", "grau"),
    },
    mehrere: {
      title: "Mehrere",
      description: "Hilfe zu mehreren.",
      type: "array",
      items: { oneOf: choices("bus", "bahn", "rad") },
    },
    wahr: { title: "Stimmt das?", description: "Hilfe dazu.", type: "boolean" },
    tag: text("Tag", { format: "datum" }),
    jahr: { title: "Jahr", description: "Hilfe zum Jahr.", type: "integer", format: "jahr" },
    betrag: { title: "Betrag", description: "Hilfe zum Betrag.", type: "number", format: "betrag" },
    grund: text("Grund"),
    bloecke: {
      title: "Kosten",
      description: "Hilfe zu den Kosten.",
      type: "array",
      items: {
        type: "object",
        additionalProperties: false,
        required: ["was"],
        properties: { was: text("Was") },
      },
    },
  },
  if: { required: ["wenige"], properties: { wenige: { const: "ja" } } },
  then: { required: ["grund"] },
  else: { properties: { grund: false } },
};
const RECORD = `[vorlage]
nummer = "V/0001/2025"
art = "Beschlussvorlage"
betreff = "Radweg"
datum = 2025-01-20
oeffentlich = true
amt = "Tiefbauamt"

[[vorlage.beratung]]
datum = 2025-02-12
gremium = "Rat"
rolle = "Entscheidung"

[anlage.A]
template = "alles"
wenige = "ja"
antwort = "vielleicht"
farbe = "lila"
mehrere = ["bus"]
tag = 2025-03-01
jahr = 12
betrag = 1234.5
bloecke = [{ was = "Poller" }, { was = "Bänke" }]
`;
const SESSION = `[sitzung]
gremium = "Rat"
datum = 2025-02-12
ladung = 2025-01-20

[[top]]
nummer = "1"
titel = "Einwohnerfragestunde"

[[top]]
nummer = "2"
vorlage = "a.toml"

[[top]]
nummer = "3"
titel = "Grundstück"
oeffentlich = false
`;

/** Roles that say nothing by themselves. */
const SILENT = ["generic", "none", "InlineTextBox", "LineBreak", "RootWebArea", "paragraph", "LabelText", "Legend", "ListMarker"];
const STATES = ["required", "invalid", "checked", "expanded", "disabled", "pressed", "multiline", "level"];

/** What is heard of a part of the page, line by line: of the first node with this role and name. */
function heard(nodes, isTop) {
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const lines = [];
  const walk = (node, depth, outer) => {
    const role = node.role?.value ?? "";
    const name = (node.name?.value ?? "").trim();
    // What a control is called is said with it.
    const said = role === "StaticText" && outer.includes(name);
    const isSilent = node.ignored || SILENT.includes(role) || said;
    if (!isSilent) {
      const states = (node.properties ?? [])
        .filter(({ name, value }) => STATES.includes(name) && ![false, "false", undefined].includes(value.value))
        .map(({ name, value }) => (value.value === true ? name : `${name}=${value.value}`));
      const description = node.description?.value ? ` (${node.description.value})` : "";
      const value = node.value?.value !== undefined ? ` = ${JSON.stringify(node.value.value)}` : "";
      const state = states.length ? ` [${states.join(", ")}]` : "";
      lines.push(`${"  ".repeat(depth)}${role}${name ? ` „${name}“` : ""}${description}${value}${state}`);
    }
    const own = [name, node.description?.value, node.value?.value].join("\n");
    for (const child of node.childIds ?? []) {
      if (byId.has(child)) walk(byId.get(child), depth + (isSilent ? 0 : 1), isSilent ? outer : own);
    }
  };
  walk(nodes.find(isTop), 0, "");
  return `${lines.join("\n")}\n`;
}

function isAsItWas(name, now) {
  const file = join(HERE, "tests/browser/heard", name);
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, now);
    assert.fail(`${name} was not there and is written; read it`);
  }
  assert.equal(now, readFileSync(file, "utf8"));
}

test("each control is heard with its label, its help and what is wrong", { skip }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "anlage-"));
  const write = (name, content) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  };
  write("anlage.toml", "");
  write(
    "templates/alles/template.toml",
    "name = 'alles'\ntitel = 'Anlage A'\nversion = '1.0.0'\nsprache = 'de-DE'\nkennung = 'A'\nbeschreibung = 'Von allem eines'\n",
  );
  write("templates/alles/schema.json", JSON.stringify(SCHEMA));
  write("templates/alles/layout.typ", '#import "/form.typ": *\n#let layout(data) = heading("Alles")\n');
  write("a.toml", RECORD);
  write("sitzung.toml", SESSION);
  const served = await serve(PROGRAM, folder);
  const browser = await browse();
  try {
    await browser.go(served.address);
    await browser.go(`${served.origin}/vorlage?datei=a.toml`);
    // With the pages beside it and what is said of them, which come a little later.
    await browser.until("return document.querySelector('#ansicht-stand')?.textContent");
    const isMain = (node) => node.role?.value === "main";
    isAsItWas("formular.txt", heard(await browser.tree(), isMain));
    // What an answer asks for is free again once the answer is another.
    const needed = (words, required) =>
      browser.until(`const own = document.getElementById("/anlage/A/grund");
        return own.labels[0].textContent === "Grund ${words}" && own.getAttribute("aria-required") === ${required};`);
    await browser.click('[name="/anlage/A/wenige"][value=nein]');
    await needed("(freiwillig)", null);
    await browser.click('[name="/anlage/A/wenige"][value=ja]');
    await needed("(hier nötig)", '"true"');
    // A session whose records are sound.
    write("a.toml", RECORD.replace("[anlage.A]", "[anlage.A]\nzeile = 'x'\ngrund = 'y'").replace("jahr = 12", "jahr = 2026").replace("vielleicht", "ja").replace("lila", "rot"));
    await browser.go(`${served.origin}/sitzung?datei=sitzung.toml`);
    isAsItWas("sitzung.txt", heard(await browser.tree(), isMain));
    // A field with a list to choose from, and what is said when nothing fits.
    await browser.go(`${served.origin}/sitzung?datei=sitzung.toml&punkt=0`);
    await browser.type("#vorlage-dazu", "Turnhalle");
    await browser.click("button[value=speichern]");
    await browser.until("return document.querySelector('#problem')");
    isAsItWas("punkt.txt", heard(await browser.tree(), isMain));
  } finally {
    await browser.end();
    served.end();
    rmSync(folder, { recursive: true });
  }
});
