/* Comboboxes: what is typed is looked up, arrows walk the list below the field, Enter or a click
   picks, Escape closes it. A list of options is swapped in by htmx, or comes from the datalist
   that stands beside the field for browsers without a script. */
import { on, within } from "./events.js";

const placeOf = (input) => document.getElementById(input.dataset.combobox);
const inputOf = (place) => document.querySelector(`[data-combobox="${place.id}"]`);
const optionsOf = (input) => [...placeOf(input).querySelectorAll("[role=option]")];
const chosenOf = (input) => placeOf(input).querySelector("[aria-selected=true]");

const close = (input) => {
  placeOf(input)?.replaceChildren();
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
};

const choose = (input, option) => {
  chosenOf(input)?.removeAttribute("aria-selected");
  option.setAttribute("aria-selected", "true");
  input.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
};

/* The next option down or up, round the end. */
const walk = (input, step) => {
  const options = optionsOf(input);
  const at = options.indexOf(chosenOf(input));
  const next =
    at < 0 && step < 0 ? options.length - 1 : (at + step + options.length) % options.length;
  choose(input, options[next]);
};

/* What a reader of the screen hears, and whether there is a list. */
const announce = (place) => {
  const input = inputOf(place);
  const count = optionsOf(input).length;
  input.setAttribute("aria-expanded", String(count > 0));
  input.removeAttribute("aria-activedescendant");
  document.getElementById(`${place.dataset.choices}_said`).textContent =
    count > 0 ? `${count} 项，按上下键选择，回车确定。` : place.textContent.trim();
  /* Below the last field they would open under the save bar. */
  place.scrollIntoView({ block: "nearest" });
};

const namesOf = (input) => document.getElementById(`${input.id}_names`);

/* An option of the datalist where its name holds what is typed, or its letters begin so. */
const optionOf = (input, name, number) => {
  const option = document.createElement("li");
  Object.assign(option, { id: `${input.id}_${number}`, textContent: name.value });
  option.setAttribute("role", "option");
  Object.assign(option.dataset, { pick: name.value, text: name.value });
  return option;
};

const offerNames = (input, typed) => {
  const means = ({ value, label }) =>
    value.toLowerCase().includes(typed) || label.split(" ").some((word) => word.startsWith(typed));
  const list = document.createElement("ul");
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "可选项");
  list.id = `${input.id}_list`;
  const found = [...namesOf(input).options].filter(means);
  list.append(...found.map((name, number) => optionOf(input, name, number)));
  const nothing = document.createElement("span");
  Object.assign(nothing, { className: "muted", textContent: `没有「${input.value}」。` });
  placeOf(input).replaceChildren(found.length > 0 ? list : nothing);
  announce(placeOf(input));
  /* Opened without a word typed: Enter leaves what stands there. */
  const present = [...list.children].find((option) => option.dataset.pick === input.value);
  if (!typed && present) choose(input, present);
};

/* The browser's own list would lie over ours. */
on("focusin", "[data-combobox][list]", (_event, input) => input.removeAttribute("list"));

on("input", "[data-combobox]", (_event, input) => {
  if (namesOf(input)) offerNames(input, input.value.trim().toLowerCase());
});

on("click", "[data-combobox]", (_event, input) => {
  if (namesOf(input) && optionsOf(input).length === 0) offerNames(input, "");
});

const KEYS = {
  ArrowDown: (input) => walk(input, 1),
  ArrowUp: (input) => walk(input, -1),
  Enter: (input) => (chosenOf(input) ?? optionsOf(input)[0]).click(),
  Escape: close,
};

/* Before what else hears of a key: Enter would be held back, Escape would close the dialog. */
document.addEventListener(
  "keydown",
  (event) => {
    const input = within(event, "[data-combobox]");
    const act = KEYS[event.key];
    if (!input || !act || event.isComposing) return;
    if (event.key === "ArrowDown" && namesOf(input) && optionsOf(input).length === 0) {
      offerNames(input, "");
    }
    if (optionsOf(input).length === 0) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    act(input);
  },
  true,
);

/* The field keeps the keyboard while one clicks. */
on("mousedown", "[data-choices] [role=option]", (event) => event.preventDefault());

on("click", "[data-choices] [data-pick]", (_event, option) => {
  const place = option.closest("[data-choices]");
  const key = document.getElementById(place.dataset.choices);
  const input = inputOf(place);
  if (!key || !input) return;
  key.value = option.dataset.pick;
  input.value = option.dataset.text;
  close(input);
  input.focus();
  key.dispatchEvent(new Event("change", { bubbles: true }));
});

/* What is pressed lies below the list: it must not move away before it is let go. */
let isPressed = false;
for (const type of ["pointerdown", "pointerup", "pointercancel"]) {
  document.addEventListener(
    type,
    () => {
      isPressed = type === "pointerdown";
    },
    true,
  );
}

on("focusout", "[data-combobox]", (_event, input) => {
  if (!isPressed) close(input);
  else document.addEventListener("pointerup", () => setTimeout(close, 0, input), { once: true });
});

document.addEventListener("htmx:afterSwap", (event) => {
  const place = event.target;
  if (!place.matches("[data-choices]")) return;
  const input = inputOf(place);
  if (input !== document.activeElement) {
    close(input);
    return;
  }
  announce(place);
});
