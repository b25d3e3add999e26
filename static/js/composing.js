/* An input method shows its letters in the field while one chooses: they are not a word yet.
   Nobody hears of them, and the chosen word is an input like any other. */
document.addEventListener(
  "input",
  (event) => {
    if (event.isComposing) event.stopImmediatePropagation();
  },
  true,
);

document.addEventListener("compositionend", (event) => {
  event.target.dispatchEvent(new Event("input", { bubbles: true }));
});
