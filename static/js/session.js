/* Before typed work is sent: does the server answer, and is the same person still logged in?
   A new log-in, in a dialog over the form or in another tab, has new tokens: they are put into
   the page. */
import { on } from "./events.js";
import { say } from "./messages.js";

const LONGEST_MILLISECONDS = 15_000;
const QUIET_MILLISECONDS = 300_000;

let waiting = null; // what is sent when the server answers
let lastAsked = Date.now();

/* Pages without the frame have no session to ask for. */
export const hasSession = () => Boolean(document.body.dataset.session);

export const isLogin = (address) => address.startsWith(document.body.dataset.login);

const ask = async () => {
  lastAsked = Date.now();
  const wait = new AbortController();
  setTimeout(() => wait.abort(), LONGEST_MILLISECONDS);
  const answer = await fetch(document.body.dataset.session, {
    redirect: "manual",
    cache: "no-store",
    signal: wait.signal,
  });
  return answer.ok ? answer.json() : { failed: answer.status >= 500 };
};

/* Typing is work: the server hears of it, so that the session does not end meanwhile. */
export const stayLoggedIn = () => {
  if (hasSession() && Date.now() - lastAsked > QUIET_MILLISECONDS) ask().catch(() => {});
};

const takeTokens = (token) => {
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
  for (const input of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) {
    input.value = token;
  }
};

export const sayExpired = () =>
  say("您的登录已过期，内容没有送出，还在本页。请重新登录，再保存。", {
    href: document.body.dataset.login,
    label: "重新登录",
    data: "login",
  });

/* send() when the same person is still logged in; otherwise says why not. What comes while the
   server is being asked takes the place of what waits: a second click sends once, and a form
   saved right after a log-in is not lost. */
export const whenLoggedIn = async (send) => {
  const isAsking = waiting !== null;
  waiting = send;
  if (isAsking) return;
  let now;
  let latest;
  try {
    now = await ask();
  } catch {
    say("网络连接中断，内容没有送出，还在本页。请检查网络后再保存。");
    return;
  } finally {
    latest = waiting;
    waiting = null;
  }
  if (now.user === document.body.dataset.user) {
    takeTokens(now.token);
    latest();
  } else if (now.failed) {
    say("服务器暂时没有应答，内容没有送出，还在本页。请稍后再保存。");
  } else if (now.user) {
    say("这个浏览器现在登录的是另一个账号，内容没有送出，还在本页。请用原来的账号登录后再保存。");
  } else {
    sayExpired();
  }
};

/* The log-in comes to the form: in the same window, which may be the only one. */
on("click", "a[data-login]", (event, link) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || !window.htmx) return;
  event.preventDefault();
  window.htmx.ajax("GET", link.href, { target: "#login-place", swap: "innerHTML", source: link });
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id !== "login-place") return;
  const dialog = event.target.querySelector("dialog");
  dialog?.showModal();
  dialog?.querySelector("input:not([type=hidden])")?.focus();
});

document.addEventListener("logged-in", () => {
  document.getElementById("login-place").replaceChildren();
  whenLoggedIn(() => say("已重新登录，内容还在本页，请再保存一次。", { kind: "good" }));
});
