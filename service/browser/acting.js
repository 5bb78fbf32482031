// What actions ask of a document, next to world.js. A page sees the events, as it does a person's.
(() => {
  const world = globalThis.luiska;

  // Each answer is a state: "done", or what stands in the way (performing.py has the words).
  const found = (selector) => {
    try {
      return [document.querySelector(selector), "absent"];
    } catch (error) {
      return [null, "invalid"];
    }
  };

  const onElement = (selector, act) => {
    const [element, problem] = found(selector);
    // What is done to the document may move it: its rest begins anew.
    world.rest = null;
    return JSON.stringify(element === null ? { state: problem } : act(element));
  };

  // The middle of the part of the element's first box that the window shows.
  world.clickPoint = (selector) => onElement(selector, (element) => {
    element.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
    for (const box of element.getClientRects()) {
      const left = Math.max(box.left, 0);
      const right = Math.min(box.right, innerWidth);
      const top = Math.max(box.top, 0);
      const bottom = Math.min(box.bottom, innerHeight);
      if (right - left >= 1 && bottom - top >= 1) {
        return { state: "done", x: (left + right) / 2, y: (top + bottom) / 2 };
      }
    }
    return { state: "boxless" };
  });

  // `origins` are where the value may go, null for anywhere; a port may be *.
  const isLetIn = (origins) => origins === null || origins.some((origin) => (
    origin === location.origin || origin === `${location.protocol}//${location.hostname}:*`
  ));

  const native = (element, property) => {
    for (let at = Object.getPrototypeOf(element); at; at = Object.getPrototypeOf(at)) {
      const setter = Object.getOwnPropertyDescriptor(at, property)?.set;
      if (setter) return setter;
    }
    return null;
  };

  const tell = (element, ...names) => {
    for (const name of names) {
      element.dispatchEvent(new Event(name, { bubbles: true, composed: true }));
    }
  };

  // A custom element's properties are in the page's own world.
  const isForeign = (element, property) => (
    element.localName.includes("-") && native(element, property) === null
  );

  world.setField = (selector, value, origins) => onElement(selector, (element) => {
    if (!isLetIn(origins)) return { state: "elsewhere", origin: location.origin };
    if (isForeign(element, "value")) return { state: "foreign" };
    const set = native(element, "value");
    if (set === null) return { state: "valueless" };
    try {
      set.call(element, value);
    } catch (error) {
      return { state: "untaken" };
    }
    tell(element, "input", "change");
    if (value !== "" && element.value === "") return { state: "untaken" };
    return { state: "done" };
  });

  world.setChecked = (selector, checked) => onElement(selector, (element) => {
    if (isForeign(element, "checked")) return { state: "foreign" };
    const set = native(element, "checked");
    if (set === null) return { state: "uncheckable" };
    if (element.checked !== checked) element.click();
    if (element.checked !== checked) {
      set.call(element, checked);
      tell(element, "input", "change");
    }
    return { state: "done" };
  });

  world.isInState = (selector, state) => {
    const [element, problem] = found(selector);
    if (problem === "invalid") return JSON.stringify({ state: "invalid" });
    const isVisible = element !== null
      && !!(element.offsetWidth || element.offsetHeight || element.getClientRects().length);
    const holds = {
      added: element !== null, removed: element === null, visible: isVisible, hidden: !isVisible,
    };
    return JSON.stringify({ state: holds[state] ? "done" : "unlike" });
  };

  world.isAt = (part, value, negated) => JSON.stringify({
    state: (location[part] === value) !== negated ? "done" : "unlike",
  });

  world.listenFor = (selector, event) => onElement(selector, (element) => {
    world.heard = false;
    element.addEventListener(event, () => { world.heard = true; }, { once: true });
    return { state: "done" };
  });

  world.hasHeard = () => JSON.stringify({
    state: { true: "done", false: "unlike" }[world.heard] ?? "left",
  });
})();
