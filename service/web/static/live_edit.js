// Correcting lines. What is half corrected outlives a reload (the page reads itself anew when notes
// are forgotten), in this tab alone; of a line that was forgotten nothing is kept.

import { inEnglish } from "./live_log.js";

export class Corrections {
  #list;
  #template;
  #say;
  #stored;

  // `stored` is called with the entry that the server made of a correction.
  constructor(list, template, name, say, stored) {
    this.#list = list;
    this.#template = template;
    this.#say = say;
    this.#stored = stored;
    const kept = JSON.parse(sessionStorage.getItem(name) ?? "[]");
    sessionStorage.removeItem(name);
    for (const each of kept) {
      const item = list.querySelector(`li[data-id="${CSS.escape(each.id)}"]`);
      if (item !== null) this.open(item, each);
    }
    addEventListener("pagehide", () => {
      const open = this.#halfDone();
      if (open.length > 0) sessionStorage.setItem(name, JSON.stringify(open));
    });
  }

  #halfDone() {
    return Array.from(this.#list.querySelectorAll(".edit"), (fields) => {
      const { text, code, severity } = fields.elements;
      const { id } = fields.closest("li").dataset;
      return {
        id, version: fields.dataset.version, text: text.value, code: code.value,
        severity: severity.value, isFocused: fields.contains(document.activeElement),
      };
    });
  }

  // `begun` is a correction to go on with; else it begins with the line as it stands.
  open(item, begun = { ...item.dataset, isFocused: true }) {
    if (item.querySelector(".edit") !== null) return;
    const button = item.querySelector(".edit-this");
    const fields = this.#template.content.firstElementChild.cloneNode(true);
    const { text, code, severity } = fields.elements;
    // What somebody else corrects meanwhile is not written over: the server refuses an old version.
    fields.dataset.version = begun.version;
    text.value = begun.text;
    code.value = begun.code;
    severity.value = begun.severity;
    const close = () => { fields.remove(); button.focus(); };
    fields.querySelector("[data-cancel]").addEventListener("click", close);
    fields.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
    fields.addEventListener("submit", async (event) => {
      event.preventDefault();
      const answer = await fetch(`/api/v1/observations/${item.dataset.id}`, {
        method: "PATCH",
        headers: { "Content-Type": "application/json", "If-Match": `"${begun.version}"` },
        body: JSON.stringify({ text: text.value, code: code.value, severity: severity.value || null }),
      }).catch(() => null);
      if (answer?.ok) {
        this.#stored(await answer.json());
        close();
      } else {
        const refusal = await answer?.json().catch(() => null);
        fields.querySelector(".problem").replaceChildren(refusal?.detail ? inEnglish(refusal.detail) : this.#say.offline);
      }
    });
    item.append(fields);
    if (begun.isFocused) text.focus();
  }
}
