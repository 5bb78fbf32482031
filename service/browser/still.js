// Holding a document still, and marking an element for its picture.
(() => {
  const world = globalThis.luiska;
  const ROUND_MS = 20;
  const MOST_ROUNDS = 10;

  const rootsOf = (root) => [
    root,
    ...Array.from(root.querySelectorAll("*"))
      .filter((element) => element.shadowRoot !== null)
      .flatMap((element) => rootsOf(element.shadowRoot)),
  ];

  // What has an end is shown at its end, what has none without it. Animations that follow a scroll
  // position stand still by themselves.
  const stop = (animation) => {
    const end = Number(animation.effect.getComputedTiming().endTime);
    if (Number.isFinite(end)) animation.finish();
    else animation.cancel();
  };

  const runs = (animation) => animation.effect !== null
    && animation.timeline instanceof DocumentTimeline
    && animation.playState === "running" && animation.playbackRate !== 0;

  const freezeOnce = () => {
    const moving = rootsOf(document).flatMap((root) => root.getAnimations()).filter(runs);
    for (const animation of moving) {
      try {
        stop(animation);
      } catch (error) {
        animation.cancel();
      }
    }
    return moving.length;
  };

  // The end of one animation may start the next one. How many moved in the last round.
  world.freeze = async () => {
    for (const drawing of document.querySelectorAll("svg")) {
      if (drawing.ownerSVGElement !== null) continue;
      drawing.pauseAnimations();
      drawing.setCurrentTime(0);
    }
    let moving = freezeOnce();
    for (let round = 1; moving > 0 && round < MOST_ROUNDS; round += 1) {
      await new Promise((resolve) => { setTimeout(resolve, ROUND_MS); });
      moving = freezeOnce();
    }
    return moving;
  };

  const scrolledAbove = (element) => {
    const found = [];
    for (let at = element; at; at = at.parentNode ?? at.host) {
      if (at.scrollTop || at.scrollLeft || at.scrollHeight > at.clientHeight) {
        found.push([at, at.scrollTop, at.scrollLeft]);
      }
    }
    return found.filter(([at]) => at instanceof Element);
  };

  let marked = null;

  // Brings an element into view and draws around it, on top of everything and out of the layout.
  // Where its picture is in the document, or null for an element that shows nothing.
  world.mark = (selector, margin, widest, highest) => {
    const element = axe.utils.shadowSelect(selector);
    if (!element) return null;
    const scrolled = scrolledAbove(element);
    element.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
    const box = element.getBoundingClientRect();
    if (box.width < 1 || box.height < 1) return null;
    const frame = document.createElementNS("http://www.w3.org/1999/xhtml", "div");
    frame.setAttribute("popover", "manual");
    const styles = {
      all: "initial", position: "fixed", inset: "auto", margin: "0", padding: "0", border: "0",
      left: `${box.left - 4}px`, top: `${box.top - 4}px`, background: "transparent",
      width: `${box.width + 8}px`, height: `${box.height + 8}px`, display: "block",
      "box-sizing": "border-box", overflow: "hidden", "pointer-events": "none",
      "z-index": "2147483647", border: "3px solid #d4351c", "box-shadow": "0 0 0 2px #fff",
    };
    for (const [name, value] of Object.entries(styles)) {
      frame.style.setProperty(name, value, "important");
    }
    document.documentElement.append(frame);
    marked = { element, frame, scrolled };
    frame.showPopover?.();
    const left = Math.max(box.left - margin, 0);
    const top = Math.max(box.top - margin, 0);
    const right = Math.min(box.right + margin, innerWidth, left + widest);
    const bottom = Math.min(box.bottom + margin, innerHeight, top + highest);
    if (right - left < 1 || bottom - top < 1) return null;
    return {
      x: left + scrollX, y: top + scrollY, width: right - left, height: bottom - top,
    };
  };

  // Whether the mark still is where it was put: else the picture shows something else.
  world.isMarked = () => marked !== null && world.leaving === null
    && marked.frame.isConnected && marked.element.isConnected;

  // As it was before `mark`.
  world.unmark = () => {
    if (marked === null) return;
    marked.frame.remove();
    for (const [at, top, left] of marked.scrolled) at.scrollTo({ top, left, behavior: "instant" });
    marked = null;
  };

  const round = (box) => [box.left + scrollX, box.top + scrollY, box.width, box.height].map(Math.round);

  // How large the document is, and where these elements of it stand; null for what shows nothing.
  world.layout = (selectors) => ({
    width: document.documentElement.clientWidth,
    height: document.documentElement.scrollHeight,
    boxes: selectors.map((selector) => {
      const element = axe.utils.shadowSelect(selector);
      const box = element?.getBoundingClientRect();
      return box && box.width > 0 && box.height > 0 ? round(box) : null;
    }),
  });

  world.toTop = () => scrollTo({ top: 0, left: 0, behavior: "instant" });

  // Whether the document is still the one that was examined.
  world.stands = () => world.leaving === null && world.root === document.documentElement;

  // A document with those of its frames that can be read: the ones of its own origin.
  const documentsOf = (top) => [
    top,
    ...rootsOf(top)
      .flatMap((root) => Array.from(root.querySelectorAll("iframe, frame, object")))
      .map((frame) => frame.contentDocument)
      .filter((within) => within !== null)
      .flatMap(documentsOf),
  ];

  // Whether one of these texts stands in the page, or in a field of it that can be read.
  world.shows = (texts) => {
    const roots = documentsOf(document).flatMap(rootsOf);
    const fields = roots.flatMap((root) => (
      Array.from(root.querySelectorAll("input:not([type=password i]), textarea"))
    ));
    const shown = [
      ...roots.map((root) => (root.documentElement ?? root).textContent),
      ...fields.map((field) => field.value),
    ];
    return texts.some((text) => shown.some((each) => each.includes(text)));
  };
})();
