// What is half typed outlives a reload (the page reads itself anew when notes are forgotten), in
// this tab alone, with the place of the cursor.

export function keepDraft(line, name) {
  const kept = JSON.parse(sessionStorage.getItem(name) ?? "null");
  sessionStorage.removeItem(name);
  if (kept !== null && !line.value) {
    line.value = kept.text;
    if (kept.isFocused) {
      line.focus();
      line.setSelectionRange(kept.start, kept.end);
    }
  }
  addEventListener("pagehide", () => {
    const isFocused = document.activeElement === line;
    if (!line.value && !isFocused) return;
    const { selectionStart: start, selectionEnd: end, value: text } = line;
    sessionStorage.setItem(name, JSON.stringify({ text, isFocused, start, end }));
  });
}
