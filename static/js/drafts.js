/* What is typed into a long form (data-draft: its name) is kept on the server, encrypted, and
   offered when one comes back. Nothing is kept in the browser. */
const EVERY_MILLISECONDS = 15_000;
const NAME = "_draft";
/* The token names the record that a new form becomes: another day it is another one. */
const LEFT_OUT = new Set(["csrfmiddlewaretoken", "token", NAME]);
/* What a browser sends on after its window has gone. */
const MOST_AT_THE_END = 60_000;

const address = document.body.dataset.drafts;
/* Forms that were typed in since they were last sent here. */
const typed = new Set();
let timer = null;

const isKept = (form) => Boolean(address) && form.matches("form[data-draft]");

const fieldsOf = (form) => {
  const found = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    const isSecret = form.elements[name]?.type === "password";
    if (typeof value === "string" && !LEFT_OUT.has(name) && !isSecret) found.append(name, value);
  }
  return found.toString();
};

/* The server forgets the draft when the form that names it was saved. */
const nameIn = (form) => {
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name: NAME, value: form.dataset.draft });
  form.append(field);
};

const send = async (form, fields) => {
  const body = new FormData();
  body.append("form", form.dataset.draft);
  body.append("fields", fields);
  const answer = await fetch(address, {
    method: "POST",
    body,
    headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
    /* Also when the window is closed meanwhile. */
    keepalive: fields.length < MOST_AT_THE_END,
    redirect: "manual",
  });
  if (!answer.ok) throw new Error(String(answer.status));
};

const keep = () => {
  clearTimeout(timer);
  timer = null;
  for (const form of typed) {
    typed.delete(form);
    if (!document.contains(form)) continue;
    /* Without a line or a session it stays on the page, and goes with the next words. */
    send(form, fieldsOf(form)).catch(() => typed.add(form));
  }
};

for (const type of ["input", "change"]) {
  document.addEventListener(type, (event) => {
    const form = event.target.form ?? event.target;
    if (!(form instanceof HTMLFormElement) || !isKept(form)) return;
    typed.add(form);
    timer ??= setTimeout(keep, EVERY_MILLISECONDS);
  });
}

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") keep();
});
window.addEventListener("pagehide", keep);
/* What is sent needs no draft; what is refused comes back and is typed in again. */
document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented) typed.delete(event.target);
});

const fill = (form, fields) => {
  const values = new Map();
  for (const [name, value] of fields) values.set(name, [...(values.get(name) ?? []), value]);
  for (const field of form.elements) {
    if (LEFT_OUT.has(field.name) || !field.name || field.type === "password") continue;
    const own = values.get(field.name);
    if (field.type === "checkbox" || field.type === "radio") {
      field.checked = own?.includes(field.value) ?? false;
    } else if (own && field.type !== "file" && field.tagName !== "BUTTON") {
      field.value = own.length > 1 ? own.shift() : own[0];
    }
  }
  form.dispatchEvent(new Event("change", { bubbles: true }));
};

const button = (text, look, act) => {
  const made = document.createElement("button");
  Object.assign(made, { type: "button", className: `btn btn-sm ${look}`, textContent: text });
  made.addEventListener("click", act);
  return made;
};

const offer = (form, draft) => {
  const note = document.createElement("div");
  note.className = "note is-info draft-offer";
  note.setAttribute("role", "status");
  const words = document.createElement("div");
  words.textContent = `您 ${draft.saved} 在这里填过、没有保存的内容还在。`;
  words.append(
    button("接着填", "btn-primary", () => {
      fill(form, draft.fields);
      note.remove();
      form.querySelector(".field :is(input:not([type=hidden]), select, textarea)")?.focus();
    }),
    button("不要了", "btn-quiet", () => {
      send(form, "").catch(() => {});
      note.remove();
    }),
  );
  note.append(words);
  form.prepend(note);
};

/* A form that came back with errors holds what was typed. */
const offerTo = async (form) => {
  if (form.dataset.draftAsked) return;
  form.dataset.draftAsked = "1";
  nameIn(form);
  if (form.querySelector(".error-summary")) return;
  const answer = await fetch(`${address}?${new URLSearchParams({ form: form.dataset.draft })}`, {
    redirect: "manual",
    cache: "no-store",
  });
  if (answer.status !== 200) return;
  const draft = await answer.json();
  if (new URLSearchParams(draft.fields).toString() !== fieldsOf(form)) offer(form, draft);
};

const askAll = (root) => {
  if (!address) return;
  for (const form of root.querySelectorAll("form[data-draft]")) offerTo(form).catch(() => {});
};

document.addEventListener("DOMContentLoaded", () => askAll(document));
document.addEventListener("htmx:afterSettle", (event) => askAll(event.target));
