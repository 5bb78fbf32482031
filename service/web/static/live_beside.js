// The page under test beside the log: the latest that a note was about, its barriers, its picture.

const ASK_AGAIN_MS = 2000;

export function besideIn(place, said, { address, who }) {
  const part = () => place.querySelector(".page");
  let wanted = part()?.dataset.pageId;
  let asking = null;

  async function load(page, answering) {
    const answer = await answering.catch(() => null);
    // Of another page meanwhile; or there is no connection, and the next note tries again.
    if (page !== wanted) return;
    const isOurs = answer?.headers.get("Content-Type")?.startsWith("text/html");
    if (!isOurs || answer.redirected || ![200, 409, 422].includes(answer.status)) {
      if (part()?.dataset.pageId !== page) wanted = undefined;
      askAgain();
      return;
    }
    const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = parsed.querySelector(".page");
    if (next === null || page !== wanted) return;
    if (next.outerHTML !== part()?.outerHTML) put(next);
    askAgain();
  }

  function put(next) {
    const isSame = part()?.dataset.pageId === next.dataset.pageId;
    const hadFocus = place.contains(document.activeElement);
    const before = part()?.querySelector(".said").textContent.trim();
    place.replaceChildren(next);
    if (hadFocus) (place.querySelector("[data-picture]") ?? place.querySelector("a"))?.focus();
    const after = next.querySelector(".said").textContent.trim();
    if (isSame && after !== before) said.textContent = after || next.querySelector("img")?.alt || "";
  }

  function askAgain() {
    clearTimeout(asking);
    if (part()?.dataset.pending === undefined) return;
    asking = setTimeout(() => load(wanted, fetch(at("page", wanted))), ASK_AGAIN_MS);
  }

  function at(what, page) {
    return `${address}/${what}?${new URLSearchParams({ as: who, page_id: page })}`;
  }

  askAgain();
  return {
    show(page) {
      if (page === undefined || page === wanted) return;
      wanted = page;
      load(page, fetch(at("page", page)));
    },
    ask() {
      load(wanted, fetch(`${at("picture", wanted)}&part=true`, { method: "POST" }));
    },
  };
}
