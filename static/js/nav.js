/* Navigation: narrow on desks (remembered by a cookie that the server reads), a drawer on
   phones. */
import { on } from "./events.js";

const nav = document.getElementById("nav");

const closeNav = () => {
  if (!nav?.classList.contains("is-open")) return false;
  nav.classList.remove("is-open");
  return true;
};

on("click", "[data-nav-narrow]", () => {
  const narrow = document.getElementById("shell").classList.toggle("is-narrow");
  // biome-ignore lint/suspicious/noDocumentCookie: the server reads it with the next page
  document.cookie = `nav=${narrow ? "narrow" : "wide"};path=/;max-age=31536000;samesite=lax`;
});

on("click", "[data-nav-open]", (event) => {
  event.preventDefault();
  nav.classList.add("is-open");
  nav.querySelector("a")?.focus();
});

document.addEventListener("click", (event) => {
  if (!nav?.contains(event.target) && !event.target.closest("[data-nav-open]")) closeNav();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && closeNav()) document.querySelector("[data-nav-open]").focus();
});
