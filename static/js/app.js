/* What the pages do besides htmx. No inline handlers anywhere: behaviour hangs on data-
   attributes and is delegated, so that swapped-in pieces work too. Everything here is an
   ease; without it each page still works. */
(function () {
  "use strict";

  var on = function (type, selector, handler) {
    document.addEventListener(type, function (event) {
      var target = event.target.closest ? event.target.closest(selector) : null;
      if (target) handler(event, target);
    });
  };

  /* Navigation: narrow on desks (remembered by a cookie that the server reads), drawer on phones. */
  on("click", "[data-nav-narrow]", function () {
    var narrow = document.getElementById("shell").classList.toggle("is-narrow");
    document.cookie = "nav=" + (narrow ? "narrow" : "wide") + ";path=/;max-age=31536000;samesite=lax";
  });
  on("click", "[data-nav-open]", function (event) {
    event.preventDefault();
    var nav = document.getElementById("nav");
    nav.classList.add("is-open");
    var first = nav.querySelector("a");
    if (first) first.focus();
  });
  document.addEventListener("click", function (event) {
    var nav = document.getElementById("nav");
    if (nav && nav.classList.contains("is-open") && !nav.contains(event.target) &&
        !event.target.closest("[data-nav-open]")) nav.classList.remove("is-open");
    document.querySelectorAll("details.menu[open]").forEach(function (menu) {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    document.querySelectorAll("details.menu[open]").forEach(function (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
    var nav = document.getElementById("nav");
    if (nav && nav.classList.contains("is-open")) {
      nav.classList.remove("is-open");
      document.querySelector("[data-nav-open]").focus();
    }
  });

  /* Dialogs: on the page (data-open) or another page's form shown in one (data-dialog). */
  on("click", "[data-open]", function (event, button) {
    var dialog = document.getElementById(button.dataset.open);
    if (!dialog || !dialog.showModal) return;
    event.preventDefault();
    dialog.showModal();
  });
  on("click", "[data-close]", function (event, button) {
    event.preventDefault();
    button.closest("dialog").close();
  });
  /* A click beside a dialog closes it, unless something was typed in it. */
  document.addEventListener("click", function (event) {
    if (event.target.tagName === "DIALOG" && !event.target.dataset.typed) event.target.close();
  });
  var opener = null;
  on("click", "a[data-dialog]", function (event, link) {
    if (event.ctrlKey || event.metaKey || event.shiftKey || !window.htmx) return;
    event.preventDefault();
    var menu = link.closest("details.menu");
    opener = menu ? menu.querySelector("summary") : link;
    if (menu) { menu.open = false; opener.focus(); }
    window.htmx.ajax("GET", link.getAttribute("href"), { target: "#dialog-place", swap: "innerHTML", source: link });
  });
  document.addEventListener("htmx:afterSwap", function (event) {
    if (event.target.id === "dialog-place") {
      var dialog = event.target.querySelector("dialog");
      if (dialog && !dialog.open) dialog.showModal();
    }
  });

  /* An answer in place of the first dialog does not know what had opened that one. */
  document.addEventListener("close", function (event) {
    if (opener && event.target.closest("#dialog-place")) opener.focus();
  }, true);

  /* Focus what asks for it: the error summary, the first field of a dialog or of a section. */
  var focusAsked = function (root) {
    var wanted = root.querySelector("[data-focus], :is(.section-body, dialog) .field :is(input:not([type=hidden]), select, textarea)");
    if (wanted) wanted.focus();
  };
  document.addEventListener("htmx:afterSettle", function (event) {
    /* Who is in a field of the section already stays there: the next keys would go elsewhere. */
    if (!event.target.matches(".section-body:focus-within")) focusAsked(event.target);
    /* The link of another page went with the old list: the keyboard goes on from the new one. */
    var rows = event.target.id === "list" && document.activeElement === document.body && event.target.querySelector(".table-wrap");
    if (rows) rows.focus({ preventScroll: true });
  });

  /* Forms: one submit is one submit. What was typed is the matter of typing.js. The page stays
     after a download: another button, or other choices, are another wish. */
  var sentBy = new WeakMap(), said = null;
  var forgetSent = function () {
    sentBy = new WeakMap();
    if (said) said.button.replaceChildren.apply(said.button, said.was);
    said = null;
  };
  document.addEventListener("submit", function (event) {
    var form = event.target, button = event.submitter || form;
    if (form.method === "get" || form.hasAttribute("hx-post")) return;
    if (sentBy.get(form) === button) { event.preventDefault(); return; }
    sentBy.set(form, button);
    /* An upload takes its time; another click would begin it anew. */
    if (button.dataset.sending) {
      said = { button: button, was: Array.prototype.slice.call(button.childNodes) };
      button.textContent = button.dataset.sending;
    } else setTimeout(function () { sentBy.delete(form); }, 8000);
  });
  document.addEventListener("change", function (event) { sentBy.delete(event.target.form); });
  window.addEventListener("pageshow", forgetSent);
  /* Whoever stops an upload (Esc) may begin it again. */
  if (window.navigation) window.navigation.addEventListener("navigateerror", forgetSent);
  on("change", "[data-autosubmit]", function (event, control) { control.form.requestSubmit(); });
  on("click", "[data-print]", function () { window.print(); });

  /* Lists: selection and its bar. */
  var updateSelection = function (form) {
    var boxes = Array.prototype.slice.call(form.querySelectorAll("input[name=ids]"));
    var count = boxes.filter(function (box) { return box.checked; }).length;
    var bar = form.querySelector(".bulk-bar");
    var all = form.querySelector("input[data-check-all]");
    if (all) { all.checked = count > 0 && count === boxes.length; all.indeterminate = count > 0 && count < boxes.length; }
    if (!bar) return;
    bar.hidden = count === 0;
    var everything = bar.querySelector("[data-all-matching]");
    var wider = bar.querySelector("input[name=all_matching]");
    if (everything) everything.hidden = count !== boxes.length;
    if (wider && count !== boxes.length) wider.checked = false;
    bar.querySelector("[data-selected]").textContent = wider && wider.checked ? wider.dataset.total : count;
  };
  on("change", "input[data-check-all]", function (event, all) {
    all.form.querySelectorAll("input[name=ids]").forEach(function (box) { box.checked = all.checked; });
    updateSelection(all.form);
  });
  on("change", "input[name=ids], input[name=all_matching]", function (event, box) { updateSelection(box.form); });
  on("click", "[data-clear-selection]", function (event, button) {
    button.form.querySelectorAll("input[name=ids], input[name=all_matching]").forEach(function (box) { box.checked = false; });
    updateSelection(button.form);
  });

  /* By then the browser has ticked again what was ticked before one came back. */
  window.addEventListener("pageshow", function () { document.querySelectorAll("form[data-list]").forEach(updateSelection); });

  /* Choices under a typed field: picking one fills the hidden key and the text. */
  on("click", "[data-pick]", function (event, button) {
    var place = document.getElementById(button.dataset.for);
    var text = document.getElementById(button.dataset.for + "_text") || place;
    if (!place) return;
    place.value = button.dataset.pick;
    text.value = button.dataset.text;
    text.focus();
    place.dispatchEvent(new Event("change", { bubbles: true }));
    button.closest("[data-choices]").replaceChildren();
  });
  /* Below the last field they would open under the save bar. */
  document.addEventListener("htmx:afterSwap", function (event) {
    if (event.target.matches("[data-choices]")) event.target.scrollIntoView({ block: "nearest" });
  });

  /* Files may be dropped on their field; beside it a drop must not leave the page. */
  var dropPlace = function (event) {
    return event.target.closest ? event.target.closest("[data-drop]") : null;
  };
  ["dragover", "dragleave", "drop"].forEach(function (type) {
    document.addEventListener(type, function (event) {
      var place = document.querySelector("[data-drop]");
      if (!place || !event.dataTransfer || event.dataTransfer.types.indexOf("Files") < 0) return;
      event.preventDefault();
      var inside = dropPlace(event) === place;
      place.classList.toggle("is-over", type === "dragover" && inside);
      if (type !== "drop" || !inside) return;
      var input = place.querySelector("input[type=file]");
      if (event.dataTransfer.files.length > 1) { say("一次只能上传一个文件，请分别上传。"); return; }
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
      input.focus();
    });
  });

  /* htmx: an expired session, a refusal and a lost line are said, not swallowed. */
  var say = function (text, link) {
    var dialog = document.querySelector("dialog[open]");
    var place = (dialog && dialog.querySelector(".box-body")) || document.getElementById("messages");
    if (!place) return;
    document.querySelectorAll(".note.is-said").forEach(function (old) { old.remove(); });
    var note = document.createElement("div");
    note.className = "note is-wrong is-said";
    note.setAttribute("role", "alert");
    note.append(text);
    if (link) {
      var way = document.createElement("a");
      way.href = link.href;
      way.target = "_blank";
      way.textContent = link.label;
      note.append(way);
    }
    place.prepend(note);
    note.scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("say", function (event) { say(event.detail.text, event.detail.link); });
  /* A form with errors (422) and a record that changed meanwhile (409) are shown as they come. */
  var isAnswer = function (status) { return status === 422 || status === 409; };
  document.addEventListener("htmx:beforeSwap", function (event) {
    if (isAnswer(event.detail.xhr.status)) event.detail.shouldSwap = true;
  });
  document.addEventListener("htmx:responseError", function (event) {
    var status = event.detail.xhr.status;
    if (isAnswer(status)) return;
    say(status === 403 ? "您没有办理这件事的权限，或页面已过期，请刷新后重试。"
      : status === 404 ? "没有找到这条记录，可能已不在您的辖区。"
      : "服务器暂时没有完成这个请求，请稍后重试。");
  });
  document.addEventListener("htmx:sendError", function () { say("网络连接中断，内容没有送出，请检查网络后重试。"); });
  document.addEventListener("htmx:timeout", function () { say("等待时间过长，请稍后重试。"); });

  document.addEventListener("DOMContentLoaded", function () {
    focusAsked(document);
    document.querySelectorAll("dialog[open]").forEach(function (dialog) { dialog.close(); dialog.showModal(); });
    document.querySelectorAll("[data-drop-hint]").forEach(function (hint) { hint.hidden = false; });
  });
})();
