// Dialogs of the long texts: a form over the page, of which Escape and "Abbrechen" change nothing. The focus returns where it
// was.

/** Makes an element with its attributes, and what stands in it. */
export function element(name, attributes = {}, ...content) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...content);
  return made;
}

/** A control with its label and its help, as the form of a record has them. */
export function labelled(control, label, help) {
  const box = element("div", { class: "feld" }, element("label", { for: control.id }, label));
  if (help) {
    box.append(element("p", { class: "hilfe", id: `${control.id}-hilfe` }, help));
    control.setAttribute("aria-describedby", `${control.id}-hilfe`);
  }
  box.append(control);
  return box;
}

/** The part of a label that says that nobody has to answer. */
export const optional = () => element("span", { class: "leise" }, "(freiwillig)");

/**
 * Opens a dialog with a title, its content, and the word of the button that does it. `done` does it and says whether it is
 * done; `mayClose` says whether Escape may close it.
 */
export function openDialog({ title, content, action, done, mayClose = () => true, isWide = false }) {
  const problem = element("p", { class: "fehler", id: "dialog-fehler", role: "alert" });
  const cancel = element("button", { type: "button" }, "Abbrechen");
  const act = element("button", { type: "submit", class: "haupt" }, action);
  const form = element(
    "form",
    { novalidate: true },
    element("h2", { id: "dialog-titel" }, title),
    ...content,
    problem,
    element("div", { class: "knoepfe" }, act, cancel),
  );
  const dialog = element("dialog", { "aria-labelledby": "dialog-titel", class: isWide ? "breit" : undefined }, form);
  /** Says what is wrong, at its control. */
  const wrong = (control, text) => {
    control.before(problem);
    problem.textContent = text;
    control.setAttribute("aria-invalid", "true");
    control.setAttribute("aria-errormessage", problem.id);
    control.focus();
    return false;
  };
  form.addEventListener("input", ({ target }) => target.removeAttribute("aria-invalid"));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (act.disabled) return;
    act.disabled = true;
    problem.textContent = "";
    await done({ close: () => dialog.close(), wrong });
    act.disabled = false;
  });
  // What is taken back here is not what was done to the record.
  dialog.addEventListener("keydown", (event) => event.stopPropagation());
  cancel.addEventListener("click", () => dialog.close());
  dialog.addEventListener("cancel", (event) => {
    if (mayClose()) return;
    event.preventDefault();
    problem.textContent = `Es gibt Änderungen. Bitte „${action}“ oder „Abbrechen“ wählen.`;
  });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
