// Beside axe-core in each document: a run that can be halted between its parts and be spared
// elements, the keys of all elements, and what axe said of each.
(() => {
  const { dom } = axe.commons;
  const HOW_IT_LOOKS = [
    "color", "background-color", "background-image", "background-clip", "background-size",
    "background-position", "font-family", "font-size", "font-weight", "font-style",
    "text-decoration", "text-shadow", "text-transform", "text-indent", "opacity", "visibility",
    "display", "overflow-x", "overflow-y", "position", "transform", "clip", "clip-path", "z-index",
    "float", "mix-blend-mode", "filter", "border", "outline", "pointer-events",
    "content-visibility", "content",
  ];
  const IN_STACK = [
    "color", "background-color", "background-image", "background-clip", "opacity", "text-shadow",
    "mix-blend-mode", "filter", "position", "z-index", "float", "display", "border-radius",
  ];
  const ABOVE = [
    "display", "visibility", "opacity", "overflow-x", "overflow-y", "position", "clip",
    "clip-path", "content-visibility", "float",
  ];
  const REFERRING = [
    "for", "aria-labelledby", "aria-describedby", "aria-owns", "aria-controls", "aria-details",
    "aria-errormessage", "aria-activedescendant", "headers", "list", "usemap", "href",
  ];
  // axe takes the whole text of these for what stands inside them.
  const READ_FROM_INSIDE = new Set(["a", "button", "label", "summary", "fieldset", "figure"]);
  const PAINTED = new Set(["color-contrast", "target-size", "link-in-text-block"]);

  // cyrb53: two elements with equal hashes are equal for all purposes of a measurement.
  const hash = (text) => {
    let a = 0xdeadbeef;
    let b = 0x41c6ce57;
    for (let at = 0; at < text.length; at += 1) {
      const unit = text.charCodeAt(at);
      a = Math.imul(a ^ unit, 2654435761);
      b = Math.imul(b ^ unit, 1597334677);
    }
    a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
    b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
    return (4294967296 * (2097151 & b) + (a >>> 0)).toString(36);
  };
  const read = (style, names) => names.map((name) => style.getPropertyValue(name)).join(";");
  const between = (box, other) => [
    box.left - other.left, box.top - other.top, box.width, box.height,
  ].map((length) => length.toFixed(2)).join(" ");
  // The part of a box that another one covers: how far that one goes beyond is nothing to axe.
  const covered = (box, other) => [
    Math.max(other.left, box.left) - box.left, Math.max(other.top, box.top) - box.top,
    box.right - Math.min(other.right, box.right), box.bottom - Math.min(other.bottom, box.bottom),
  ].map((length) => Math.max(length, -1).toFixed(2)).join(" ");
  const overlap = (box, other, margin) => (
    other.left < box.right + margin && other.right > box.left - margin
    && other.top < box.bottom + margin && other.bottom > box.top - margin
  );
  const attributes = (element) => Array.from(element.attributes, ({ name, value }) => (
    `${name}=${value}`
  )).sort().join("\n");
  // Class and style show in the computed style; data-* is nothing to axe.
  const inherited = (element) => Array.from(element.attributes)
    .filter(({ name }) => !/^(class|style|id|data-.*)$/.test(name))
    .map(({ name, value }) => `${name}=${value}`).sort().join("\n");

  const elementsOf = (tree) => {
    const found = [];
    const walk = (node) => {
      if (node.props.nodeType !== 1) return;
      found.push(node);
      node.children.forEach(walk);
    };
    tree.forEach(walk);
    return found;
  };

  const pseudo = (element, which) => {
    const style = getComputedStyle(element, which);
    const content = style.getPropertyValue("content");
    return content === "none" || content === "normal"
      ? "" : `${content};${style.width};${style.height};${read(style, IN_STACK)}`;
  };

  const offScreen = (box) => [
    box.right + scrollX <= 0, box.bottom + scrollY <= 0, box.left >= innerWidth,
  ].map(Number).join("");

  // Bottom-up: `subtree`, byte for byte; top-down: `above`; both with how they look: `key`.
  const describe = (nodes) => {
    const seen = new Map();
    for (const node of [...nodes].reverse()) {
      const element = node.actualNode;
      const inside = node.children.map((child) => (
        child.props.nodeType === 1 ? seen.get(child).subtree : child.props.nodeValue
      ));
      const own = `${element.namespaceURI} ${node.props.nodeName}\n${attributes(element)}`;
      seen.set(node, { subtree: hash(`${own}\n${inside.join("\n")}`) });
    }
    return seen;
  };

  const references = (nodes, seen) => {
    const byId = new Map();
    for (const node of nodes) {
      if (node.attr("id") && !byId.has(node.attr("id"))) byId.set(node.attr("id"), node);
    }
    const told = new Map();
    const tell = (node, line) => told.set(node, `${told.get(node) ?? ""}\n${line}`);
    for (const node of nodes) {
      for (const name of REFERRING) {
        const value = node.attr(name);
        if (!value || (/^(href|usemap)$/.test(name) && !value.startsWith("#"))) continue;
        for (const id of value.replace(/^#/, "").split(/\s+/)) {
          const target = byId.get(id);
          tell(node, `${name}>${target ? seen.get(target).subtree : "nothing"}`);
          // What a link leads to does not know of the link.
          if (target && name !== "href") tell(target, `${name}<${seen.get(node).subtree}`);
        }
      }
    }
    return told;
  };

  const lookOf = (node, referred, clipping) => {
    const element = node.actualNode;
    const box = node.boundingClientRect;
    return [
      read(getComputedStyle(element), HOW_IT_LOOKS),
      pseudo(element, "::before"), pseudo(element, "::after"),
      box.width.toFixed(2), box.height.toFixed(2), offScreen(box),
      element.scrollWidth - element.clientWidth, element.scrollHeight - element.clientHeight,
      element.value ?? "", element.checked ?? "", element.selectedIndex ?? "",
      clipping ? covered(box, clipping.boundingClientRect) : "",
      referred.get(node) ?? "",
    ].join("|");
  };

  const addAbove = (node, seen) => {
    const { parent } = node;
    const mine = seen.get(node);
    if (!parent) {
      Object.assign(mine, { above: "", clipping: null });
      return;
    }
    const over = parent.actualNode;
    const style = getComputedStyle(over);
    const { above, clipping, subtree } = seen.get(parent);
    const tag = parent.props.nodeName;
    mine.above = hash([
      above, tag, inherited(over), read(style, ABOVE),
      READ_FROM_INSIDE.has(tag) ? subtree : "",
      tag === "details" ? parent.children.indexOf(node) : "",
    ].join("|"));
    const clips = style.overflow !== "visible" && over !== document.body && parent.parent;
    mine.clipping = clips ? parent : clipping;
  };

  const addKeys = (nodes, seen) => {
    const referred = references(nodes, seen);
    nodes.forEach((node) => addAbove(node, seen));
    for (const node of [...nodes].reverse()) {
      const mine = seen.get(node);
      const inside = node.children.map((child) => seen.get(child)?.shape ?? "").join();
      mine.shape = hash(`${mine.subtree}|${lookOf(node, referred, mine.clipping)}|${inside}`);
      mine.key = hash(`${mine.shape}|${mine.above}`);
    }
  };

  const block = (node) => {
    let up = node.parent;
    while (up && getComputedStyle(up.actualNode).display.startsWith("inline")) up = up.parent;
    return up;
  };

  const target = (node) => (
    `${node.props.nodeName} ${node.attr("role")} ${node.attr("tabindex")} ${dom.isFocusable(node)}`
  );
  // Targets within 24 px, and whatever else lies over or under.
  const neighbours = (node, box) => dom.findNearbyElms(node, 24).map((other) => {
    const place = other.boundingClientRect;
    if (overlap(box, place, 24) && dom.isFocusable(other)) {
      return `${target(other)} ${between(place, box)}`;
    }
    return overlap(box, place, 0) ? `${target(other)} ${covered(box, place)}` : "";
  });

  // What is painted behind and over each line of text, and the targets nearby.
  const painted = (node, seen, layers, strict) => {
    const element = node.actualNode;
    const box = node.boundingClientRect;
    const lines = dom.getVisibleChildTextRects(element).map((line) => between(line, box));
    const stacks = dom.getTextElementStack(element).flat().map((layer) => {
      if (!layers.has(layer)) {
        layers.set(layer, [read(getComputedStyle(layer), IN_STACK), layer.getBoundingClientRect()]);
      }
      const [style, place] = layers.get(layer);
      // Of what is fixed or in a scrolling box, axe's stack also holds elements from elsewhere.
      return strict || overlap(box, place, 0) ? `${style} ${covered(box, place)}` : "";
    }).filter(Boolean);
    const isTarget = element.matches("a[href], button, input, select, textarea, [tabindex], [role]");
    const around = element.matches("a[href], [role=link]") && block(node);
    return hash([
      seen.get(node).key, lines, stacks, isTarget ? neighbours(node, box).filter(Boolean) : "",
      around ? `${seen.get(around).subtree} ${read(getComputedStyle(around.actualNode), IN_STACK)}` : "",
    ].join("|"));
  };

  const addPainted = (nodes, seen, strict) => {
    const layers = new Map();
    for (const node of nodes) {
      const hasText = node.children.some((child) => (
        child.props.nodeType === 3 && child.props.nodeValue.trim() !== ""
      ));
      const asks = hasText || node.actualNode.matches("a[href], button, input, select, textarea, [role]");
      if (asks && dom.isVisibleOnScreen(node)) seen.get(node).painted = painted(node, seen, layers, strict);
    }
  };

  const Rule = Object.getPrototypeOf(axe._audit.rules[0]);
  const { run, gather } = Rule;
  const isPageWide = (rule) => rule.pageLevel || rule.selector.startsWith("html:not(")
    || [...rule.any, ...rule.all, ...rule.none].some((check) => (
      axe._audit.checks[check.id ?? check].after
    ));
  const here = {
    halting: false, waiting: [], running: null, nodes: [], seen: null, spared: null, raw: [],
  };

  Rule.run = function halted(context, options, resolve, reject) {
    if (!here.halting) {
      run.call(this, context, options, resolve, reject);
      return;
    }
    here.waiting.push(() => new Promise((done) => {
      run.call(this, context, options, (result) => { resolve(result); done(this.id); }, reject);
    }));
  };
  // Spared before axe asks whether an element is hidden: a cache would know that too.
  Rule.gather = function spared(context, options) {
    if (here.spared === null || isPageWide(this)) return gather.call(this, context, options);
    const skipped = here.spared[PAINTED.has(this.id) ? "painted" : "key"];
    const everything = Object.create(this, { excludeHidden: { value: false } });
    return gather.call(everything, context, options)
      .filter((node) => !skipped.has(node))
      .filter((node) => !this.excludeHidden || dom.isVisibleToScreenReaders(node));
  };

  axe.addReporter("templates", (rules, options, callback) => {
    const named = ["passes", "violations", "incomplete"];
    here.raw = !options.collecting ? [] : rules.flatMap((rule) => named.flatMap((kind) => (
      (rule[kind] ?? []).map((result) => ({
        rule: rule.id,
        element: result.node.element,
        outcome: kind,
        checks: [...result.any, ...result.all, ...result.none].map((check) => [check.id, check.data]),
      }))
    )));
    axe.getReporter("v1")(rules, { ...options, resultTypes: named.slice(1) }, callback);
  });

  const tick = () => new Promise((done) => { setTimeout(done, 1); });
  const examine = async (options) => {
    const { violations, incomplete } = await axe.run(document, { ...options, reporter: "templates" });
    return JSON.stringify({ violations, incomplete }).length;
  };

  globalThis.templates = {
    settled: () => new Promise((done) => {
      let quiet = setTimeout(() => end(), 100);
      const watch = new MutationObserver(() => {
        clearTimeout(quiet);
        quiet = setTimeout(end, 100);
      });
      const end = () => { watch.disconnect(); done(); };
      watch.observe(document, { subtree: true, childList: true });
      setTimeout(end, 1000);
    }),
    examine,
    // Up to where the first rule would start: the tree is built.
    begin: async (options) => {
      Object.assign(here, { halting: true, waiting: [] });
      here.running = examine(options).finally(() => { here.running = null; });
      while (here.running && !here.waiting.length) await tick();
      here.nodes = elementsOf(axe._tree);
      return here.nodes.length;
    },
    step: async () => {
      while (here.running && !here.waiting.length) await tick();
      return here.waiting.length ? here.waiting.shift()() : null;
    },
    finish: async () => {
      here.halting = false;
      here.waiting.splice(0).forEach((start) => start());
      return here.running;
    },
    subtreeAndLook: () => {
      here.seen = describe(here.nodes);
      addKeys(here.nodes, here.seen);
      return here.nodes.length;
    },
    painted: (strict) => addPainted(here.nodes, here.seen, strict),
    keys: () => here.nodes.map((node) => {
      const { subtree, key, painted: paint } = here.seen.get(node);
      return [subtree, key, paint ?? null];
    }),
    spare: (key, paint) => {
      const at = (places) => new Set(places.map((place) => here.nodes[place]));
      here.spared = { key: at(key), painted: at(paint) };
    },
    outcomes: () => {
      const places = new Map(here.nodes.map((node, place) => [node.actualNode, place]));
      return here.raw.filter(({ element }) => places.has(element))
        .map(({ element, ...rest }) => ({ ...rest, place: places.get(element) }));
    },
    rules: () => axe._audit.rules.map((rule) => [
      rule.id, isPageWide(rule) ? "page" : PAINTED.has(rule.id) ? "painted" : "local",
    ]),
  };
})();
