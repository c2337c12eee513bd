/** Small helpers for building the page; text only ever becomes text nodes, never markup. */

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.className = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

const SHAPES = {
  send: ["M4 12 20 4.500 15 20l-3.600-6.200z", "M11.400 13.800 20 4.500"],
  pin: ["M12 21.500c-1-3.500-7-7-7-12a7 7 0 0 1 14 0c0 5-6 8.500-7 12z", "M12 12a2.600 2.600 0 1 0 0-5.200 2.600 2.600 0 0 0 0 5.200z"],
  list: ["M9 6.500h11", "M9 12h11", "M9 17.500h11", "M4.500 6.500h.01", "M4.500 12h.01", "M4.500 17.500h.01"],
  close: ["M6 6l12 12", "M18 6 6 18"],
  link: ["M14 5h5v5", "M19 5l-8.500 8.500", "M17 14v4.500H5.500V7H10"],
  reply: ["M10 7 5 12l5 5", "M5 12h9a5 5 0 0 1 5 5v1"],
  down: ["M6 10l6 6 6-6"],
  file: ["M7 3.500h7l4 4V20.500H7z", "M14 3.500v4h4"],
  person: ["M12 12a3.800 3.800 0 1 0 0-7.600 3.800 3.800 0 0 0 0 7.600z", "M4.800 20a7.200 7.200 0 0 1 14.400 0"],
  tick: ["M5 12.500l4 4 9-9.500"],
  ticks: ["M2 12.500l4 4 9-9.500", "M11.500 15.500l1 1 9-9.500"],
};

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  for (const shape of SHAPES[name]) {
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", shape);
    svg.append(path);
  }
  return svg;
}

let lastId = 0;
export const newId = (prefix) => `${prefix}-${(lastId += 1)}`;
