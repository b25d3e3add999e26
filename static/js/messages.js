/* One message to the reader, at the top of the page or of the open dialog. */
export const say = (text, link) => {
  const dialog = document.querySelector("dialog[open]");
  const place = dialog?.querySelector(".box-body") ?? document.getElementById("messages");
  if (!place) return;
  for (const old of document.querySelectorAll(".note.is-said")) old.remove();
  const note = document.createElement("div");
  note.className = "note is-wrong is-said";
  note.setAttribute("role", "alert");
  note.append(text);
  if (link) {
    const way = document.createElement("a");
    way.href = link.href;
    way.target = "_blank";
    way.textContent = link.label;
    note.append(way);
  }
  place.prepend(note);
  note.scrollIntoView({ block: "nearest" });
};
