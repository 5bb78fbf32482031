// Luiska's own part of the isolated world, next to axe-core, in every frame of every document.
// A page can neither see nor change anything here: the world has globals of its own.
(() => {
  const NAME_LIMIT = 200;
  const ANCESTORS = 6;
  const HTML_TYPES = ["text/html", "application/xhtml+xml"];
  const UNRENDERED = new Set(["SCRIPT", "STYLE", "NOSCRIPT", "TEMPLATE", "LINK", "META", "TITLE"]);

  // Frames talk over CDP only: a page can forge messages between windows, so none is accepted.
  // The configuration is also what empties the default list of trusted origins.
  axe.configure({ allowedOrigins: [] });

  // A frame's first document can hand its globals on to the one that replaces it; axe would go on
  // looking at the empty one. Any message to a frame that still loads is enough for that.
  const birthplace = document;

  const world = {
    isStale: () => document !== birthplace,
    root: null,
    leaving: null,
    partials: [],
    frames: [],
  };

  if (globalThis.navigation) {
    navigation.addEventListener("navigate", (event) => {
      if (!event.destination.sameDocument && event.downloadRequest === null) {
        world.leaving = event.destination.url;
      }
    });
  }

  // As JSON that every store takes: no lone surrogates, no NUL.
  const told = (value) => JSON.stringify(value, (key, part) => (
    typeof part === "string" ? part.toWellFormed().replaceAll("\0", "\uFFFD") : part
  ));

  const hasBox = (element) => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.height > 0;
  };

  // Whether the body shows anything at all: an image or one word is a page, an empty shell is not.
  const rendersSomething = () => {
    const body = document.body;
    if (!body) return false;
    if (body.innerText && body.innerText.trim() !== "") return true;
    if (getComputedStyle(body).backgroundImage !== "none") return true;
    for (const element of body.getElementsByTagName("*")) {
      if (UNRENDERED.has(element.tagName)) continue;
      if (element.localName.includes("-") || hasBox(element)) return true;
    }
    return false;
  };

  // What the truth gate asks of a document. Remembers the root, so that a swap shows later.
  world.facts = (remember) => {
    if (remember) world.root = document.documentElement;
    const entry = performance.getEntriesByType("navigation")[0];
    return told({
      href: location.href,
      contentType: document.contentType,
      isHtml: HTML_TYPES.includes(document.contentType),
      status: entry ? entry.responseStatus || 0 : 0,
      readyState: document.readyState,
      title: document.title,
      language: document.documentElement ? document.documentElement.getAttribute("lang") : null,
      elements: document.getElementsByTagName("*").length,
      bodyBytes: entry ? Math.max(entry.encodedBodySize, entry.decodedBodySize) : 0,
      opaque: origin === "null",
      leaving: world.leaving,
      sameRoot: world.root === document.documentElement,
    });
  };

  world.rendersSomething = rendersSomething;

  world.has = (selector) => {
    try {
      return document.querySelector(selector) ? "found" : "absent";
    } catch (error) {
      return "invalid";
    }
  };

  // In a document whose scripts are off (sandbox), timers never fire and axe would wait forever.
  world.probeTimers = () => {
    world.ticked = false;
    setTimeout(() => { world.ticked = true; }, 0);
  };
  world.replaceDeadTimers = () => {
    if (world.ticked) return false;
    globalThis.setTimeout = (callback) => {
      Promise.resolve().then(callback);
      return 0;
    };
    return true;
  };

  world.frameState = () => JSON.stringify({
    href: location.href,
    isHtml: HTML_TYPES.includes(document.contentType),
    opaque: origin === "null",
  });

  // Run the rules in this frame alone; the parts of all frames are put together by `finish`.
  world.start = async (context, options) => {
    const scope = context === null ? document : context;
    const children = axe.utils.getFrameContexts(scope, options);
    const partial = await axe.runPartial(scope, options);
    world.frames = children.map((child) => axe.utils.shadowSelect(child.frameSelector));
    world.partials = [partial];
    return JSON.stringify({
      children: children.map((child, index) => ({
        context: child.frameContext,
        selector: partial.frames[index].selector,
        source: world.frames[index] ? world.frames[index].src || "" : "",
        inline: !!world.frames[index] && world.frames[index].hasAttribute("srcdoc"),
      })),
      partial: context === null || context.initiator !== false ? null : partial,
    });
  };

  world.add = (partial) => {
    world.partials.push(partial);
    return world.partials.length;
  };

  const counted = (rules) => rules.map((rule) => ({ id: rule.id, nodes: rule.nodes.length }));

  // The results as `axe.run` gives them, with what passed reduced to counts.
  world.finish = async (options) => {
    const results = await axe.finishRun(world.partials, options);
    world.partials = [];
    results.passes = counted(results.passes);
    results.inapplicable = counted(results.inapplicable);
    return told(results);
  };

  const clipped = (text) => (text ? text.trim().slice(0, NAME_LIMIT) || null : null);

  // axe takes the text of an element without a role for its name; that is content, not a name.
  const nameOf = (node, role) => {
    if (role) return axe.commons.text.accessibleTextVirtual(node);
    return axe.commons.aria.arialabelledbyText(node)
      || axe.commons.aria.arialabelText(node)
      || node.attr("title");
  };

  const known = (node) => {
    const role = axe.commons.aria.getRole(node) || null;
    return { role, name: clipped(nameOf(node, role)) };
  };

  const ancestorsOf = (node, remembered) => {
    const found = [];
    for (let up = node.parent; up && found.length < ANCESTORS; up = up.parent) {
      if (up.props.nodeType !== 1) continue;
      if (!remembered.has(up)) {
        remembered.set(up, {
          tag: up.props.nodeName,
          ...known(up),
          id: up.attr("id") || null,
        });
      }
      found.push(remembered.get(up));
    }
    return found;
  };

  // Role, name and ancestors of each selector (a list of steps into shadow roots), as far as the
  // budget reaches. An element that is gone meanwhile is null.
  world.describe = (selectors, budgetMs) => {
    const end = performance.now() + budgetMs;
    const described = [];
    const remembered = new Map();
    axe.setup(document);
    try {
      for (const selector of selectors) {
        if (performance.now() > end) break;
        const element = axe.utils.shadowSelect(selector);
        const node = element && axe.utils.getNodeFromTree(element);
        described.push(node ? { ...known(node), ancestors: ancestorsOf(node, remembered) } : null);
      }
    } finally {
      axe.teardown();
    }
    return told(described);
  };

  globalThis.luiska = world;
})();
