/* The keyboard goes to what asks for it: the error summary, the first field of a dialog or of
   a section, the list after its next page. */
const WANTED = `[data-focus], :is(.section-body, dialog) .field
  :is(input:not([type=hidden]), select, textarea)`;

const focusWanted = (root) => root.querySelector(WANTED)?.focus();

document.addEventListener("htmx:afterSettle", (event) => {
  const place = event.target;
  /* Who is in a field of the section already stays there: the next keys would go elsewhere. */
  if (!place.matches(".section-body:focus-within")) focusWanted(place);
  /* The link of another page went with the old list: the keyboard goes on from the new one. */
  if (place.id !== "list" || document.activeElement !== document.body) return;
  place.querySelector(".table-wrap")?.focus({ preventScroll: true });
});

document.addEventListener("DOMContentLoaded", () => focusWanted(document));
