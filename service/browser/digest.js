// What stands in a document and its same-origin frames, as one text: all that axe's findings and
// our fingerprints can depend on. Two equal texts have equal findings. Part of the isolated world.
(() => {
  // What a rule or a style sheet can ask of an element beyond its attributes.
  const STATES = [
    ":hover", ":focus", ":active", ":target", ":focus-visible", ":not(:defined)", ":modal",
    ":popover-open", ":fullscreen", ":autofill", ":user-invalid", ":indeterminate", ":invalid",
  ].filter((state) => CSS.supports(`selector(${state})`));
  const ANY_STATE = STATES.join();
  // Every computed style that axe-core asks for. Sheets and attributes are no list of what they come
  // from: there are initial values of registered properties, an element's own states, and sheets in
  // closed shadow roots.
  const STYLES = [
    "color", "background-color", "background-image", "opacity", "visibility", "display", "position",
    "z-index", "float", "overflow", "clip", "clip-path", "content-visibility", "contain", "filter",
    "isolation", "mask", "mix-blend-mode", "perspective", "pointer-events", "transform",
    "transform-style", "will-change", "direction", "font-family", "font-size", "font-style",
    "font-weight", "padding", "text-decoration", "text-indent", "text-shadow", "white-space",
    "-webkit-text-fill-color", "-webkit-text-stroke-color", "-webkit-text-stroke-width",
    // Of these axe-core puts the names together.
    "border-bottom", "border-top", "outline",
  ];
  const PSEUDO_STYLES = [
    "display", "visibility", "position", "width", "height", "background-color", "background-image",
  ];
  // What a script points to in place of naming an id; the attribute is empty then.
  const POINTERS = new Map([
    ["aria-actions", "ariaActionsElements"],
    ["aria-activedescendant", "ariaActiveDescendantElement"],
    ["aria-controls", "ariaControlsElements"],
    ["aria-describedby", "ariaDescribedByElements"],
    ["aria-details", "ariaDetailsElements"],
    ["aria-errormessage", "ariaErrorMessageElements"],
    ["aria-flowto", "ariaFlowToElements"],
    ["aria-labelledby", "ariaLabelledByElements"],
    ["aria-owns", "ariaOwnsElements"],
  ]);
  const MEDIA = [
    "(prefers-color-scheme: dark)", "(prefers-reduced-motion: reduce)", "(hover: hover)",
    "(prefers-contrast: more)", "(forced-colors: active)", "(pointer: fine)", "print",
  ];

  // Beyond this the digest would cost more than it is hoped to save.
  const MAX_ELEMENTS = 30000;
  // More than axe-core takes for all its rules by far, and less than 10 ms where it waits for more.
  const MAX_STEPS = 20000;

  // A field can hide a property of its form's by its name. What walks the tree asks the prototype; for
  // all else there is a view of a form that does.
  const getterOf = (prototype, name) => {
    const { get } = Object.getOwnPropertyDescriptor(prototype, name);
    return (node) => get.call(node);
  };
  const firstChildOf = getterOf(Node.prototype, "firstChild");
  const nextSiblingOf = getterOf(Node.prototype, "nextSibling");
  const previousSiblingOf = getterOf(Node.prototype, "previousSibling");
  const parentNodeOf = getterOf(Node.prototype, "parentNode");
  const nodeTypeOf = getterOf(Node.prototype, "nodeType");
  const localNameOf = getterOf(Element.prototype, "localName");

  const unhidden = (form) => new Proxy(form, {
    get: (_, name) => {
      const value = Reflect.get(HTMLFormElement.prototype, name, form);
      return typeof value === "function" ? value.bind(form) : value;
    },
  });

  // Texts of any content cannot run into each other: each begins with its length.
  class Account {
    parts = [];
    unreadable = [];
    obstacle = null;
    framed = false;

    put(...values) {
      for (const value of values) {
        const text = `${value}`;
        this.parts.push(`${text.length}:${text}`);
      }
    }

    cannot(reason) {
      this.obstacle ??= reason;
    }
  }

  const putBox = (account, box) => account.put(box.x, box.y, box.width, box.height);

  const putSheet = (account, sheet) => {
    account.put("sheet", sheet.href, sheet.disabled, sheet.media.mediaText);
    let rules;
    try {
      rules = sheet.cssRules;
    } catch {
      // Of another origin: its text is asked for from outside.
      account.unreadable.push(sheet.href);
      return;
    }
    for (const rule of rules) {
      account.put(rule.cssText);
      if (rule.styleSheet) putSheet(account, rule.styleSheet);
    }
  };

  const putSheets = (account, root) => {
    for (const sheet of root.styleSheets) putSheet(account, sheet);
    for (const sheet of root.adoptedStyleSheets) putSheet(account, sheet);
  };

  const putForm = (account, element) => account.put(
    element.value, element.checked, element.indeterminate, element.selectedIndex,
    element.selected, element.validationMessage,
  );

  const putMedia = (account, element) => account.put(
    element.currentSrc, element.duration, element.paused, element.muted, element.volume,
    element.readyState, element.ended,
    // How long it still sounds is asked of what sounds.
    element.paused || element.muted || element.currentTime,
    ...Array.from(element.textTracks, (track) => `${track.kind} ${track.label} ${track.mode}`),
  );

  const SPECIAL = new Map([
    ...["INPUT", "SELECT", "TEXTAREA", "OPTION", "PROGRESS", "METER", "LI", "BUTTON", "OUTPUT"]
      .map((name) => [name, putForm]),
    ["IMG", (account, element) => account.put(
      element.complete, element.naturalWidth, element.naturalHeight, element.currentSrc,
    )],
    ["VIDEO", putMedia],
    ["AUDIO", putMedia],
    ["SLOT", (account, element) => putPlaces(account, element.assignedNodes())],
    ["FENCEDFRAME", (account) => account.cannot("a fenced frame")],
  ]);

  // Where a node stands, also in a shadow root: its place among its siblings, and theirs above.
  const placeOf = (node) => {
    const steps = [];
    for (let at = node; at !== null; at = parentNodeOf(at) ?? at.host ?? null) {
      let before = 0;
      for (let near = previousSiblingOf(at); near; near = previousSiblingOf(near)) before += 1;
      steps.push(before);
    }
    return steps.join(".");
  };

  const putPlaces = (account, nodes) => account.put("places", nodes.length, ...nodes.map(placeOf));

  const valuesOf = (style, names) => names.map((name) => style.getPropertyValue(name)).join("\n");

  const putPseudo = (account, element, name) => {
    const style = getComputedStyle(element, name);
    const content = style.getPropertyValue("content");
    if (content !== "none" && content !== "normal") {
      account.put(name, content, valuesOf(style, PSEUDO_STYLES));
    }
  };

  const putElement = (account, node) => {
    const element = localNameOf(node) === "form" ? unhidden(node) : node;
    account.put(element.namespaceURI, element.nodeName);
    for (const { name, value } of element.attributes) {
      account.put(name, value);
      if (value === "" && POINTERS.has(name)) {
        putPlaces(account, [element[POINTERS.get(name)] ?? []].flat());
      }
    }
    account.put("");
    if (element.matches(ANY_STATE)) account.put(...STATES.filter((state) => element.matches(state)));
    SPECIAL.get(element.nodeName.toUpperCase())?.(account, element);
    putBox(account, element.getBoundingClientRect());
    account.put(
      element.scrollLeft, element.scrollTop, element.scrollWidth, element.scrollHeight,
      element.clientWidth, element.clientHeight,
    );
    account.put(valuesOf(getComputedStyle(node), STYLES));
    putPseudo(account, node, "::before");
    putPseudo(account, node, "::after");
  };

  const putText = (account, node, range) => {
    account.put("text", node.data);
    if (node.data.trim() === "") return;
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) putBox(account, box);
  };

  const putFrame = (account, frame) => {
    let inner = null;
    account.framed = true;
    try {
      inner = frame.contentDocument;
    } catch {
      // Told as an obstacle below.
    }
    if (inner === null) account.cannot("a frame of another origin");
    else putDocument(account, inner);
  };

  const putNodes = (account, parent, range) => {
    for (let node = firstChildOf(parent); node !== null; node = nextSiblingOf(node)) {
      const type = nodeTypeOf(node);
      account.put(type);
      if (type === Node.ELEMENT_NODE) {
        const name = localNameOf(node);
        putElement(account, node);
        if (name !== "form" && node.shadowRoot) putRoot(account, node.shadowRoot, range);
        if (name === "iframe" || name === "frame") putFrame(account, node);
        if (name === "template") putNodes(account, node.content, range);
        putNodes(account, node, range);
        account.put("end");
      } else if (type === Node.TEXT_NODE) {
        putText(account, node, range);
      } else {
        account.put(node.nodeName, node.publicId, node.systemId, node.data);
      }
    }
  };

  const putRoot = (account, root, range) => {
    account.put("root", root.mode, root.delegatesFocus, root.slotAssignment);
    putSheets(account, root);
    putNodes(account, root, range);
    account.put("end");
  };

  // What moves is not the same at any later time; what has come to rest shows in the styles.
  const putAnimations = (account, root) => {
    for (const animation of root.getAnimations()) {
      const { target } = animation.effect ?? {};
      if (animation.playState === "running") account.cannot("something on the page moves");
      account.put(animation.playState, animation.currentTime, animation.id, target?.nodeName);
      account.put(JSON.stringify(animation.effect?.getKeyframes?.() ?? null));
    }
  };

  const putWindow = (account, view) => {
    account.put(
      view.innerWidth, view.innerHeight, view.devicePixelRatio, view.scrollX, view.scrollY,
      view.isSecureContext, view.crossOriginIsolated,
      ...MEDIA.map((query) => view.matchMedia(query).matches),
    );
  };

  const putDocument = (account, inner) => {
    account.put(
      "document", inner.URL, inner.title, inner.contentType, inner.characterSet, inner.compatMode,
      inner.dir, inner.designMode, inner.readyState, inner.visibilityState, inner.referrer,
      inner.activeElement?.nodeName, inner.fonts.status,
    );
    if (inner.defaultView) putWindow(account, inner.defaultView);
    for (const font of inner.fonts) {
      account.put(
        font.family, font.style, font.weight, font.stretch, font.unicodeRange, font.status,
      );
    }
    putAnimations(account, inner);
    putRoot(account, inner, inner.createRange());
  };

  const hexOf = (buffer) => Array.from(
    new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0"),
  ).join("");

  const taken = () => {
    const account = new Account();
    let text = "";
    try {
      if (document.getElementsByTagName("*").length > MAX_ELEMENTS) account.cannot("too large");
      else putDocument(account, document);
      text = account.parts.join("").toWellFormed();
    } catch (error) {
      // A tree too deep to walk, or what no page has had yet.
      account.cannot(`${error}`);
    }
    const { obstacle, unreadable, framed } = account;
    return { obstacle, unreadable, framed, text };
  };

  // `obstacle` tells why nothing can be said. `text` stands in for the hash where the browser has
  // none for pages: on plain http, and in a document whose scripts are off.
  const hashed = async ({ obstacle, unreadable, framed, text }) => {
    if (obstacle !== null) return { obstacle, framed };
    if (!globalThis.isSecureContext || origin === "null") return { unreadable, framed, text };
    const hash = hexOf(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
    return { unreadable, framed, hash };
  };

  luiska.account = async () => JSON.stringify(
    { ...await hashed(taken()), survey: luiska.survey(true) },
  );

  // What `act` gives, and what stood there in the task that began it. `wasAtOnce` tells whether that
  // task lasted until it was done: nothing of the page's runs within one. Each `await` holds the task
  // for one step of whatever waits for no more than promises.
  const held = async (act) => {
    let isDone = false;
    const acting = act().finally(() => { isDone = true; });
    for (let step = 0; !isDone && step < MAX_STEPS; step += 1) await null;
    const began = performance.now();
    const standing = taken();
    const tookMs = performance.now() - began;
    return { wasAtOnce: isDone, standing, tookMs, result: await acting };
  };

  // What `act` gives, and the account if it cannot have changed meanwhile.
  luiska.accountAround = async (act) => {
    const { wasAtOnce, standing, tookMs, result } = await held(act);
    const began = performance.now();
    const after = wasAtOnce || standing.obstacle !== null ? standing : taken();
    const same = after.text === standing.text;
    const account = same ? await hashed(after) : { obstacle: "it changed", framed: after.framed };
    return { result, account: { ...account, tookMs: tookMs + performance.now() - began } };
  };
})();
