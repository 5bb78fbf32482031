// Suvannon arkisto. Several barriers live here on purpose; see samples/README.md.

// The carousel moves by itself and cannot be paused.
for (const carousel of document.querySelectorAll(".carousel")) {
  const slides = [...carousel.querySelectorAll(".slide")];
  const dots = [...carousel.querySelectorAll(".dot")];
  let shown = 0;
  const show = (index) => {
    shown = index % slides.length;
    slides.forEach((slide, i) => { slide.hidden = i !== shown; });
    dots.forEach((dot, i) => dot.classList.toggle("is-shown", i === shown));
  };
  dots.forEach((dot, i) => dot.addEventListener("click", () => show(i)));
  show(0);
  setInterval(() => show(shown + 1), 4000);
}

// The picker looks like a select, tells assistive technology nothing, and keeps Tab to itself.
for (const picker of document.querySelectorAll(".picker")) {
  const value = picker.querySelector(".picker-value");
  const list = picker.querySelector(".picker-list");
  const options = [...list.children];
  let active = -1;
  const mark = (index) => {
    active = (index + options.length) % options.length;
    options.forEach((option, i) => option.classList.toggle("is-active", i === active));
  };
  const choose = (option) => {
    value.textContent = option.textContent;
    list.hidden = true;
  };
  picker.addEventListener("click", (event) => {
    if (options.includes(event.target)) choose(event.target);
    else list.hidden = !list.hidden;
  });
  picker.addEventListener("keydown", (event) => {
    if (event.key === "Tab") {
      event.preventDefault();
      list.hidden = false;
      mark(active + (event.shiftKey ? -1 : 1));
    } else if (event.key === "Enter" && active >= 0) {
      event.preventDefault();
      choose(options[active]);
    }
  });
}

// The tick never tells its state, and the keyboard does nothing to it.
for (const tick of document.querySelectorAll(".tick")) {
  tick.addEventListener("click", () => tick.classList.toggle("is-ticked"));
}

// Questions open with the mouse only.
for (const question of document.querySelectorAll(".question")) {
  question.addEventListener("click", () => {
    question.nextElementSibling.hidden = !question.nextElementSibling.hidden;
  });
}

// What is missing is told by colour; the message stands above the form, unannounced.
const order = document.querySelector("#order-form");
if (order) {
  const message = document.querySelector("#form-message");
  order.addEventListener("submit", (event) => {
    event.preventDefault();
    let incomplete = false;
    for (const field of order.querySelectorAll("[data-needed]")) {
      const empty = field.type === "checkbox" ? !field.checked
        : field.tagName === "SELECT" ? field.selectedIndex === 0
        : field.value.trim() === "";
      field.classList.toggle("has-error", empty);
      incomplete ||= empty;
    }
    message.textContent = incomplete ? message.dataset.incomplete : message.dataset.received;
  });
  // The session ends without a warning, and takes what was written with it.
  setTimeout(() => {
    order.reset();
    order.hidden = true;
    message.textContent = message.dataset.ended;
  }, Number(order.dataset.sessionMinutes) * 60000);
}
