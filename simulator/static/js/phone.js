/** One phone: its frame, its chat, and what its owner can do. */

import * as api from "./api.js";
import { bubble, day, react, showStatus } from "./bubble.js";
import { composer } from "./composer.js";
import { el, icon } from "./dom.js";
import { listSheet, locationSheet } from "./sheets.js";
import { strings } from "./strings.js";

const NEAR_THE_END = 120;

export class Phone {
  constructor(phone, clinic) {
    this.phone = phone;
    this.words = strings(phone.language);
    this.nodes = new Map();
    this.lastSeq = 0;
    this.readSeq = 0;
    this.visible = false;
    this.following = true;
    this.node = this.build(clinic);
    new IntersectionObserver(([entry]) => {
      this.visible = entry.isIntersecting;
      this.node.dispatchEvent(new CustomEvent("shown", { detail: this.visible }));
      this.look();
    }, { threshold: 0.5 }).observe(this.node);
  }

  build(clinic) {
    const { phone, words } = this;
    this.presence = el("p", { class: "presence", role: "status" }, words.online);
    this.log = el("div", { class: "log", role: "log", "aria-live": "polite", "aria-label": words.messages, tabindex: 0, "aria-busy": true });
    this.dots = el("div", { class: "dots", "aria-hidden": true, hidden: true }, el("i"), el("i"), el("i"));
    this.hint = this.buildHint();
    this.alert = el("p", { class: "alert", role: "alert", hidden: true });
    this.jump = el("button", { type: "button", class: "round jump", "aria-label": words.newest, hidden: true, onclick: () => this.toEnd() }, icon("down"));
    this.composer = composer(phone, words, { send: (text) => this.send({ text }), shareLocation: () => this.shareLocation() });
    this.log.addEventListener("scroll", () => {
      this.following = this.nearEnd();
      this.jump.hidden = this.following;
    });
    // A picture that comes in late makes the log longer.
    this.log.addEventListener("load", () => { if (this.following) this.toEnd(); }, true);
    this.screen = el("div", { class: "screen", dir: phone.direction, lang: phone.language },
      el("header", { class: "chat-head" },
        el("img", { class: "avatar", src: "/static/icon.svg", alt: "", width: 40, height: 40 }),
        el("div", {}, el("h3", { dir: "auto" }, clinic.name), this.presence)),
      el("div", { class: "chat" }, this.log, this.hint, this.jump),
      this.alert,
      this.composer.form);
    return el("section", { class: "phone", "aria-label": phone.name, id: `phone-${phone.wa_id}`, "data-phone": phone.wa_id },
      el("h2", { class: "owner" }, el("bdi", {}, phone.name), " ", el("bdi", { class: "number", dir: "ltr" }, phone.phone)),
      el("div", { class: "device" }, this.screen));
  }

  buildHint() {
    const { words } = this;
    const say = (text, label, name) => el("button", { type: "button", class: name, onclick: () => this.send({ text }).catch(() => {}) }, label);
    return el("div", { class: "hint", hidden: true },
      el("p", {}, say(words.hello, words.sayHello, "plain"), words.or), say(words.example, words.example, "chip"));
  }

  /** Read the chat as the simulator knows it; called at the start and after every lost connection. */
  async sync() {
    this.early = [];
    const messages = await api.messages(this.phone.wa_id);
    this.log.setAttribute("aria-busy", "true");
    for (const message of messages) {
      if (this.nodes.has(message.wamid)) this.setStatus(message.wamid, message.status);
      else this.add(message);
    }
    this.hint.hidden = messages.length > 0;
    const early = this.early;
    this.early = null;
    early.forEach((message) => this.receive(message));
    this.log.setAttribute("aria-busy", "false");
    this.toEnd();
  }

  receive(message) {
    // While the chat is being read, what arrives has to wait for what came before it.
    if (this.early) { this.early.push(message); return; }
    if (this.nodes.has(message.wamid)) return;
    if (message.direction === "in") this.following = true;
    this.add(message);
    if (this.following) this.toEnd();
    this.look();
  }

  add(message) {
    const { phone, words } = this;
    this.hint.hidden = true;
    this.lastSeq = Math.max(this.lastSeq, message.seq);
    if (message.type === "reaction") {
      const target = this.nodes.get(message.payload.reaction.message_id);
      if (target) react(target, message.payload.reaction.emoji, message.direction, words);
      this.nodes.set(message.wamid, null);
      return;
    }
    const label = day(message.at, phone, words);
    if (label !== this.day) this.log.append(el("p", { class: "day" }, label));
    this.day = label;
    const node = bubble(message, phone, words, {
      tap: (id) => this.send({ tap: id, message: message.wamid }).then(() => this.composer.focus(), () => {}),
      openList: () => listSheet(this.screen, message, words, (row) => this.send({ tap: row, message: message.wamid }).catch(() => {})),
      shareLocation: () => this.shareLocation(message.wamid),
      shareContact: () => this.send({ type: "contacts", own: true, reply_to: message.wamid }).catch(() => {}),
    });
    const before = this.log.querySelector(".message:last-of-type");
    const sameSide = before?.classList.contains(node.classList[1]) && before === this.log.lastElementChild;
    node.classList.toggle("follows", Boolean(sameSide));
    this.nodes.set(message.wamid, node);
    this.log.append(node);
    if (!this.dots.hidden) this.log.append(this.dots);
  }

  setStatus(wamid, status) {
    const node = this.nodes.get(wamid);
    if (node) showStatus(node, status, this.words);
  }

  setTyping(on, milliseconds) {
    clearTimeout(this.typingEnds);
    this.presence.textContent = on ? this.words.typing : this.words.online;
    this.presence.classList.toggle("typing", on);
    this.dots.hidden = !on;
    if (on) {
      this.log.append(this.dots);
      this.typingEnds = setTimeout(() => this.setTyping(false), milliseconds);
      if (this.following) this.toEnd();
    } else {
      this.dots.remove();
    }
  }

  /** The chat is on the screen: what stands in it is read. */
  look() {
    if (!this.visible || document.visibilityState !== "visible" || this.lastSeq <= this.readSeq) return;
    this.readSeq = this.lastSeq;
    api.markRead(this.phone.wa_id, this.lastSeq).catch(() => { this.readSeq = 0; });
  }

  async send(order) {
    this.alert.hidden = true;
    try {
      await api.send(this.phone.wa_id, order);
    } catch (error) {
      this.alert.textContent = `${this.words.notSent} ${error.message}`;
      this.alert.hidden = false;
      throw error;
    }
  }

  shareLocation(replyTo) {
    const share = (location) => this.send({ location, ...(replyTo ? { reply_to: replyTo } : {}) }).catch(() => {});
    locationSheet(this.screen, this.phone, this.words, share);
  }

  nearEnd() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR_THE_END;
  }

  toEnd() {
    this.log.scrollTop = this.log.scrollHeight;
    this.following = true;
    this.jump.hidden = true;
  }
}
