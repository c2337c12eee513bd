/** Where the patient writes. Enter sends, Shift+Enter makes a line. */

import { el, icon } from "./dom.js";

export function composer(phone, words, { send, shareLocation }) {
  const input = el("textarea", { rows: 1, dir: "auto", placeholder: words.write, "aria-label": words.write, enterkeyhint: "send" });
  const submit = el("button", { type: "submit", class: "round accent", "aria-label": words.send, disabled: true }, icon("send"));
  const fit = () => {
    submit.disabled = !input.value.trim();
    input.style.height = "auto";
    input.style.height = `${Math.min(input.scrollHeight, 120)}px`;
  };
  const form = el("form", { class: "composer" },
    el("button", { type: "button", class: "round", "aria-label": words.location, "aria-haspopup": "dialog", onclick: shareLocation }, icon("pin")),
    input, submit);
  input.addEventListener("input", fit);
  input.addEventListener("keydown", (event) => {
    // While an input method composes a word, Enter belongs to it.
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = input.value.trim();
    if (!text) return;
    input.value = "";
    fit();
    send(text).catch(() => { input.value = text; fit(); });
  });
  return { form, focus: () => input.focus() };
}
