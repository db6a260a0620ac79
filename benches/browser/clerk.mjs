// Somebody who types into a record, as the page's script sends it, without a browser.

import { Agent, request } from "node:http";

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
const plain = (text) =>
  text.replace(/&(lt|gt|quot|amp|#39);/g, (_, name) => ({ lt: "<", gt: ">", quot: '"', amp: "&", "#39": "'" })[name]);

/** What the controls of a page say. */
function controls(page) {
  const form = page.slice(page.indexOf("<form"));
  const attribute = (tag, name) => plain(new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? "");
  const found = [];
  for (const [, tag] of form.matchAll(/<input([^>]*)>/g)) {
    const isChoice = ["radio", "checkbox"].includes(attribute(tag, "type"));
    if (attribute(tag, "name") && (!isChoice || /\schecked/.test(tag))) found.push([attribute(tag, "name"), attribute(tag, "value")]);
  }
  for (const [, tag, text] of form.matchAll(/<textarea([^>]*)>([^]*?)<\/textarea>/g)) found.push([attribute(tag, "name"), plain(text).replace(/^\n/, "")]);
  for (const [, tag, options] of form.matchAll(/<select([^>]*)>([^]*?)<\/select>/g)) {
    const chosen = /<option([^>]*\sselected[^>]*)>/.exec(options);
    if (chosen) found.push([attribute(tag, "name"), attribute(chosen[1], "value")]);
  }
  return found;
}

/** As long as in the page's script. */
const GAP = 400;

export class Clerk {
  constructor(origin, cookie, record, number) {
    const agent = new Agent({ keepAlive: true });
    Object.assign(this, { origin, cookie, record, number, agent, looks: [], keeps: [], seen: [], last: "" });
  }

  /** Opens the printed address; what lets one in from then on. */
  static async enter(address) {
    const answer = await fetch(address, { redirect: "manual" });
    return answer.headers.get("set-cookie").split(";")[0];
  }

  async open() {
    const answer = await fetch(`${this.origin}/vorlage?datei=${this.record}`, { headers: { cookie: this.cookie } });
    this.controls = controls(await answer.text()).filter(([name]) => name !== "fenster");
    this.controls.push(["fenster", `fenster${this.number}`]);
    this.long = this.controls.find(([name]) => name === "/anlage/A/ziele");
    this.before = this.long[1];
    this.still = new URLSearchParams(this.controls.filter((control) => control !== this.long)).toString();
  }

  async send(address, times) {
    const start = performance.now();
    const changing = new URLSearchParams([this.long, ["tun", "A"], ...this.seen.map((mark) => ["habe", mark])]);
    const said = JSON.parse(await this.post(address, `${this.still}&${changing}`));
    if (address === "/sichern" && !said.gesichert) throw new Error(said.hinweis);
    if (said.seiten) this.seen = said.seiten.flatMap((page) => page.streifen.map((band) => band.kennung));
    times.push(performance.now() - start);
  }

  /** Sends a form; what the answer says. */
  post(address, body) {
    const headers = { cookie: this.cookie, origin: this.origin, "content-type": "application/x-www-form-urlencoded" };
    return new Promise((done, failed) => {
      // What the clerks take of the machine is taken from the program, so they take little: fetch would take several times as much.
      const sent = request(this.origin + address, { method: "POST", agent: this.agent, headers }, (answer) => {
        const parts = [];
        answer.on("data", (part) => parts.push(part));
        answer.on("end", () => done(Buffer.concat(parts).toString()));
      });
      sent.on("error", failed);
      sent.end(body);
    });
  }

  /** Types for some seconds, a key after each pause; what is typed meanwhile goes along with what comes next. */
  async type(seconds) {
    const end = performance.now() + seconds * 1000;
    const senders = [this.sender("/sichern", this.keeps, GAP), this.sender("/ansicht", this.looks, 0)];
    for (let count = 1; performance.now() < end; count += 1) {
      this.last = `Nummer ${this.number} schreibt ${count}.`;
      this.long[1] = `${this.before} ${this.last}`;
      senders.forEach((sender) => sender.changed());
      await pause(120 + ((count * 53 + this.number * 17) % 260));
    }
    await Promise.all(senders.map((sender) => sender.done));
  }

  /** What sends each change, but never two at a time, and none sooner than `gap` after the one before. */
  sender(address, times, gap) {
    const sender = { done: Promise.resolve(), changed };
    let isChanged = false;
    let isRunning = false;
    const run = async () => {
      isRunning = true;
      while (isChanged) {
        isChanged = false;
        await this.send(address, times);
        if (gap > 0) await pause(gap);
      }
      isRunning = false;
    };
    function changed() {
      isChanged = true;
      if (!isRunning) sender.done = run();
    }
    return sender;
  }
}
