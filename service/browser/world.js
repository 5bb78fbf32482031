// Luiska's own part of the isolated world, next to axe-core, in every frame of every document.
// A page can neither see nor change anything here: the world has globals of its own.
(() => {
  const NAME_LIMIT = 200;
  const ANCESTORS = 6;
  const PATH_STEPS = 60;
  const TICK_MS = 20;
  const MOST_TURNS = 50;
  const HTML_LIMIT = 300;
  const TITLE_LIMIT = 1000;
  const LANGUAGE_LIMIT = 100;

  // Rules that see nothing of geometry: the tree, attributes, text, and what is visible at all.
  const SIZELESS = new Set([
    "accesskeys", "area-alt", "audio-caption", "blink", "button-name", "definition-list", "dlitem",
    "document-title", "duplicate-id-aria", "empty-heading", "form-field-multiple-labels",
    "heading-order", "html-has-lang", "html-lang-valid", "html-xml-lang-mismatch", "image-alt",
    "image-redundant-alt", "input-button-name", "input-image-alt", "label-title-only",
    "landmark-banner-is-top-level", "landmark-complementary-is-top-level",
    "landmark-contentinfo-is-top-level", "landmark-main-is-top-level", "link-name", "list",
    "listitem", "marquee", "meta-refresh", "meta-viewport", "meta-viewport-large",
    "nested-interactive", "no-autoplay-audio", "object-alt", "presentation-role-conflict",
    "role-img-alt", "select-name", "server-side-image-map", "summary-name", "svg-img-alt",
    "tabindex", "valid-lang", "video-caption",
  ]);
  const sizeless = (rule) => SIZELESS.has(rule)
    || (rule.startsWith("aria-") && rule !== "aria-hidden-focus");
  const HTML_TYPES = ["text/html", "application/xhtml+xml"];
  const UNRENDERED = new Set(["SCRIPT", "STYLE", "NOSCRIPT", "TEMPLATE", "LINK", "META", "TITLE"]);
  const FRAMES = new Set(["iframe", "frame"]);
  // What shows something without a word in it.
  const PICTURED = [
    "audio", "button", "canvas", "embed", "frame", "iframe", "img", "input", "meter", "object",
    "progress", "select", "svg", "textarea", "video",
  ].join();

  // axe ends each rule with a timer of no delay, and lets the page go on in between. A promise does
  // as well, and keeps a run in one task, in which nothing can change.
  const { setTimeout: later } = globalThis;
  globalThis.setTimeout = (callback, delayMs, ...values) => {
    if (delayMs > 1) return later(callback, delayMs, ...values);
    Promise.resolve().then(() => callback(...values));
    return 0;
  };

  // A frame's first document can hand its globals on to the one that replaces it; axe would go on
  // looking at the empty one. Any message to a frame that still loads is enough for that.
  const birthplace = document;

  // axe-core, when there is something to examine: putting it into a document that still loads would
  // hold that up.
  let isEquipped = false;
  const equip = () => {
    if (isEquipped) return;
    const { setTimeout: ours } = globalThis;
    globalThis.setTimeout = later;
    try {
      luiskaAxe.call(globalThis);
    } finally {
      globalThis.setTimeout = ours;
    }
    // Frames talk over CDP only: a page can forge messages between windows, so none is accepted.
    // The configuration is also what empties the default list of trusted origins.
    axe.configure({ allowedOrigins: [] });
    axe.addReporter("luiska", report);
    isEquipped = true;
  };

  const world = {
    equip,
    isStale: () => document !== birthplace,
    root: null,
    leaving: null,
    partials: [],
    frames: [],
    closedHosts: [],
    embedding: [],
    sizes: null,
    hasTimers: true,
    rest: null,
  };

  if (globalThis.navigation) {
    navigation.addEventListener("navigate", (event) => {
      if (!event.destination.sameDocument && event.downloadRequest === null) {
        world.leaving = event.destination.url;
        later(() => { if (event.defaultPrevented) world.leaving = null; }, 0);
      }
    });
    // A router of the page's took it over, or called it off: it stays where it is.
    for (const end of ["navigatesuccess", "navigateerror"]) {
      navigation.addEventListener(end, () => { world.leaving = null; });
    }
  }

  // What an earlier script of ours in the same document remembered, before axe was put there.
  world.goOn = (before) => {
    if (before === undefined || before.isStale()) return;
    world.root = before.root;
    world.leaving = before.leaving;
  };

  // As JSON that every store takes: no lone surrogates, no NUL.
  const told = (value) => JSON.stringify(value, (key, part) => (
    typeof part === "string" ? part.toWellFormed().replaceAll("\0", "\uFFFD") : part
  ));

  const hasBox = (element) => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.height > 0;
  };

  const isSeen = (element) => hasBox(element)
    && element.checkVisibility({ opacityProperty: true, visibilityProperty: true });

  const hasText = (node) => Array.from(node.childNodes).some(
    (child) => child.nodeType === Node.TEXT_NODE && child.data.trim() !== "",
  );

  const isDrawn = (style) => style.content !== "normal" && style.content !== "none";

  // Names by which a field or image hides a property of its form: axe-core then takes it for what it
  // asked of the form, and goes past what that holds, or gives up.
  const BLINDING = [
    "assignedSlot", "childNodes", "classList", "compareDocumentPosition", "documentElement",
    "getAttribute", "getBoundingClientRect", "getClientRects", "getRootNode", "hasAttributes",
    "nodeName", "nodeType", "parentElement", "parentNode",
  ];

  // Of a form, whatever its fields are called.
  const { matches } = Element.prototype;
  const { get: localNameOf } = Object.getOwnPropertyDescriptor(Element.prototype, "localName");
  const fieldsHide = (form) => BLINDING.filter((name) => Object.hasOwn(form, name));

  // Whether an element shows something by itself: a word, an image, a background, or what a closed
  // shadow root may hold.
  const shows = (element) => {
    if (UNRENDERED.has(element.tagName)) return false;
    if (hasText(element) || matches.call(element, PICTURED)) return isSeen(element);
    if (localNameOf.call(element).includes("-") && element.matches(":defined")) {
      return hasBox(element) || getComputedStyle(element).display === "contents";
    }
    return false;
  };

  const isPainted = (element) => isSeen(element) && (
    getComputedStyle(element).backgroundImage !== "none"
    || isDrawn(getComputedStyle(element, "::before"))
    || isDrawn(getComputedStyle(element, "::after"))
  );

  const someElement = (root, test) => Array.from(root.querySelectorAll("*")).some(
    (element) => test(element)
      || (element.shadowRoot !== null && someShown(element.shadowRoot, test)),
  );
  const someShown = (root, test) => hasText(root) || someElement(root, test);

  // Whether the body shows anything at all: an image or one word is a page, an empty shell is not.
  // Most pages have a word at once.
  const rendersSomething = () => {
    const body = document.body;
    if (!body) return false;
    if (hasText(body) && isSeen(body)) return true;
    if (someElement(body, shows)) return true;
    return getComputedStyle(body).backgroundImage !== "none" || someElement(body, isPainted);
  };

  const fillsHalf = (element) => {
    const box = element.getBoundingClientRect();
    const width = Math.min(box.right, innerWidth) - Math.max(box.left, 0);
    const height = Math.min(box.bottom, innerHeight) - Math.max(box.top, 0);
    return width > 0 && height > 0 && width * height >= innerWidth * innerHeight / 2;
  };

  // Whether what the page is for is out of everybody's reach, axe-core's too: behind a modal dialog
  // that is open, or inert.
  const isKeptBack = () => {
    if (document.querySelector("dialog:modal") !== null) return true;
    const main = document.querySelector("main, [role=main]");
    if (main !== null) return main.closest("[inert]") !== null;
    const { body } = document;
    if (body === null) return false;
    if (body.closest("[inert]") !== null) return true;
    const hasModal = Array.from(body.querySelectorAll("[aria-modal=true]")).some(isSeen);
    return Array.from(body.querySelectorAll("[inert]")).some(
      (element) => isSeen(element) && (hasModal || fillsHalf(element)),
    );
  };

  // Chromium's own pages in the place of what it could not show: an error where XHTML does not parse,
  // and a tree of elements where it has no style.
  const isPage = () => {
    if (!HTML_TYPES.includes(document.contentType)) return false;
    if (document.contentType !== "application/xhtml+xml") return true;
    return document.querySelector("parsererror, #webkit-xml-viewer-source-xml") === null;
  };

  const present = () => {
    const entry = performance.getEntriesByType("navigation")[0];
    return {
      href: location.href,
      contentType: document.contentType,
      isHtml: isPage(),
      status: entry ? entry.responseStatus || 0 : 0,
      readyState: document.readyState,
      title: document.title.slice(0, TITLE_LIMIT),
      language: document.documentElement?.getAttribute("lang")?.slice(0, LANGUAGE_LIMIT) ?? null,
      elements: document.getElementsByTagName("*").length,
      bodyBytes: entry ? Math.max(entry.encodedBodySize, entry.decodedBodySize) : 0,
      opaque: origin === "null",
      leaving: world.leaving,
      sameRoot: world.root === document.documentElement,
      keptBack: isKeptBack(),
      atMs: Date.now(),
    };
  };

  const asksToSignIn = () => someElement(document, (element) => (
    element.localName === "input" && element.type === "password"
    && hasBox(element) && element.checkVisibility({ visibilityProperty: true })
  ));

  // What the truth gate asks of a document. Remembers the root, so that a swap shows later.
  world.facts = () => {
    world.root = document.documentElement;
    return told({
      ...present(), rendersSomething: rendersSomething(), asksToSignIn: asksToSignIn(),
    });
  };

  // Whether the remembered document still stands, and where.
  world.standing = () => told(present());

  // Whether something is on its way to a place that it reaches within so long: a text that fades in
  // is too faint only meanwhile.
  const isArriving = (withinMs) => document.getAnimations().some((animation) => {
    const { effect, timeline, playState, playbackRate } = animation;
    if (effect === null || !(timeline instanceof DocumentTimeline)) return false;
    const leftMs = (effect.getComputedTiming().endTime - animation.currentTime) / playbackRate;
    return playState === "running" && playbackRate > 0 && leftMs <= withinMs;
  });

  // Whether something is still on its way, however long that takes.
  world.moves = () => isArriving(Infinity);

  const extent = () => [
    location.href, document.getElementsByTagName("*").length, document.readyState,
  ].join(" ");

  // How often in a row the document was given a turn of TICK_MS and did not change in it. Turns, as
  // on a busy machine time passes in which a page gets nothing done.
  const newRest = () => ({ extent: extent(), turns: 0, dueMs: performance.now() + TICK_MS });
  const putOff = (rest) => { rest.dueMs = performance.now() + TICK_MS; };
  const tookTurn = (rest) => {
    rest.turns += 1;
    putOff(rest);
  };
  const lookAgain = (rest) => {
    const seen = extent();
    if (seen === rest.extent) return;
    rest.extent = seen;
    rest.turns = 0;
    putOff(rest);
  };

  // From when it is complete, for whom asks after that for the first time.
  let wasAsked = false;
  const beginRest = (event) => {
    if (!event.isTrusted || wasAsked || document.readyState !== "complete") return;
    const rest = newRest();
    world.rest = rest;
    let left = MOST_TURNS;
    const turn = () => {
      if (world.rest !== rest) return;
      tookTurn(rest);
      lookAgain(rest);
      left -= 1;
      if (left > 0) later(turn, TICK_MS);
    };
    later(turn, TICK_MS);
  };
  if (top === self) document.addEventListener("readystatechange", beginRest);

  // The facts, once the document is complete, goes nowhere, has not changed for so many `turns` and
  // brings nothing more to its place. A page that never rests is taken as it is `settleCapMs` after
  // it was found complete, and in any case after `capMs`. Needs timers, which a document whose
  // scripts are off does not have. With `isToBeExamined` axe-core is put there meanwhile.
  world.settled = async (turns, settleCapMs, capMs, isToBeExamined) => {
    const started = performance.now();
    // Who asks again did something meanwhile: its rest begins anew.
    const rest = world.rest ?? newRest();
    world.rest = null;
    wasAsked = true;
    let complete = null;
    for (;;) {
      const now = performance.now();
      lookAgain(rest);
      if (document.readyState === "complete" && world.leaving === null) {
        complete ??= now;
        const isPatient = now - complete < settleCapMs;
        const isAtRest = rest.turns >= turns && !isArriving(settleCapMs);
        if (!isPatient || isAtRest) return world.facts();
        if (isToBeExamined) {
          isToBeExamined = false;
          try {
            equip();
          } catch (error) {
            // Told when it is to run.
          }
          // Meanwhile the document had no turn.
          putOff(rest);
        }
      }
      if (now - started >= capMs) return world.facts();
      const waitMs = Math.max(rest.dueMs - performance.now(), 0);
      await new Promise((resolve) => { later(resolve, waitMs); });
      tookTurn(rest);
    }
  };

  // Once the document has been told of its window's size, which it is when it is drawn anew. One that
  // is not drawn is not waited for beyond `capMs`.
  world.resized = async (width, height, capMs) => {
    const end = performance.now() + capMs;
    let isDrawn = false;
    requestAnimationFrame(() => { isDrawn = true; });
    while (!(isDrawn && innerWidth === width && innerHeight === height)) {
      if (performance.now() > end) return;
      await new Promise((resolve) => { later(resolve, TICK_MS / 4); });
    }
  };

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
    later(() => { world.ticked = true; }, 0);
  };
  world.replaceDeadTimers = () => {
    if (world.ticked) return;
    world.hasTimers = false;
    globalThis.setTimeout = (callback) => {
      Promise.resolve().then(callback);
      return 0;
    };
  };

  world.frameState = () => JSON.stringify({
    href: location.href,
    isHtml: HTML_TYPES.includes(document.contentType),
    opaque: origin === "null",
  });

  // Run the rules in this frame alone; the parts of all frames are put together by `finish`.
  world.start = async (context, options) => {
    equip();
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

  // The tags, ids and classes above an element, as a selector without spaces spells them.
  const stepOf = (node) => [
    node.props.nodeName,
    ...(node.attr("id") ? [`#${CSS.escape(node.attr("id"))}`] : []),
    ...(node.attr("class") ?? "").split(/\s+/).filter(Boolean).map((name) => `.${CSS.escape(name)}`),
  ].join("").slice(0, HTML_LIMIT);

  const pathOf = (node) => {
    const steps = [];
    for (let up = node.parent; up && steps.length < PATH_STEPS; up = up.parent) {
      if (up.props.nodeType === 1) steps.unshift(stepOf(up));
    }
    return steps.join(">");
  };

  const described = (node, remembered) => ({
    ...known(node), ancestors: ancestorsOf(node, remembered), path: pathOf(node),
  });

  const framed = (root) => root.querySelector("iframe, frame") !== null
    || Array.from(root.querySelectorAll("*")).some(
      (element) => element.shadowRoot !== null && framed(element.shadowRoot),
    );

  // Reports like axe's own `v1`, while the tree that axe built still stands: what passed is counted
  // and not written out, and each element named is described on the spot. `node.element` is the
  // element's place among `elements`.
  const report = (rules, { describeMs, ...options }, callback) => {
    const end = performance.now() + describeMs;
    const passed = new Map(rules.map((rule) => [rule.id, (rule.passes ?? []).length]));
    const order = rules.map((rule) => rule.id);
    const look = world.sizes === null ? null : visibleShape();
    const remembered = new Map();
    const places = new Map();
    const elements = [];
    let undescribed = 0;
    for (const node of rules.flatMap((rule) => [rule.violations ?? [], rule.incomplete ?? []]).flat()) {
      const element = node.node?.element;
      const virtual = element && axe.utils.getNodeFromTree(element);
      if (!virtual) continue;
      if (!places.has(element)) {
        if (performance.now() > end) {
          undescribed += 1;
          continue;
        }
        places.set(element, elements.length);
        elements.push(described(virtual, remembered));
      }
      node.element = places.get(element);
    }
    const shown = { ...options, reporter: "v1", resultTypes: ["violations", "incomplete"] };
    axe.getReporter("v1")(rules, shown, (results) => {
      results.passes = results.passes.map(({ id }) => ({ id, nodes: passed.get(id) }));
      results.inapplicable = counted(results.inapplicable);
      results.toolOptions = options;
      callback({ results, elements, undescribed, order, look });
    });
  };

  // Written here: a clone of a custom element would run the page's constructor.
  const openingTag = (element) => {
    const attributes = Array.from(element.attributes, ({ name, value }) => (
      ` ${name}="${value.slice(0, HTML_LIMIT).replaceAll('"', "&quot;")}"`
    ));
    return `<${element.localName}${attributes.join("")}>`.slice(0, HTML_LIMIT);
  };

  const hasRoom = (element) => hasBox(element)
    || getComputedStyle(element).display === "contents";

  // What axe would report of those of `luiska.closedHosts` that have room on the page.
  world.describeClosedHosts = () => {
    equip();
    const remembered = new Map();
    axe.setup(document);
    try {
      return told(world.closedHosts.filter(hasRoom).flatMap((element) => {
        const node = axe.utils.getNodeFromTree(element);
        if (!node) return [];
        const selector = axe.utils.getSelector(element);
        return [{ selector, html: openingTag(element), element: described(node, remembered) }];
      }));
    } finally {
      axe.teardown();
    }
  };

  // The elements besides frames that may show a page, when there are more windows than frames.
  const findEmbedding = () => {
    const framed = Array.from(document.querySelectorAll("iframe, frame"));
    const entered = framed.filter((frame) => frame.contentWindow !== null);
    if (window.length <= entered.length) return [];
    return Array.from(document.querySelectorAll("object, embed"));
  };

  const { SHOW_TEXT, SHOW_COMMENT, SHOW_CDATA_SECTION } = NodeFilter;
  const WORDS = SHOW_TEXT | SHOW_COMMENT | SHOW_CDATA_SECTION;
  const countWords = (root) => {
    const words = document.createNodeIterator(root.documentElement ?? root, WORDS);
    let count = 0;
    while (words.nextNode() !== null) count += 1;
    return count;
  };

  // What axe-core may not see of this frame: what names of fields hide, what `luiska.embedding` shows,
  // and what is in closed shadow roots. For these the number of `nodes` in everything else: elements,
  // texts and comments. With `inFrames` those of its frames of the same origin are among them.
  world.survey = (inFrames = false) => {
    const names = new Set();
    let nodes = 0;
    const search = (root) => {
      nodes += countWords(root);
      for (const element of root.querySelectorAll("*")) {
        const name = localNameOf.call(element);
        nodes += 1;
        if (name === "form") fieldsHide(element).forEach((each) => names.add(each));
        else if (element.shadowRoot !== null) search(element.shadowRoot);
        if (inFrames && FRAMES.has(name) && element.contentDocument) search(element.contentDocument);
      }
    };
    search(document);
    world.embedding = findEmbedding();
    world.closedHosts = [];
    return { nodes, blinding: [...names].sort(), embedding: world.embedding.length };
  };

  // Once the page has done what fell due while it was held up: it may be leaving.
  const overdue = async () => {
    for (let turn = 0; turn < 2 && world.hasTimers; turn += 1) {
      await new Promise((resolve) => { later(resolve, 0); });
    }
  };

  const run = (options, describeMs) => axe.run(
    document, { ...options, describeMs, reporter: "luiska" },
  );

  // The whole of a page without frames in one go, with its account if that is wanted; null for a
  // page that has to be examined in parts.
  const examined = async (examine, isAccountWanted) => {
    if (framed(document)) return null;
    equip();
    const act = async () => {
      const { results, elements, undescribed } = await examine();
      return { results, elements, undescribed, survey: world.survey() };
    };
    const around = isAccountWanted
      ? await world.accountAround(act) : { result: await act(), account: null };
    await overdue();
    return told({ ...around.result, account: around.account, standing: present() });
  };

  world.examine = (options, describeMs, isAccountWanted) => (
    examined(() => run(options, describeMs), isAccountWanted)
  );

  // What a rule that knows no geometry can see of a size: which elements are displayed, visible on
  // the screen and visible to screen readers, in axe's own judgement; and what forms hold.
  const visibleShape = () => {
    const { isVisibleOnScreen, isVisibleToScreenReaders } = axe.commons.dom;
    const seen = [];
    const walk = (node) => {
      if (node.props.nodeType === 1) {
        const { value, checked, selectedIndex } = node.actualNode;
        seen.push(
          node.props.nodeName,
          node.getComputedStylePropertyValue("display"),
          isVisibleOnScreen(node) ? 1 : 0,
          isVisibleToScreenReaders(node) ? 1 : 0,
          value ?? "",
          checked ?? "",
          selectedIndex ?? "",
        );
      }
      node.children.forEach(walk);
    };
    axe._tree.forEach(walk);
    return seen.join("|");
  };

  const shadowRoots = (root) => Array.from(root.querySelectorAll("*"))
    .map((element) => element.shadowRoot)
    .filter((shadow) => shadow !== null)
    .flatMap((shadow) => [shadow, ...shadowRoots(shadow)]);

  const runOnly = (rules, options, describeMs) => run(
    { ...options, runOnly: { type: "rule", values: rules } }, describeMs,
  );

  // Rules that see geometry, and the others only if they can see a difference; null if the document
  // changed meanwhile.
  const runAgain = async (before, options, describeMs) => {
    const { order, look } = before.run;
    const stands = () => !before.changed && !before.observer.takeRecords().length;
    if (!stands()) return null;
    const part = await runOnly(order.filter((rule) => !sizeless(rule)), options, describeMs);
    if (!stands()) return null;
    if (part.look === look) return merged(order, before.run, part, options);
    const others = await runOnly(order.filter(sizeless), options, describeMs);
    if (!stands() || others.look !== part.look) return null;
    return merged(order, others, part, options);
  };

  const runInThisSize = async (options, describeMs) => {
    const before = world.sizes;
    const again = before === null ? null : await runAgain(before, options, describeMs);
    if (again !== null) {
      before.run = again;
      return again;
    }
    before?.observer.disconnect();
    const sizes = { changed: false, run: null };
    sizes.observer = new MutationObserver(() => { sizes.changed = true; });
    const everything = {
      attributes: true, characterData: true, childList: true, subtree: true,
    };
    for (const root of [document, ...shadowRoots(document)]) sizes.observer.observe(root, everything);
    world.sizes = sizes;
    sizes.run = await run(options, describeMs);
    return sizes.run;
  };

  // The same as `examine`, for a page that is examined in several sizes.
  world.examineInThisSize = (options, describeMs, isAccountWanted) => (
    examined(() => runInThisSize(options, describeMs), isAccountWanted)
  );

  // The rules that know no geometry from one run, the others from a later one, in axe's own order.
  const merged = (order, before, part, options) => {
    const rank = new Map(order.map((rule, index) => [rule, index]));
    const moved = (rule) => ({
      ...rule,
      nodes: rule.nodes.map((node) => (
        node.element === undefined
          ? node : { ...node, element: node.element + before.elements.length }
      )),
    });
    const results = { ...part.results, toolOptions: { ...options, reporter: "luiska" } };
    for (const kind of ["violations", "incomplete", "passes", "inapplicable"]) {
      const isListed = kind === "violations" || kind === "incomplete";
      results[kind] = [
        ...before.results[kind].filter((rule) => sizeless(rule.id)),
        ...(isListed ? part.results[kind].map(moved) : part.results[kind]),
      ].sort((one, other) => rank.get(one.id) - rank.get(other.id));
    }
    return {
      results,
      elements: [...before.elements, ...part.elements],
      undescribed: before.undescribed + part.undescribed,
      order,
      look: part.look,
    };
  };

  // Role, name and ancestors of each selector (a list of steps into shadow roots), as far as the
  // budget reaches. An element that is gone meanwhile is null.
  world.describe = (selectors, budgetMs) => {
    equip();
    const end = performance.now() + budgetMs;
    const found = [];
    const remembered = new Map();
    axe.setup(document);
    try {
      for (const selector of selectors) {
        if (performance.now() > end) break;
        const element = axe.utils.shadowSelect(selector);
        const node = element && axe.utils.getNodeFromTree(element);
        found.push(node ? described(node, remembered) : null);
      }
    } finally {
      axe.teardown();
    }
    return told(found);
  };

  // Where the links of the rendered page lead, open shadow roots included, each address once; and
  // what the page says its own address is.
  world.links = (limit) => {
    const absolute = (element) => {
      try {
        return new URL(element.getAttribute("href"), document.baseURI).href;
      } catch (error) {
        return null;
      }
    };
    const found = new Map();
    const gather = (root) => {
      for (const element of root.querySelectorAll("*")) {
        if (element.shadowRoot) gather(element.shadowRoot);
        if (!element.matches("a[href]:not([download]), area[href]:not([download])")) continue;
        const address = absolute(element);
        if (address === null || found.has(address)) continue;
        found.set(address, /(^|\s)nofollow(\s|$)/i.test(element.getAttribute("rel") || ""));
      }
    };
    gather(document);
    const canonical = document.querySelector('link[rel~="canonical" i][href]');
    return told({
      found: [...found].slice(0, limit),
      cut: Math.max(found.size - limit, 0),
      canonical: canonical && absolute(canonical),
    });
  };

  globalThis.luiska = world;
})();
