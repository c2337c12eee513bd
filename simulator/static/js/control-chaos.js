/** The sliders: what goes wrong by chance. Every change is sent at once, and what is in force is shown again. */

import { call } from "./api.js";
import { el } from "./dom.js";

const WEBHOOKS = [
  ["batch", "Several in one POST"], ["duplicate", "Twice"], ["reorder", "Overtaken by later ones"],
  ["drop_status", "A status is lost"],
];
const GRAPH = [
  ["error_5xx", "Server error (5xx)"], ["rate", "Too fast for the number (130429)"], ["pair", "Too fast for the person (131056)"],
  ["window", "Window closed (131047)"], ["timeout_before_accepting", "No answer, not accepted"],
  ["timeout_after_accepting", "No answer, but accepted"], ["rate_later", "130429, told later"], ["pair_later", "131056, told later"],
  ["window_later", "131047, told later"], ["token", "Token expires for a moment"], ["other_5xx", "Receipts and media: server error"],
];
const NUMBERS = {
  webhooks: [["delay.0", "Wait from (s)", 0, 600], ["delay.1", "to (s)", 0, 600], ["batch_size", "Most in a POST", 1, 1000], ["reorder_within", "Overtaken by at most", 1, 50]],
  graph: [["timeout_seconds", "Silence (s)", 0, 600], ["token_seconds", "Token away (s)", 0, 600]],
};

let state = null;
const seed = document.getElementById("seed");
const error = document.getElementById("chaos-error");

async function send(change) {
  const wanted = structuredClone(state);
  change(wanted);
  try {
    state = await call("/chaos", wanted);
    error.hidden = true;
  } catch (problem) {
    error.textContent = problem.message;
    error.hidden = false;
  }
  show();
}

function chance(section, [name, label]) {
  const output = el("output", {});
  const input = el("input", { type: "range", min: 0, max: 100, step: 1, id: `${section}-${name}` });
  const row = el("label", { class: "chance", for: input.id }, el("span", {}, label), output, input);
  const tell = () => {
    output.textContent = `${input.value} %`;
    row.classList.toggle("on", input.value !== "0");
  };
  input.addEventListener("input", tell);
  input.addEventListener("change", () => send((wanted) => { wanted[section][name] = Number(input.value) / 100; }));
  row.show = () => {
    input.value = Math.round(state[section][name] * 100);
    tell();
  };
  return row;
}

function number(section, [path, label, min, max]) {
  const [name, place] = path.split(".");
  const input = el("input", { type: "number", min, max, step: "any", inputmode: "decimal" });
  const row = el("label", { class: "number" }, label, input);
  input.addEventListener("change", () => send((wanted) => {
    if (place === undefined) wanted[section][name] = Number(input.value);
    else wanted[section][name][place] = Number(input.value);
    if (name === "delay" && wanted.webhooks.delay[0] > wanted.webhooks.delay[1]) wanted.webhooks.delay.fill(Number(input.value));
  }));
  row.show = () => { input.value = place === undefined ? state[section][name] : state[section][name][place]; };
  return row;
}

const rows = [];
function build(section, chances) {
  const sliders = chances.map((each) => chance(section, each));
  const numbers = NUMBERS[section].map((each) => number(section, each));
  rows.push(...sliders, ...numbers);
  document.getElementById(section).append(...sliders, el("div", { class: "line pair" }, ...numbers));
}

function show() {
  if (document.activeElement !== seed) seed.value = state.seed;
  rows.forEach((row) => row.show());
}

export async function sync() {
  state = await call("/chaos");
  show();
}

build("webhooks", WEBHOOKS);
build("graph", GRAPH);
seed.addEventListener("change", () => send((wanted) => { wanted.seed = Math.trunc(Number(seed.value)); }));
document.getElementById("again").addEventListener("click", () => send(() => {}));
document.getElementById("calm").addEventListener("click", () => send((wanted) => { delete wanted.webhooks; delete wanted.graph; }));
