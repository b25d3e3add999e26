/* Nothing typed is sent while the line is down or the session has ended. */
import { hasSession, isLogin, sayExpired, whenLoggedIn } from "./session.js";
import { forgetChanges, isChanged } from "./typing.js";

document.addEventListener("submit", (event) => {
  const form = event.target;
  const button = event.submitter;
  if (!form.matches("form[data-ask-leave]")) return;
  if (form.dataset.asked || !hasSession()) {
    delete form.dataset.asked;
    forgetChanges(form);
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  whenLoggedIn(() => {
    form.dataset.asked = "1";
    form.requestSubmit(button);
  });
});

document.addEventListener("htmx:confirm", (event) => {
  if (event.detail.verb !== "post" || !event.detail.elt.matches("form") || !hasSession()) return;
  if (event.detail.elt.closest("#login-place")) return;
  event.preventDefault();
  whenLoggedIn(() => event.detail.issueRequest(true));
});

/* Suggestions that are asked for after the end of a session must not lead away from a form. */
document.addEventListener("htmx:beforeOnLoad", (event) => {
  const to = event.detail.xhr.getResponseHeader("HX-Redirect");
  if (!to || !isLogin(to)) return;
  const isTyping =
    isChanged() ||
    document.querySelector("dialog[open][data-typed]") ||
    event.detail.elt.matches("input, select, textarea");
  if (!isTyping) return;
  event.preventDefault();
  sayExpired();
});
