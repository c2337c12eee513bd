/** The form for one more phone. */

import * as api from "./api.js";

export function wireAddPhone(onAdded) {
  const [dialog, form, error] = ["add-dialog", "add-form", "add-error"].map((id) => document.getElementById(id));
  document.getElementById("add-phone").addEventListener("click", () => {
    form.reset();
    error.hidden = true;
    dialog.showModal();
  });
  document.getElementById("add-cancel").addEventListener("click", () => dialog.close());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const values = Object.fromEntries([...new FormData(form)].filter(([, value]) => value));
    try {
      const phone = await api.addPhone(values);
      dialog.close();
      await onAdded(phone);
    } catch (problem) {
      error.textContent = problem.message;
      error.hidden = false;
    }
  });
}
