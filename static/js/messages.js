/* One message to the reader, at the top of the page or of the open dialog. `link` leads to a new
   window, unless what it does hangs on its data-attribute. */
export const say = (text, { kind = "wrong", href, label, data } = {}) => {
  const dialog = document.querySelector("dialog[open]");
  const place = dialog?.querySelector(".box-body") ?? document.getElementById("messages");
  if (!place) return;
  for (const old of document.querySelectorAll(".note.is-said")) old.remove();
  const note = document.createElement("div");
  note.className = `note is-${kind} is-said`;
  note.setAttribute("role", "alert");
  note.append(text);
  if (href) {
    const way = document.createElement("a");
    way.href = href;
    way.textContent = label;
    if (data) way.dataset[data] = "";
    else way.target = "_blank";
    note.append(way);
  }
  place.prepend(note);
  note.scrollIntoView({ block: "nearest" });
};
