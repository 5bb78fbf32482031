// Sends what is in the queue: one line after the other, each until it is stored or refused.
// A repeat has the same Idempotency-Key, so a line whose answer was lost is not stored twice.

const PATIENCE_MS = 10000;
const FIRST_WAIT_MS = 300;
const LONGEST_WAIT_MS = 5000;

export class Sender {
  #queue; #address; #told; #wait = FIRST_WAIT_MS; #timer = null; #isBusy = false;

  // `told(line, state, answer)`: sending, stored, refused, waiting or signed-out.
  constructor(queue, address, told) {
    this.#queue = queue;
    this.#address = address;
    this.#told = told;
  }

  async flush() {
    clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      // Two tabs of one browser share the queue; the order is kept by sending from one at a time.
      const isDone = await alone(this.#address, () => this.#sendAll());
      if (isDone) this.#wait = FIRST_WAIT_MS;
      else this.#later();
    } catch {
      this.#later();
    } finally {
      this.#isBusy = false;
    }
  }

  #later() {
    if (this.#timer !== null) return;
    const wait = this.#wait * (0.75 + Math.random() / 2);
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS);
    this.#timer = setTimeout(() => { this.#timer = null; this.flush(); }, wait);
  }

  async #sendAll() {
    for (;;) {
      const line = (await this.#queue.all()).find((each) => !each.refused);
      if (line === undefined) return true;
      this.#told(line, "sending");
      if (!(await this.#send(line))) return false;
    }
  }

  async #send(line) {
    let answer;
    try {
      answer = await fetch(this.#with(line), {
        method: "POST",
        headers: { "Content-Type": "text/plain; charset=utf-8", "Idempotency-Key": line.key },
        body: line.text,
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      if (answer.ok) {
        const made = await answer.json();
        await this.#queue.remove(line.order);
        this.#told(line, "stored", made);
        return true;
      }
    } catch {
      this.#told(line, "waiting");
      return false;
    }
    if (answer.status === 401) {
      this.#told(line, "signed-out");
      return false;
    }
    if (answer.status >= 500 || answer.status === 408 || answer.status === 429) {
      this.#told(line, "waiting");
      return false;
    }
    // Whatever else stands between (a proxy, a sign-in of the network) refuses nothing for good;
    // only what is too large for it will stay so.
    if (!isOurs(answer) && answer.status !== 413) {
      this.#told(line, "waiting");
      return false;
    }
    const refusal = await answer.json().catch(() => ({}));
    const refused = { ...line, refused: refusal.detail ?? String(answer.status) };
    await this.#queue.replace(refused);
    this.#told(refused, "refused");
    return true;
  }

  #with(line) {
    const told = new URLSearchParams({ live: "true", noted_at: line.notedAt });
    if (line.observer) told.set("observer", line.observer);
    return `${this.#address}?${told}`;
  }
}

function isOurs(answer) {
  return (answer.headers.get("Content-Type") ?? "").startsWith("application/problem+json");
}

async function alone(name, act) {
  if (!navigator.locks) return act();
  return navigator.locks.request(`luiska ${name}`, act);
}
