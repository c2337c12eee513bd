/** The account's templates, and what becomes of them. */

import { call } from "./api.js";
import { el } from "./dom.js";

const ACTIONS = [["Approve", "APPROVED"], ["Reject", "REJECTED"], ["Pause", "PAUSED"]];
const decide = document.getElementById("decide");
const table = document.getElementById("templates");

function row(template) {
  const judge = (status) => call(`/templates/${template.name}/${template.language}`, { status }).then(sync);
  const tone = template.status === "APPROVED" ? "good" : template.status === "PENDING" ? "" : "wrong";
  const buttons = ACTIONS.filter(([, status]) => status !== template.status).map(([label, status]) =>
    el("button", { type: "button", class: "small", onclick: () => judge(status) }, label));
  return el("tr", {},
    el("td", { class: "what" }, el("strong", {}, template.name)),
    el("td", {}, template.language), el("td", {}, template.category.toLowerCase()),
    el("td", {}, el("span", { class: `status ${tone}` }, template.status.toLowerCase())),
    el("td", {}, el("div", { class: "buttons" }, ...buttons)));
}

export async function sync() {
  const [{ templates }, account] = await Promise.all([call("/templates"), call("/account")]);
  decide.value = account.decide;
  const empty = el("tr", {}, el("td", { class: "empty", colspan: 5 }, "None yet. `python -m connectors.whatsapp templates submit` brings the clinic’s."));
  table.className = "table stacked";
  table.replaceChildren(
    el("thead", {}, el("tr", {}, ...["Name", "Language", "Category", "Status", ""].map((title) => el("th", { scope: "col" }, title)))),
    el("tbody", {}, ...(templates.length ? templates.map(row) : [empty])));
}

decide.addEventListener("change", () => call("/account", { decide: decide.value }).then(sync));
