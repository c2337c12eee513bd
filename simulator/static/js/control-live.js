/** What has happened: the numbers at the top, and the last calls of the clinic. */

import { call } from "./api.js";
import { el } from "./dom.js";

const NAMES = [
  ["messages_in", "messages in"], ["messages_out", "messages out"], ["pending", "webhooks pending"], ["webhooks_sent", "webhooks sent"],
  ["webhooks_refused", "not answered 2xx", true], ["webhooks_repeated", "repeated"], ["webhooks_duplicated", "duplicated"],
  ["webhooks_reordered", "reordered"], ["webhooks_delayed", "delayed"], ["statuses_dropped", "statuses dropped"], ["batches", "batches"],
  ["batched_updates", "updates in them"], ["receipts", "receipts"], ["failed_later", "failed later"], ["silent_answers", "silent answers"],
  ["faults_waiting", "faults waiting"],
];
const SHOWN = 25;

const numbers = document.getElementById("numbers");
const values = NAMES.map(([name, label, alarm]) => {
  const value = el("dd", {}, "0");
  const tile = el("div", {}, el("dt", {}, label), value);
  numbers.append(tile);
  return { name, alarm, value, tile };
});

/** Numbers, refusals and the clock; returns all of them for whoever else wants to know. */
export async function syncCounters() {
  const counters = await call("/counters");
  for (const { name, alarm, value, tile } of values) {
    value.textContent = counters[name];
    tile.classList.toggle("alarm", Boolean(alarm) && counters[name] > 0);
  }
  const refused = Object.entries(counters.refused).map(([code, count]) => el("span", { class: "code" }, `${code} × ${count}`));
  document.getElementById("refused").replaceChildren(...(refused.length ? ["Calls refused:", ...refused] : []));
  const now = document.getElementById("now");
  now.dateTime = counters.now;
  now.textContent = new Date(counters.now).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "medium" });
  return counters;
}

export async function syncRequests() {
  const { requests } = await call(`/log?limit=${SHOWN}`);
  const body = requests.reverse().map((request) => el("tr", {},
    el("td", {}, new Date(request.at).toLocaleTimeString("en-GB")),
    el("td", {}, el("span", { class: `status ${request.status < 400 ? "good" : "wrong"}` }, String(request.status))),
    el("td", {}, request.method),
    el("td", { class: "what", title: request.body }, what(request))));
  const empty = el("tr", {}, el("td", { class: "empty", colspan: 4 }, "None yet."));
  document.getElementById("requests").className = "table stacked";
  document.getElementById("requests").replaceChildren(
    el("thead", {}, el("tr", {}, ...["Time", "Answer", "Call", "What"].map((title) => el("th", { scope: "col" }, title)))),
    el("tbody", {}, ...(body.length ? body : [empty])));
}

/** A message in few words; any other call by its address. */
function what({ path, body }) {
  let message = null;
  try {
    message = JSON.parse(body);
  } catch {
    return path;
  }
  if (message.status === "read") return message.typing_indicator ? "read, typing" : "read";
  if (!message.type) return path;
  const part = message[message.type] || {};
  const text = part.body?.text || part.body || part.name || part.caption || "";
  return `${message.type} to ${message.to || message.recipient}: ${typeof text === "string" ? text : ""}`;
}
