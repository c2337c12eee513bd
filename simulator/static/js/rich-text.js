/** Chat text: *bold*, _italic_, ~struck~, `code` and links, as nodes. */

import { el } from "./dom.js";

const LINK = /https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]}'،؛؟]/g;
const TAGS = { "*": "strong", _: "em", "~": "s", "`": "code" };
// A mark counts only at the edge of a word, with no space inside it: 2*3*4 stays as it is.
const MARK = /(?<![\p{L}\p{N}*_~`])([*_~`])(?=\S)([^\n]*?\S)\1(?![\p{L}\p{N}*_~`])/u;

export function richText(text) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(LINK)) {
    nodes.push(...marked(text.slice(end, match.index)), link(match[0]));
    end = match.index + match[0].length;
  }
  return [...nodes, ...marked(text.slice(end))];
}

function marked(text) {
  const match = MARK.exec(text);
  if (!match) return text ? [document.createTextNode(text)] : [];
  const [whole, mark, inner] = match;
  const content = mark === "`" ? [inner] : marked(inner);
  const before = text.slice(0, match.index);
  return [
    ...(before ? [document.createTextNode(before)] : []),
    el(TAGS[mark], {}, ...content),
    ...marked(text.slice(match.index + whole.length)),
  ];
}

/** What `dir="auto"` would find: the first letter with a direction of its own, or the surroundings' direction. */
export function directionOf(text, surroundings) {
  const letter = /\p{L}/u.exec(text.replace(LINK, ""));
  if (!letter) return surroundings;
  return /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u.test(letter[0]) ? "rtl" : "ltr";
}

export function link(address, ...label) {
  const attributes = { href: address, target: "_blank", rel: "noopener noreferrer" };
  return el("a", attributes, ...(label.length ? label : [el("bdi", { dir: "ltr" }, address)]));
}
