/** The control page: reads everything at the start, then whatever changes, and the numbers every second. */

import { call, listen } from "./api.js";
import * as chaos from "./control-chaos.js";
import { syncCounters, syncRequests } from "./control-live.js";
import { showSwitches, wireOrders } from "./control-orders.js";
import * as recording from "./control-recording.js";
import * as templates from "./control-templates.js";

const connection = document.getElementById("connection");
const STATES = {
  waiting: "Waiting for the clinic’s webhook…", verified: "Clinic connected", refused: "The clinic refused the verify token",
  lost: "Simulator not reachable, trying again…",
};
const PAUSE = 1000;

function showConnection(state) {
  connection.dataset.state = state;
  connection.textContent = STATES[state];
}

async function syncPhones() {
  document.getElementById("phone-count").textContent = (await call("/phones")).phones.length;
}

async function live() {
  const [counters, webhooks] = await Promise.all([syncCounters(), call("/webhooks"), syncRequests(), recording.sync()]);
  showSwitches({ ...counters, ...webhooks });
}

/** One refresh after the other, never two at once: a slow simulator is not asked more and more. */
async function pulse() {
  if (!document.hidden) await live().catch(() => showConnection("lost"));
  setTimeout(pulse, PAUSE);
}

const everything = () => Promise.all([chaos.sync(), templates.sync(), syncPhones()]);
const HANDLERS = { hello: everything, reset: everything, chaos: chaos.sync, templates: templates.sync, phone: syncPhones };

wireOrders(live);
listen((event) => {
  if (event.state) showConnection(event.state);
  else if (event.kind === "hello") showConnection(event.webhook);
  HANDLERS[event.kind]?.();
}, () => showConnection("lost"));
pulse();
