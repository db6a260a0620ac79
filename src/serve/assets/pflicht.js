// Says at each field whether it has to be filled, while answers change: one that is usually free may be needed because of
// another. Without this script the page says so after each "Prüfen".

/** Takes note of the names of the fields that answers make required. */
export function markNeeded(names) {
  for (const word of document.querySelectorAll(".pflicht")) {
    const label = word.parentElement;
    const own = label.htmlFor ? document.getElementById(label.htmlFor) : label.closest("fieldset");
    const isNeeded = names.includes(own.id);
    const text = isNeeded ? "(hier nötig)" : word.dataset.sonst;
    if (word.textContent !== text) word.textContent = text;
    if (own.matches("fieldset:not([role=radiogroup])")) continue;
    if (isNeeded) own.setAttribute("aria-required", "true");
    else own.removeAttribute("aria-required");
  }
}
