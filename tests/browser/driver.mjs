// A browser that is led by chromedriver, without any package: for tests and for pictures of the running program.

import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

export const HERE = new URL("../..", import.meta.url).pathname;
export const PROGRAM = process.env.ANLAGE ?? join(HERE, "target/release/anlage");
export const AXE = join(HERE, "target/axe/node_modules/axe-core/axe.min.js");

/** What a test needs that is not there, in words; false if all of it is. */
export function lacks(...files) {
  const missing = ["chromium", "chromedriver"].filter((name) => spawnSync("which", [name]).status !== 0);
  missing.push(...[PROGRAM, ...files].filter((file) => !existsSync(file)));
  return missing.length ? `not there: ${missing.join(", ")}` : false;
}

const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

/** The first line of a program that `wanted` takes something from. */
async function heard(program, wanted) {
  for await (const line of createInterface({ input: program.stdout })) {
    const found = wanted(line);
    if (found) return found;
  }
  throw new Error("the program ended without saying where it listens");
}

/** Serves a project, and gives the address that lets a browser in, or at which people sign in. */
export async function serve(program, folder, ...options) {
  const served = spawn(program, ["serve", "--listen", "127.0.0.1:0", ...options], { cwd: folder, stdio: ["ignore", "pipe", "ignore"] });
  const address = await heard(served, (line) => (line.startsWith("http://") ? line.trim() : null));
  return { address, origin: new URL(address).origin, id: served.pid, end: () => served.kill() };
}

/** Starts a browser without a window. */
export async function browse({ width = 1600, height = 1000 } = {}) {
  const driver = spawn("chromedriver", ["--port=0"], { stdio: ["ignore", "pipe", "ignore"] });
  const port = await heard(driver, (line) => /started successfully on port (\d+)/.exec(line)?.[1]);
  const call = async (method, path, body) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method, body: body && JSON.stringify(body) });
    const { value } = await answer.json();
    if (!answer.ok) throw new Error(`${path}: ${value.message}`);
    return value;
  };
  const args = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", `--window-size=${width},${height}`];
  const capabilities = { alwaysMatch: { "goog:chromeOptions": { args }, "goog:loggingPrefs": { browser: "ALL" } } };
  const { sessionId } = await call("POST", "/session", { capabilities });
  const own = (method, path, body) => call(method, `/session/${sessionId}${path}`, body);
  const element = async (css) => (await own("POST", "/element", { using: "css selector", value: css }))[ELEMENT];
  const browser = {
    go: (url) => own("POST", "/url", { url }),
    run: (script, ...args) => own("POST", "/execute/sync", { script, args }),
    runAsync: (script, ...args) => own("POST", "/execute/async", { script, args }),
    element,
    click: async (css) => own("POST", `/element/${await element(css)}/click`, {}),
    type: async (css, text) => own("POST", `/element/${await element(css)}/value`, { text }),
    /** Presses keys where the focus is; several at once, as `["\uE009", "b"]`. */
    async press(...keys) {
      const down = keys.map((value) => ({ type: "keyDown", value }));
      const up = [...keys].reverse().map((value) => ({ type: "keyUp", value }));
      await own("POST", "/actions", { actions: [{ type: "key", id: "keys", actions: [...down, ...up] }] });
    },
    /** Types a text where the focus is. */
    async write(text) {
      const keys = [...text].flatMap((value) => ["keyDown", "keyUp"].map((type) => ({ type, value })));
      await own("POST", "/actions", { actions: [{ type: "key", id: "keys", actions: keys }] });
    },
    /** Opens another window and goes there; gives its name. */
    async window() {
      const { handle } = await own("POST", "/window/new", { type: "window" });
      await browser.turn(handle);
      return handle;
    },
    /** Goes to another window. */
    turn: (handle) => own("POST", "/window", { handle }),
    /** The name of the window. */
    own: () => own("GET", "/window"),
    /** Waits until a script gives something. */
    async until(script, seconds = 20) {
      for (let left = seconds * 20; left > 0; left -= 1) {
        const value = await browser.run(script);
        if (value) return value;
        await new Promise((done) => setTimeout(done, 50));
      }
      throw new Error(`never came: ${script}`);
    },
    picture: async () => Buffer.from(await own("GET", "/screenshot"), "base64"),
    /** Sees pages as somebody with this colour scheme does. */
    colours: (value) =>
      own("POST", "/goog/cdp/execute", {
        cmd: "Emulation.setEmulatedMedia",
        params: { features: [{ name: "prefers-color-scheme", value }] },
      }),
    /** Sees pages in a window of this width, which may be narrower than a window can be: as somebody does who zooms. */
    width: (width) =>
      own("POST", "/goog/cdp/execute", {
        cmd: "Emulation.setDeviceMetricsOverride",
        params: { width, height: 900, deviceScaleFactor: 1, mobile: false },
      }),
    /** What those hear who do not see the page: its accessibility tree. */
    tree: async () => (await own("POST", "/goog/cdp/execute", { cmd: "Accessibility.getFullAXTree", params: {} })).nodes,
    log: () => own("POST", "/se/log", { type: "browser" }),
    async end() {
      await own("DELETE", "").catch(() => {});
      driver.kill();
    },
  };
  return browser;
}
