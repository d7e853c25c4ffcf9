// The search box as an editable combobox with a list (WAI-ARIA Authoring Practices Guide, combobox with list
// autocomplete). htmx fetches the options while somebody types; without JavaScript the form is sent as it stands.

function start(field) {
  const input = field.querySelector("input");
  const list = field.querySelector("ul");
  let active = -1;

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", list.id);
  list.setAttribute("role", "listbox");

  const options = () => [...list.querySelectorAll("[role=option]")];
  const isOpen = () => !list.hidden;

  function open() {
    if (!options().length) return close();
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    mark(-1);
  }

  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    mark(-1);
  }

  // -1: the text itself, as typed.
  function mark(number) {
    active = number;
    options().forEach((option, place) => option.setAttribute("aria-selected", String(place === number)));
    const option = options()[number];
    if (option) {
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  }

  function move(step) {
    const count = options().length;
    if (!isOpen()) {
      open();
      if (!isOpen()) return;
    }
    // Beyond either end lies the text itself.
    mark(((active + 1 + step + count + 1) % (count + 1)) - 1);
  }

  // Whoever looks after the form may have another use for a suggestion than to go to its page.
  function choose(option) {
    const detail = { href: option.dataset.href, name: option.querySelector(".her-search__name")?.textContent || "" };
    close();
    if (input.dispatchEvent(new CustomEvent("her:suggestion", { bubbles: true, cancelable: true, detail }))) {
      window.location.assign(detail.href);
    }
  }

  input.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Escape" && isOpen()) {
      event.preventDefault();
      close();
    } else if (event.key === "Enter" && isOpen() && active >= 0) {
      event.preventDefault();
      choose(options()[active]);
    } else if (event.key === "Tab") {
      close();
    } else if (["Home", "End", "ArrowLeft", "ArrowRight"].includes(event.key)) {
      mark(-1);
    }
  });

  // The list must not take focus from the box: that would close it before the click arrives.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) choose(option);
  });
  input.addEventListener("blur", close);
  list.addEventListener("htmx:afterSettle", () => {
    if (document.activeElement === input && input.value.trim()) open();
    else close();
  });
}

document.querySelectorAll("[data-suggest]").forEach(start);
