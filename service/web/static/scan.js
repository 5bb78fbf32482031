// Renews the parts of a running scan's page as its pages end. Without it the page is reloaded.
// The texts come from the server, in the reader's language, so there is nothing to translate here.
"use strict";

const scan = document.getElementById("scan");
const SENTENCE = "scan-sentence";
const SHOWN = [SENTENCE, "scan-why", "scan-bar", "scan-pages", "scan-findings", "scan-log"];
const SPOKEN = "scan-status";
const SHOWN_EVERY_MS = 1000;
const MOST_FAILURES = 10;
// A screen reader says each change of the status: rarely enough that it can finish.
const SPOKEN_EVERY_MS = 15000;

let spokenAt = Date.now();
let waiting = null;
let hasEnded = false;
let failures = 0;

async function renew() {
  waiting = null;
  const isLast = hasEnded;
  const answer = await fetch(scan.dataset.page, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) throw new Error("no page of this scan, as after a sign-out");
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const id of SHOWN) replace(id, fresh);
  const note = document.getElementById("scan-reload");
  if (isLast && note !== null && !note.contains(document.activeElement)) note.remove();
  if (isLast || Date.now() - spokenAt >= SPOKEN_EVERY_MS) {
    spokenAt = Date.now();
    const said = document.getElementById(SENTENCE).textContent;
    document.getElementById(SPOKEN).textContent = said;
  }
  failures = 0;
}

// The link to reload stays, for when this has been tried often enough.
function again() {
  failures += 1;
  if (failures < MOST_FAILURES) soon();
}

function replace(id, fresh) {
  const there = document.getElementById(id);
  const next = fresh.getElementById(id);
  if (there !== null && next !== null) there.replaceChildren(...next.childNodes);
}

function soon() {
  if (waiting === null) waiting = setTimeout(() => renew().catch(again), SHOWN_EVERY_MS);
}

const events = new EventSource(scan.dataset.events);
events.addEventListener("page", soon);
events.addEventListener("done", () => {
  hasEnded = true;
  events.close();
  soon();
});
