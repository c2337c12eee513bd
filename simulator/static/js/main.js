/** Brings the phones onto the page and keeps them up to date. */

import { wireAddPhone } from "./add-phone.js";
import * as api from "./api.js";
import { el } from "./dom.js";
import { Phone } from "./phone.js";

const stage = document.getElementById("stage");
const tabs = document.getElementById("tabs");
const connection = document.getElementById("connection");
const phones = new Map();

const STATES = {
  waiting: "Waiting for the clinic’s webhook…",
  verified: "Clinic connected",
  refused: "The clinic refused the verify token",
  lost: "Simulator not reachable, trying again…",
};

function showConnection(state) {
  connection.dataset.state = state;
  connection.textContent = STATES[state];
}

function addTab(phone, view) {
  const tab = el("button", { type: "button", "data-phone": phone.wa_id, onclick: () => view.node.scrollIntoView({ inline: "center", block: "nearest" }) },
    el("bdi", {}, phone.name));
  view.node.addEventListener("shown", ({ detail }) => tab.setAttribute("aria-current", detail));
  tabs.append(tab);
}

/** Put every phone on the stage that is not there yet, and read its chat. */
async function addPhones() {
  const { phones: known, clinic } = await api.phones();
  showConnection(clinic.webhook);
  const fresh = known.filter((phone) => !phones.has(phone.wa_id)).map((phone) => {
    const view = new Phone(phone, clinic);
    phones.set(phone.wa_id, view);
    stage.append(view.node);
    addTab(phone, view);
    return view;
  });
  await refresh(fresh);
}

async function refresh(views) {
  await Promise.all(views.map((view) => view.sync()));
  views.forEach((view) => view.look());
}

/** After a (re)connection anything may have happened: read all of it again. */
async function sync() {
  const known = [...phones.values()];
  await addPhones();
  await refresh(known);
}

/** Everything was forgotten: begin again with what is there. */
function startOver() {
  phones.clear();
  stage.replaceChildren();
  tabs.replaceChildren();
  return addPhones();
}

const HANDLERS = {
  hello: sync,
  phone: addPhones,
  reset: startOver,
  webhook: (event) => showConnection(event.state),
  message: (event, view) => view?.receive(event.message),
  status: (event, view) => view?.setStatus(event.wamid, event.status),
  typing: (event, view) => view?.setTyping(event.on, event.milliseconds),
};

api.listen((event) => HANDLERS[event.kind]?.(event, phones.get(event.phone)), () => showConnection("lost"));
document.addEventListener("visibilitychange", () => phones.forEach((view) => view.look()));
wireAddPhone(async (phone) => {
  await addPhones();
  const view = phones.get(phone.wa_id);
  view.node.scrollIntoView({ inline: "center", block: "nearest" });
  view.composer.focus();
});
