/** A sheet that slides up inside a phone: a modal dialog with its own focus, closed with Escape. */

import { el, icon, newId } from "./dom.js";

const FOCUSABLE = "button:not([disabled]), input:not([disabled]), a[href]";

export function openSheet(screen, { title, body, words, submit, label, ready = true }) {
  const opener = document.activeElement;
  const id = newId("sheet");
  const done = el("button", { type: "submit", class: "primary", disabled: !ready }, label);
  const form = el("form", { novalidate: true }, el("div", { class: "sheet-body" }, ...body), el("footer", {}, done));
  const sheet = el("div", { class: "sheet", role: "dialog", "aria-modal": "true", "aria-labelledby": id },
    el("header", {},
      el("h3", { id, dir: "auto" }, title),
      el("button", { type: "button", class: "round", "aria-label": words.close, onclick: close }, icon("close"))),
    form);
  const scrim = el("div", { class: "scrim" }, sheet);
  const behind = [...screen.children];

  function close() {
    scrim.remove();
    behind.forEach((node) => { node.inert = false; });
    opener?.focus();
  }

  scrim.addEventListener("pointerdown", (event) => { if (event.target === scrim) close(); });
  sheet.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { event.stopPropagation(); close(); }
    if (event.key === "Tab") keepInside(event, sheet);
  });
  form.addEventListener("change", () => { done.disabled = !form.checkValidity(); });
  form.addEventListener("input", () => { done.disabled = !form.checkValidity(); });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (done.disabled) return;
    const values = Object.fromEntries(new FormData(form));
    close();
    submit(values);
  });

  behind.forEach((node) => { node.inert = true; });
  screen.append(scrim);
  (form.querySelector("input") || done).focus({ preventScroll: true });
}

/** Tab goes round inside the dialog. A radio group is one stop, as the browser treats it. */
function keepInside(event, sheet) {
  const stops = [...sheet.querySelectorAll(FOCUSABLE)].filter((node, index, all) => {
    if (node.type !== "radio") return true;
    const chosen = sheet.querySelector("input[type=radio]:checked");
    return chosen ? node === chosen : node === all.find((other) => other.type === "radio");
  });
  const [first, last] = [stops[0], stops.at(-1)];
  const here = document.activeElement;
  const onFirst = here === first || !sheet.contains(here);
  if (event.shiftKey ? onFirst : here === last) {
    event.preventDefault();
    (event.shiftKey ? last : first).focus();
  }
}
