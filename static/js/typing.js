/* What somebody typed is not lost: leaving asks, one section is edited at a time, and nothing
   is sent while the line is down or the session has ended. It stands before app.js. */
(function () {
  "use strict";

  /* One word to app.js, which shows it: at the top of the page or of the open dialog. */
  var say = function (text, link) {
    document.dispatchEvent(new CustomEvent("say", { detail: { text: text, link: link } }));
  };
  var within = function (event, selector) {
    return event.target.closest ? event.target.closest(selector) : null;
  };

  /* An input method shows its letters in the field while one chooses: they are not a word yet.
     Nobody hears of them, and the chosen word is an input like any other. */
  document.addEventListener("input", function (event) {
    if (event.isComposing) event.stopImmediatePropagation();
  }, true);
  document.addEventListener("compositionend", function (event) {
    event.target.dispatchEvent(new Event("input", { bubbles: true }));
  });

  /* What an ID number tells fills a field that is empty or that an ID number has filled. What
     somebody typed or chose stays, whenever the answer comes. */
  document.addEventListener("htmx:oobBeforeSwap", function (event) {
    var field = event.detail.target, piece = event.detail.fragment.querySelector("[data-told]");
    if (!piece) return;
    var chosen = field.querySelector(":checked"), now = chosen ? chosen.value : field.value;
    if (now === piece.dataset.told) field.dataset.told = now;
    event.detail.shouldSwap = !now || now === "0" || now === field.dataset.told;
  });

  /* Leaving with changes asks; Enter does not send half a form; a dialog knows that it holds something.
     What came back with errors holds what was typed before. */
  var changed = document.querySelector("form[data-ask-leave]:has(.error-summary)");
  document.addEventListener("htmx:afterSwap", function (event) {
    var refused = event.target.querySelector("dialog:has(.error-summary)");
    if (refused) refused.dataset.typed = "1";
  });
  var isChanged = function () { return changed !== null && document.contains(changed); };
  ["input", "change"].forEach(function (type) {
    document.addEventListener(type, function (event) {
      var form = within(event, "form[data-ask-leave]"), dialog = within(event, "dialog");
      if (form) changed = form;
      if (dialog) dialog.dataset.typed = "1";
      if (form || dialog) stayLoggedIn();
    });
  });
  window.addEventListener("beforeunload", function (event) {
    if (isChanged()) { event.preventDefault(); event.returnValue = ""; }
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Enter" || event.isComposing || event.target.type === "submit") return;
    if (within(event, "form[data-ask-leave] input")) event.preventDefault();
  });

  /* One section of a record is edited at a time: saving it must not lose what another one holds. */
  var section = null;
  document.addEventListener("htmx:beforeRequest", function (event) {
    if (!event.detail.target.matches(".section-body") || !isChanged()) return;
    event.preventDefault();
    say("请先保存或取消正在修改的部分，再修改这一部分。");
    changed.querySelector(".field :is(input:not([type=hidden]), select, textarea)").focus();
  });
  document.addEventListener("htmx:beforeSwap", function (event) {
    var place = event.detail.target, isSection = place.matches(".section-body");
    /* A second click on a slow line: its answer comes late and must not undo what was typed. */
    if (isSection && isChanged() ||
        event.detail.requestConfig.verb === "get" && place.querySelector("dialog[open][data-typed]")) {
      event.detail.shouldSwap = false;
      return;
    }
    if (!isSection) return;
    if (event.detail.serverResponse.indexOf("form-page") < 0) {
      /* The record was closed meanwhile: there is no form, show the record as it is. */
      event.detail.shouldSwap = false;
      window.location.reload();
      return;
    }
    if (section) section.place.replaceChildren.apply(section.place, section.was);
    section = { place: place, was: Array.prototype.slice.call(place.childNodes) };
  });

  /* Before typed work is sent: does the server answer, and is the same person still logged in?
     A new log-in, in another tab, has new tokens: they are put into the page. */
  var asking = false, lastAsked = Date.now();
  var frame = function () { return document.body.dataset; };
  var ask = function () {
    lastAsked = Date.now();
    var wait = new AbortController();
    setTimeout(function () { wait.abort(); }, 15000);
    return fetch(frame().session, { redirect: "manual", cache: "no-store", signal: wait.signal })
      .then(function (answer) {
        return answer.ok ? answer.json() : { failed: answer.status >= 500 };
      });
  };
  var stayLoggedIn = function () {
    if (frame().session && Date.now() - lastAsked > 300000) ask().catch(function () { });
  };
  var takeTokens = function (token) {
    document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
    document.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach(function (input) { input.value = token; });
  };
  var sayExpired = function () {
    say("您的登录已过期，内容没有送出，还在本页。请在新窗口登录，再回到这里保存。", { href: frame().login, label: "在新窗口登录" });
  };
  var whenLoggedIn = function (go) {
    if (asking) return;
    asking = true;
    ask().then(function (now) {
      asking = false;
      if (now.user === frame().user) { takeTokens(now.token); go(); }
      else if (now.failed) say("服务器暂时没有应答，内容没有送出，还在本页。请稍后再保存。");
      else if (now.user) say("这个浏览器现在登录的是另一个账号，内容没有送出，还在本页。请用原来的账号登录后再保存。");
      else sayExpired();
    }, function () {
      asking = false;
      say("网络连接中断，内容没有送出，还在本页。请检查网络后再保存。");
    });
  };
  document.addEventListener("submit", function (event) {
    var form = event.target, button = event.submitter;
    if (!form.matches("form[data-ask-leave]")) return;
    if (form.dataset.asked || !frame().session) {
      delete form.dataset.asked;
      if (changed === form) changed = null;
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    whenLoggedIn(function () { form.dataset.asked = "1"; form.requestSubmit(button); });
  });
  document.addEventListener("htmx:confirm", function (event) {
    if (event.detail.verb !== "post" || !event.detail.elt.matches("form") || !frame().session) return;
    event.preventDefault();
    whenLoggedIn(function () { event.detail.issueRequest(true); });
  });
  /* Suggestions that are asked for after the end of a session must not lead away from a form. */
  document.addEventListener("htmx:beforeOnLoad", function (event) {
    var to = event.detail.xhr.getResponseHeader("HX-Redirect") || "", elt = event.detail.elt;
    if (to.indexOf(frame().login) !== 0) return;
    if (!isChanged() && !document.querySelector("dialog[open][data-typed]") && !elt.matches("input, select, textarea")) return;
    event.preventDefault();
    sayExpired();
  });
})();
