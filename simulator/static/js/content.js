/** One message's inside, by type. `on` holds what can be done: tap(offer), openList(), shareLocation(). */

import { el, icon } from "./dom.js";
import { link, richText } from "./rich-text.js";

export function content(message, words, on) {
  const part = message.payload[message.type] || {};
  const build = BUILDERS[message.type];
  return build ? build(part, words, on, message) : [el("p", { class: "other" }, message.text || `[${message.type}]`)];
}

const paragraph = (text, name = "text") => el("p", { class: name, dir: "auto" }, ...richText(text));

function interactive(part, words, on) {
  const reply = part.button_reply || part.list_reply;
  if (reply) {
    return [paragraph(reply.title), reply.description ? paragraph(reply.description, "description") : null];
  }
  return [
    part.header?.text ? el("p", { class: "title", dir: "auto" }, part.header.text) : null,
    part.header && !part.header.text ? medium(part.header[part.header.type], words, part.header.type) : null,
    part.body ? paragraph(part.body.text) : null,
    part.footer ? el("p", { class: "footer", dir: "auto" }, part.footer.text) : null,
  ];
}

/** A template as the patient sees it: the parameters are in their places already. */
function template({ shown = {} }, words) {
  const kind = ["image", "video", "document"].find((type) => shown[`header_${type}`]);
  return [
    shown.header ? el("p", { class: "title", dir: "auto" }, shown.header) : null,
    kind ? medium(shown[`header_${kind}`], words, kind) : null,
    shown.body ? paragraph(shown.body) : null,
    shown.footer ? el("p", { class: "footer", dir: "auto" }, shown.footer) : null,
  ];
}

/** The buttons under a bubble. They stay, and they stay tappable, as on a real phone. */
export function actions(message, words, on) {
  if (message.direction !== "out") return [];
  const button = (label, name, run, more = {}) =>
    el("button", { type: "button", class: "choice", dir: "auto", onclick: run, ...more }, name ? icon(name) : null, label);
  if (message.type === "template") {
    return (message.payload.template.shown?.buttons || []).map((each) => {
      if (each.type === "QUICK_REPLY") return button(each.text, "reply", () => on.tap(each.payload));
      const open = link(each.url || `tel:${each.phone_number || ""}`, icon("link"), each.text);
      open.classList.add("choice");
      return open;
    });
  }
  if (message.type !== "interactive") return [];
  const { type, action = {} } = message.payload.interactive;
  if (type === "button") return action.buttons.map(({ reply }) => button(reply.title, "reply", () => on.tap(reply.id)));
  if (type === "list") return [button(action.button, "list", (event) => on.openList(event), { "aria-haspopup": "dialog" })];
  if (type === "location_request_message") {
    return [button(words.askLocation, "pin", (event) => on.shareLocation(event), { "aria-haspopup": "dialog" })];
  }
  if (type === "contact_request") return [button(words.shareNumber, "person", () => on.shareContact())];
  if (type === "cta_url") {
    const open = link(action.parameters.url, icon("link"), action.parameters.display_text);
    open.classList.add("choice");
    return [open];
  }
  return [];
}

function location(part, words) {
  const { latitude, longitude } = part;
  const address = `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=16/${latitude}/${longitude}`;
  const numbers = `${Number(latitude).toFixed(4)}, ${Number(longitude).toFixed(4)}`;
  const map = link(address, el("img", { class: "map", src: "/static/map.svg", alt: words.map, width: 300, height: 140 }));
  return [
    map,
    part.name ? el("p", { class: "title", dir: "auto" }, part.name) : null,
    part.address ? el("p", { class: "description", dir: "auto" }, part.address) : null,
    part.name || part.address ? null : el("p", { class: "description", dir: "ltr" }, numbers),
  ];
}

function medium(part, words, type) {
  const caption = part.caption ? paragraph(part.caption) : null;
  if (part.id && (type === "image" || type === "sticker")) {
    const alt = part.caption || words.image;
    return el("figure", { class: type }, el("img", { src: `/control/media/${part.id}`, alt, loading: "lazy" }), caption);
  }
  const name = part.filename || `${type}`;
  const address = part.link || `/control/media/${part.id}`;
  return el("div", {}, el("p", { class: "file" }, icon("file"), link(address, name)), caption);
}

function contacts(part) {
  return part.map((person) =>
    el("p", { class: "file" }, icon("person"), el("span", {},
      el("strong", { dir: "auto" }, person.name.formatted_name),
      ...(person.phones || []).map(({ phone }) => el("bdi", { class: "description", dir: "ltr" }, phone)))));
}

const BUILDERS = {
  text: (part) => [paragraph(part.body)],
  interactive,
  template,
  location,
  contacts,
  button: (part) => [paragraph(part.text || "")],
  ...Object.fromEntries(["image", "sticker", "video", "audio", "document"].map((type) =>
    [type, (part, words) => [medium(part, words, type)]])),
};
