/** The two sheets a phone has: a list to choose from, and the place to share. */

import { el, newId } from "./dom.js";
import { openSheet } from "./sheet.js";
import { homePlace } from "./strings.js";

export function listSheet(screen, message, words, tap) {
  const { action, header } = message.payload.interactive;
  openSheet(screen, {
    title: header?.text || action.button,
    body: action.sections.map((section) => sectionOf(section, words)),
    words,
    label: words.send,
    ready: false,
    submit: ({ row }) => tap(row),
  });
}

function sectionOf(section, words) {
  const legend = el("legend", { class: section.title ? "" : "sr-only", dir: "auto" }, section.title || words.choose);
  return el("fieldset", {}, legend, ...section.rows.map(rowOf));
}

function rowOf(row) {
  const [title, description] = [newId("title"), newId("description")];
  const described = row.description ? description : null;
  const radio = { type: "radio", name: "row", value: row.id, required: true, "aria-labelledby": title, "aria-describedby": described };
  return el("label", { class: "row" },
    el("span", { class: "row-text" },
      el("span", { class: "row-title", dir: "auto", id: title }, row.title),
      row.description ? el("span", { class: "description", dir: "auto", id: description }, row.description) : null),
    el("input", radio));
}

export function locationSheet(screen, phone, words, share) {
  const home = homePlace(phone.wa_id);
  const field = (label, name, attributes) => el("label", { class: "field" }, label, el("input", { name, dir: "auto", ...attributes }));
  openSheet(screen, {
    title: words.location,
    body: [
      el("img", { class: "map", src: "/static/map.svg", alt: "", width: 300, height: 140 }),
      field(words.place, "name", { maxlength: 100, autocomplete: "off" }),
      el("div", { class: "pair" },
        field(words.latitude, "latitude", { type: "number", step: "any", min: -90, max: 90, required: true, value: home.latitude }),
        field(words.longitude, "longitude", { type: "number", step: "any", min: -180, max: 180, required: true, value: home.longitude })),
    ],
    words,
    label: words.shareHere,
    submit: ({ name, latitude, longitude }) =>
      share({ latitude: Number(latitude), longitude: Number(longitude), ...(name.trim() ? { name: name.trim() } : {}) }),
  });
}
