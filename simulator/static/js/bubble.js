/** A message as it stands in the log: the bubble, its time, its ticks, its buttons. */

import { actions, content } from "./content.js";
import { el, icon } from "./dom.js";
import { directionOf } from "./rich-text.js";

export function bubble(message, phone, words, on) {
  const mine = message.direction === "in";
  const inside = el("div", { class: `bubble type-${message.type}`, dir: directionOf(mainText(message), phone.direction) }, ...content(message, words, on),
    el("p", { class: "meta", dir: phone.direction }, time(message.at, phone), mine ? ticks(message.status, words) : null));
  const choices = actions(message, words, on);
  return el("div", { class: `message ${mine ? "mine" : "theirs"}`, "data-wamid": message.wamid, "data-type": message.type },
    el("span", { class: "sr-only" }, `${mine ? words.you : words.clinic}:`),
    inside,
    choices.length ? el("div", { class: "choices", role: "group", "aria-label": words.options }, ...choices) : null);
}

/** The words a bubble's side is chosen by: the body first, for a Latin title may stand over an Arabic text. */
function mainText(message) {
  const part = message.payload[message.type] || {};
  const reply = part.button_reply || part.list_reply;
  return [part.body?.text || part.body, reply?.title, part.name, part.address, part.caption, part.text].find((text) => typeof text === "string") || "";
}

function time(at, phone) {
  const format = new Intl.DateTimeFormat(phone.language, { timeStyle: "short" });
  return el("time", { datetime: at }, format.format(new Date(at)));
}

export function ticks(status, words) {
  const name = status === "sent" || status === "accepted" ? "tick" : "ticks";
  const label = words[status] || status;
  return el("span", { class: `ticks ${status}`, role: "img", "aria-label": label, title: label }, icon(name));
}

export function showStatus(node, status, words) {
  node.querySelector(".ticks")?.replaceWith(ticks(status, words));
}

/** A reaction sits on the message it is for; an empty one takes it back. */
export function react(target, emoji, who, words) {
  target.querySelector(`.reaction[data-from="${who}"]`)?.remove();
  if (!emoji) return;
  const attributes = { class: "reaction", role: "img", "aria-label": `${words.reaction}: ${emoji}`, "data-from": who };
  target.querySelector(".bubble").append(el("span", attributes, emoji));
}

export function day(at, phone, words) {
  const date = new Date(at);
  const today = new Date();
  const yesterday = new Date(today);
  yesterday.setDate(today.getDate() - 1);
  const format = new Intl.DateTimeFormat(phone.language, { day: "numeric", month: "long", year: "numeric" });
  if (date.toDateString() === today.toDateString()) return words.today;
  return date.toDateString() === yesterday.toDateString() ? words.yesterday : format.format(date);
}
