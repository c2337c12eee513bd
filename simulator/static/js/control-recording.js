/** A run written down, and played again. */

import { call } from "./api.js";
import { show } from "./control-orders.js";

const byId = (id) => document.getElementById(id);
const button = byId("record");
const progress = byId("replay-progress");
let now = { recording: false, running: false };

export async function sync() {
  now = await call("/replay");
  button.textContent = now.recording ? "Stop recording" : "Record";
  button.classList.toggle("recording", now.recording);
  byId("play").textContent = now.running ? "Stop" : "Replay";
  const failed = now.failed.length ? `, ${now.failed.length} could not be done (${now.failed[0]})` : "";
  const replayed = now.total ? ` Replay: ${now.done} of ${now.total}${failed}.` : "";
  byId("record-state").textContent = `${now.recording ? "Recording:" : "Recorded:"} ${now.recorded} things that patients did.${replayed}`;
  progress.hidden = !now.running;
  progress.value = now.total ? now.done / now.total : 0;
}

async function attempt(work) {
  try {
    await work();
    show(byId("record-error"), null);
  } catch (problem) {
    show(byId("record-error"), problem);
  }
  await sync();
}

button.addEventListener("click", () => attempt(() => call("/recording", { on: !now.recording })));
byId("replay").addEventListener("submit", (event) => {
  event.preventDefault();
  const values = new FormData(event.target);
  attempt(async () => {
    if (now.running) return call("/replay", { stop: true });
    const file = values.get("file");
    const given = file && file.size ? { recording: await file.text() } : {};
    return call("/replay", { speed: Number(values.get("speed")), ...given });
  });
});
