// The list of notes: what is stored, in the store's order, and below it what is on its way.

const KINDS_WITHOUT_LINE = new Set(["header", "blank"]);

export class Log {
  #list; #template; #words; #say; #pending = new Map(); #arrived = new Set();

  constructor(list, template, words, say) {
    this.#list = list;
    this.#template = template;
    this.#words = words;
    this.#say = say;
    for (const item of list.children) this.#offerEdit(item);
    list.scrollTop = list.scrollHeight;
  }

  // A line that this browser keeps.
  keep(line) {
    const item = this.#new();
    item.classList.add("pending");
    part(item, "raw").textContent = line.text;
    this.#pending.set(line.key, item);
    this.#list.append(item);
    this.#show(item);
  }

  state(line, state) {
    const item = this.#pending.get(line.key);
    if (item === undefined) return;
    item.dataset.state = state;
    part(item, "state").replaceChildren(...(state === "refused" ? [`${this.#say.refused}: `, inEnglish(line.refused)] : [this.#say[state] ?? ""]));
    const drop = item.querySelector(".drop-this");
    drop.hidden = state !== "refused";
    drop.dataset.key = line.key;
  }

  // The store has it; once the stream has brought it as well, the stream's one line stays.
  stored(line, made) {
    const item = this.#pending.get(line.key);
    if (item === undefined) return;
    this.state(line, "stored");
    item.dataset.submission = made.submission_id;
    if (this.#arrived.has(made.submission_id)) this.forget(line.key);
  }

  get isWaiting() {
    return this.#pending.size > 0;
  }

  // Another tab of this browser sent the rest, or took it back.
  keepOnly(keys) {
    for (const [key, item] of this.#pending) {
      if (!keys.has(key) && item.dataset.state !== "stored") this.forget(key);
    }
  }

  forget(key) {
    this.#pending.get(key)?.remove();
    this.#pending.delete(key);
  }

  noted(entry) {
    this.#arrived.add(entry.submission_id);
    for (const [key, item] of this.#pending) {
      if (item.dataset.submission === entry.submission_id) this.forget(key);
    }
    if (KINDS_WITHOUT_LINE.has(entry.kind)) return;
    const id = `o-${entry.id}`;
    const there = document.getElementById(id);
    const item = there ?? this.#new();
    item.id = id;
    this.#fill(item, entry);
    if (there === null) {
      const firstPending = this.#list.querySelector(":scope > .pending");
      this.#list.insertBefore(item, firstPending);
      this.#show(item);
    }
  }

  get latestPage() {
    return [...this.#list.children].map((item) => item.dataset.pageId).filter(Boolean).at(-1);
  }

  #new() {
    return this.#template.content.firstElementChild.cloneNode(true);
  }

  #fill(item, entry) {
    Object.assign(item.dataset, {
      id: entry.id, version: entry.version, kind: entry.kind, code: entry.code,
      severity: entry.severity ?? "", text: entry.text, pageId: entry.page_id ?? "",
      submission: entry.submission_id, ordinal: entry.ordinal,
    });
    part(item, "time").textContent = clock(entry.offset_ms);
    part(item, "code").textContent = this.#words[entry.code] ?? this.#words[entry.kind] ?? "";
    part(item, "severity").textContent = this.#words[entry.severity] ?? "";
    part(item, "raw").textContent = entry.version > 1 ? entry.text : entry.raw.trim();
    part(item, "by").textContent = entry.written_by;
    part(item, "version").textContent = entry.version > 1 ? this.#say.version : "";
    part(item, "warning").textContent = isPersonal(entry) ? this.#say.personal : "";
    part(item, "state").textContent = this.#say.stored;
    this.#offerEdit(item);
  }

  #offerEdit(item) {
    const edit = item.querySelector(".edit-this");
    edit.hidden = item.dataset.kind !== "observation";
    edit.querySelector(".off-screen").textContent = ` ${part(item, "time").textContent} ${part(item, "raw").textContent}`;
  }

  // Follows the newest line unless somebody has scrolled up to read.
  #show(item) {
    const below = this.#list.scrollHeight - this.#list.scrollTop - this.#list.clientHeight;
    if (below < 4 * item.offsetHeight + 40) this.#list.scrollTop = this.#list.scrollHeight;
  }
}

export function isPersonal(entry) {
  return entry.warnings.some((warning) => warning.code === "personal-data");
}

// What the API says of a refusal.
export function inEnglish(text) {
  return Object.assign(document.createElement("span"), { lang: "en", textContent: text });
}

export function clock(offset_ms) {
  if (offset_ms === null || offset_ms === undefined) return "";
  const seconds = Math.floor(offset_ms / 1000);
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  return (hours ? `${two(hours)}:` : "") + `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

function part(item, name) {
  return item.querySelector(`.${name}`);
}
