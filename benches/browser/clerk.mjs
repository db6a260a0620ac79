// Somebody who types into a record, as the page's script sends it, without a browser.

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

export class Clerk {
  constructor(origin, cookie, record, number) {
    Object.assign(this, { origin, cookie, record, number, looks: [], keeps: [], seen: [], last: "" });
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
  }

  async send(address, times) {
    const start = performance.now();
    const headers = { cookie: this.cookie, origin: this.origin };
    const body = new URLSearchParams([...this.controls, ["tun", "A"], ...this.seen.map((mark) => ["habe", mark])]);
    const answer = await fetch(this.origin + address, { method: "POST", headers, body });
    const said = await answer.json();
    if (address === "/sichern" && !said.gesichert) throw new Error(said.hinweis);
    if (said.seiten) this.seen = said.seiten.flatMap((page) => page.streifen.map((band) => band.kennung));
    times.push(performance.now() - start);
  }

  /** Types for some seconds, a key after each pause; what is typed meanwhile goes along with what comes next. */
  async type(seconds) {
    const end = performance.now() + seconds * 1000;
    let dirty = { keep: false, look: false };
    const sender = async (key, address, times) => {
      while (performance.now() < end || dirty[key]) {
        if (dirty[key]) {
          dirty[key] = false;
          await this.send(address, times);
        } else await pause(5);
      }
    };
    const keys = async () => {
      for (let count = 1; performance.now() < end; count += 1) {
        this.last = `Nummer ${this.number} schreibt ${count}.`;
        this.long[1] = `${this.before} ${this.last}`;
        dirty = { keep: true, look: true };
        await pause(120 + ((count * 53 + this.number * 17) % 260));
      }
    };
    await Promise.all([keys(), sender("keep", "/sichern", this.keeps), sender("look", "/ansicht", this.looks)]);
  }
}
