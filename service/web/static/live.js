// Logs a session while it goes on: what is typed is kept here first, then sent, then shown as it is
// stored; what others note arrives by itself. The texts come from the server, in the reader's
// language.

import { besideIn } from "./live_beside.js";
import { codesInto } from "./live_codes.js";
import { keepDraft } from "./live_draft.js";
import { Corrections } from "./live_edit.js";
import { clock, isPersonal, Log } from "./live_log.js";
import { openQueue } from "./live_queue.js";
import { Sender } from "./live_sender.js";

const MOST_OF_A_NAME = 64;

const root = document.getElementById("live");
const form = document.getElementById("writing");
const line = document.getElementById("line");
const reading = document.getElementById("reading");
const connection = document.getElementById("connection");
const others = document.getElementById("others");
const initials = document.getElementById("initials");
const { session, address } = root.dataset;
const api = `/api/v1/sessions/${session}`;
const say = Object.fromEntries(
  Object.entries(root.dataset).filter(([name]) => name.startsWith("say"))
    .map(([name, text]) => [name[3].toLowerCase() + name.slice(4), text]),
);
const words = Object.fromEntries(
  [...document.getElementById("edit-template").content.querySelectorAll("option")]
    .filter((option) => option.value).map((option) => [option.value, option.textContent]),
);
Object.assign(words, { page: say.page, task_start: say.taskStart, task_end: say.taskEnd });

// This browser's clock may be wrong, and goes on while it sleeps.
const ahead = Date.parse(root.dataset.now) - Date.now();
const started = Date.parse(root.dataset.started);
const now = () => Date.now() + ahead;
const me = () => initials.value.trim() || root.dataset.me.slice(0, MOST_OF_A_NAME);

const list = document.getElementById("log");
const log = new Log(list, document.getElementById("line-template"), words, say);
const state = { isConnected: false, isSignedOut: false, unsaved: 0, refused: 0 };
const beside = besideIn(document.getElementById("beside"), document.getElementById("picture-said"), root.dataset);
let lastEvent = Number(root.dataset.after);

function showState() {
  const text = state.isSignedOut ? say.signedOut
    : !state.isConnected ? say.offline
    : state.unsaved > state.refused ? say.pending : state.refused ? say.someRefused : say.online;
  if (connection.textContent !== text) connection.textContent = text;
  root.dataset.unsaved = state.unsaved;
  root.dataset.connected = state.isConnected;
}

const queue = await openQueue(session).catch(() => null);
if (queue === null) {
  // Without a place to keep lines the form sends them itself, and the browser tells when it cannot.
  connection.textContent = say.broken;
} else {
  start();
}

const codes = codesInto(line, document.getElementById("codes"));
line.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit();
  } else if (event.key === "Escape") {
    codes.focus();
  }
});
beside.show(log.latestPage);
keepDraft(line, `luiska-draft ${session}`);
const corrections = new Corrections(
  list, document.getElementById("edit-template"), `luiska-edit ${session}`, say,
  (entry) => log.noted(entry),
);

function start() {
  const sender = new Sender(queue, `${api}/notes`, (sent, how, made) => {
    if (how !== "sending") state.isSignedOut = how === "signed-out";
    if (how === "stored") {
      log.stored(sent, made);
    } else {
      log.state(sent, how === "signed-out" ? "waiting" : how);
    }
    count();
  });

  // Lines that are being put into the queue: they are not saved either.
  let adding = 0;

  async function count() {
    const kept = await queue.all();
    log.keepOnly(new Set(kept.map((each) => each.key)));
    state.unsaved = kept.length + adding;
    state.refused = kept.filter((each) => each.refused).length;
    showState();
  }

  // Behind what is typed already: nothing that somebody typed gives way to anything.
  function giveBack(text) {
    line.value = [line.value, text].filter((each) => each.trim()).join("\n");
    line.dispatchEvent(new Event("input"));
  }

  function note(text) {
    store(text).catch(() => {
      giveBack(text);
      state.unsaved -= 1;
      showState();
      connection.textContent = say.broken;
    });
  }

  async function store(text) {
    const noted = {
      key: crypto.randomUUID(),
      text,
      notedAt: new Date(now()).toISOString(),
      // Somebody else may be signed in when it is sent.
      observer: me(),
    };
    adding += 1;
    state.unsaved += 1;
    showState();
    try {
      noted.order = await queue.add(noted);
    } finally {
      adding -= 1;
    }
    log.keep(noted);
    log.state(noted, "waiting");
    count();
    sender.flush();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.submitter?.matches("[data-picture]")) {
      beside.ask();
      return;
    }
    const text = line.value;
    if (!text.trim()) return;
    line.value = "";
    reading.textContent = "";
    note(text);
  });

  document.getElementById("tasks")?.addEventListener("submit", (event) => {
    event.preventDefault();
    const { text, seq } = event.target.elements;
    note(seq?.value ? `${text.value} SEQ ${seq.value}` : text.value);
    // The next one that ends has an outcome and an answer of its own.
    text.value = "";
    // No answer: Chromium takes no empty value for one of the group.
    if (seq) seq[0].checked = true;
  });

  list.addEventListener("click", async (event) => {
    const item = event.target.closest("li");
    if (event.target.closest(".edit-this")) corrections.open(item);
    if (event.target.closest(".drop-this")) {
      const { key } = event.target.closest(".drop-this").dataset;
      const refused = (await queue.all()).find((each) => each.key === key);
      if (refused === undefined) return;
      giveBack(refused.text);
      await queue.remove(refused.order);
      log.forget(key);
      count();
      line.focus();
    }
  });

  queue.all().then((kept) => {
    for (const each of kept) {
      log.keep(each);
      log.state(each, each.refused ? "refused" : "waiting");
    }
    count();
    sender.flush();
  });
  follow(() => sender.flush(), () => { if (log.isWaiting) count(); });
  addEventListener("online", () => sender.flush());
  document.addEventListener("visibilitychange", () => sender.flush());
  root.dataset.ready = "true";
}

function follow(connected, changed) {
  const events = new EventSource(`${api}/events?after=${lastEvent}`);
  const heard = (act) => (event) => {
    lastEvent = Number(event.lastEventId);
    act(JSON.parse(event.data));
  };
  events.addEventListener("open", () => {
    state.isConnected = true;
    state.isSignedOut = false;
    showState();
    connected();
  });
  events.addEventListener("noted", heard((entry) => {
    log.noted(entry);
    showTask(entry);
    beside.show(log.latestPage);
    tellOf(entry);
    changed();
  }));
  events.addEventListener("corrected", heard((entry) => log.noted(entry)));
  events.addEventListener("forgotten", () => location.reload());
  events.addEventListener("error", () => {
    state.isConnected = false;
    showState();
    if (events.readyState !== EventSource.CLOSED) return;
    // The server answered, and not with a stream; the browser does not try again by itself.
    askWhy();
    setTimeout(() => follow(connected, changed), 2000);
  });
}

async function askWhy() {
  const answer = await fetch(api).catch(() => null);
  const isOurs = answer?.headers.get("Content-Type")?.startsWith("application/problem+json");
  if (isOurs && answer.status === 404) location.reload();
  state.isSignedOut = isOurs && answer.status === 401;
  showState();
}

function showTask(entry) {
  if (entry.kind !== "task_start" && entry.kind !== "task_end") return;
  for (const item of document.querySelectorAll("#tasks > li")) {
    const isThis = Number(item.dataset.task) === entry.task;
    const place = item.querySelector(".state");
    if (isThis && entry.kind === "task_end") place.textContent = endInWords(item, entry);
    else if (isThis) place.textContent = say.running;
    else if (entry.kind === "task_start" && place.textContent === say.running) place.textContent = "";
  }
}

// A line that a form wrote begins as one of its choices does; any other is shown as it was typed.
function endInWords(item, entry) {
  const raw = entry.raw.trim();
  const chosen = [...item.querySelectorAll("option")]
    .find((choice) => choice.value && `${raw} `.startsWith(`${choice.value} `));
  return chosen ? `${chosen.textContent} ${raw.slice(chosen.value.length)}`.trim() : raw;
}

// What others note is said once in a while, and not line by line over what one types.
let toTell = [];
let telling = null;
function tellOf(entry) {
  if (entry.written_by === me() && !isPersonal(entry)) return;
  toTell.push(entry);
  telling ??= setTimeout(() => {
    const last = toTell.at(-1);
    others.textContent = `${toTell.length > 1 ? `+${toTell.length - 1} · ` : ""}${last.written_by}: ${last.text}${isPersonal(last) ? ` · ${say.personal}` : ""}`;
    toTell = [];
    telling = null;
  }, 3000);
}

let asked = 0;
let asking = null;
line.addEventListener("input", () => {
  clearTimeout(asking);
  if (!line.value.trim()) {
    reading.textContent = "";
    return;
  }
  asking = setTimeout(read, 150);
});

async function read() {
  const number = (asked += 1);
  const answer = await fetch(`${api}/reading`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ text: line.value }),
  }).catch(() => null);
  if (answer === null || !answer.ok || number !== asked || !line.value.trim()) return;
  const { entries, warnings } = await answer.json();
  reading.replaceChildren(
    `${say.reads}: ${entries.map(inWords).join(" / ")}`,
    ...warnings.map((warning) => Object.assign(document.createElement("strong"), { lang: "en", textContent: ` ⚠ ${warning.detail}` })),
  );
}

function inWords(entry) {
  const where = [entry.selector && `=${entry.selector}`, entry.criterion && `^${entry.criterion}`, entry.rule && `^${entry.rule}`, entry.kind === "page" && entry.url];
  return [
    clock(entry.offset_ms), words[entry.code] ?? words[entry.kind], words[entry.severity],
    entry.task && `T${entry.task}`, words[entry.outcome] ?? entry.outcome, entry.actor, entry.text,
    ...entry.tags.map((tag) => `#${tag}`), ...where,
  ].filter(Boolean).join(" · ");
}

initials.value = localStorage.getItem("luiska-initials") ?? "";
initials.addEventListener("change", () => localStorage.setItem("luiska-initials", initials.value.trim()));

const time = document.getElementById("clock");
const tick = () => { time.textContent = clock(Math.max(0, now() - started)); };
tick();
setInterval(tick, 1000);
