/** What is done at a click: single faults, switches, the clock, phones. */

import { call } from "./api.js";
import { el } from "./dom.js";

const ONCE = [
  ["500", { status: 500 }], ["502, no JSON", { status: 502, page: true }], ["130429", { code: 130429 }], ["131056", { code: 131056 }],
  ["131047", { code: 131047 }], ["131047 later", { code: 131047, later: true }], ["131000 later", { code: 131000, later: true }],
  ["accepted, no answer", { timeout_after_accepting: true, seconds: 60 }], ["no answer", { timeout_before_accepting: true, seconds: 60 }],
];
const SWITCHES = [
  { name: "token_expired", label: "Token expired", hint: "every call is refused with 190", turn: (on) => call("/token", { expired: on }) },
  { name: "pause", label: "Hold webhooks back", hint: "they wait, none is lost", turn: (on) => call("/webhooks", { pause: on }) },
  { name: "duplicate", label: "Every webhook twice", hint: "one after the other", turn: (on) => call("/webhooks", { duplicate: on }) },
  { name: "rate_limits", label: "Rate limits", hint: "130429 and 131056 when it goes too fast", turn: (on) => call("/rate_limits", { enabled: on }) },
];

export function show(place, problem) {
  place.textContent = problem ? problem.message : "";
  place.hidden = !problem;
}

export function wireOrders(refresh) {
  document.getElementById("once").append(...ONCE.map(([label, fault]) =>
    el("button", { type: "button", class: "small", onclick: () => call("/faults", { next_responses: [fault] }).then(refresh) }, label)));
  document.getElementById("once").append(
    el("button", { type: "button", class: "small", onclick: () => call("/faults", { next_responses: [] }).then(refresh) }, "forget them"));
  for (const each of SWITCHES) {
    each.input = el("input", { type: "checkbox", role: "switch", onchange: (event) => each.turn(event.target.checked).then(refresh) });
    document.getElementById("switches").append(
      el("label", { class: "switch" }, el("span", {}, each.label, el("small", {}, each.hint)), each.input));
  }
  for (const button of document.querySelectorAll("[data-advance]")) {
    button.addEventListener("click", () => call("/clock", { advance: Number(button.dataset.advance) }).then(refresh));
  }
  document.getElementById("real-time").addEventListener("click", () => call("/clock", { now: null }).then(refresh));
  wirePhones(refresh);
}

export function showSwitches(state) {
  for (const { name, input } of SWITCHES) input.checked = state[name];
}

function wirePhones(refresh) {
  const error = document.getElementById("phones-error");
  const attempt = (work) => async (event) => {
    event.preventDefault();
    try {
      await work(new FormData(event.target));
      show(error, null);
    } catch (problem) {
      show(error, problem);
    }
    refresh();
  };
  document.getElementById("add-phones").addEventListener("submit", attempt(async (values) => {
    const first = BigInt(values.get("from").replace(/\D/g, ""));
    const taken = new Set((await call("/phones")).phones.map((phone) => phone.wa_id));
    for (let added = 0, number = first; added < Number(values.get("count")); number += 1n) {
      if (taken.has(String(number))) continue;
      added += 1;
      await call("/phones", { phone: `+${number}`, name: `Phone ${String(number).slice(-4)}` });
    }
  }));
  document.getElementById("say").addEventListener("submit", attempt(async (values) => {
    const { phones } = await call("/phones");
    await Promise.all(phones.map((phone) => call(`/phones/${phone.wa_id}/send`, { text: values.get("text") })));
  }));
}
