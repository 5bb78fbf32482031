// The bar of codes: arrows move in it, one key chooses one. Its keys work only while it has the
// focus, so that they are in nobody's way (WCAG 2.1.4).

export function codesInto(line, bar) {
  const buttons = [...bar.querySelectorAll("button")];
  const letters = buttons.map((button) => button.dataset.letter);

  function choose(letter) {
    line.value = withCode(line.value, letter, letters);
    line.focus();
    line.setSelectionRange(line.value.length, line.value.length);
    line.dispatchEvent(new Event("input"));
  }

  function focus(index) {
    const next = buttons[(index + buttons.length) % buttons.length];
    for (const button of buttons) button.tabIndex = button === next ? 0 : -1;
    next.focus();
  }

  bar.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button !== null) choose(button.dataset.letter);
  });
  bar.addEventListener("keydown", (event) => {
    const here = buttons.indexOf(document.activeElement);
    const moves = { ArrowRight: here + 1, ArrowDown: here + 1, ArrowLeft: here - 1, ArrowUp: here - 1, Home: 0, End: -1 };
    if (event.key in moves) {
      event.preventDefault();
      focus(moves[event.key]);
    } else if (event.key === "Escape") {
      line.focus();
    } else if (event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const letter = letterOf(event.key, letters);
      if (letter === undefined) return;
      event.preventDefault();
      choose(letter);
    }
  });
  return { focus: () => focus(buttons.findIndex((button) => button.tabIndex === 0)) };
}

// `x` is X, `?` is ??, the study's own letters as they are written.
function letterOf(key, letters) {
  return letters.find((letter) => letter === key)
    ?? letters.find((letter) => letter === key.toUpperCase())
    ?? letters.find((letter) => letter === key + key);
}

// A code at the start gives way to the new one; a time before it stays.
function withCode(text, letter, letters) {
  const [, time, rest] = /^(\s*(?:@?\d{2}:\d{2}(?::\d{2})?\s+)?)([\s\S]*)$/.exec(text);
  const [first] = rest.split(/\s/, 1);
  const words = letters.includes(first) ? rest.slice(first.length).trimStart() : rest;
  return `${time}${letter} ${words}`;
}
