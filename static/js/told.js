/* What an ID number tells fills a field that is empty or that an ID number has filled. What
   somebody typed or chose stays, whenever the answer comes. */
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const field = event.detail.target;
  const piece = event.detail.fragment.querySelector("[data-told]");
  if (!piece) return;
  const chosen = field.querySelector(":checked");
  const now = chosen ? chosen.value : field.value;
  if (now === piece.dataset.told) field.dataset.told = now;
  event.detail.shouldSwap = !now || now === "0" || now === field.dataset.told;
});
