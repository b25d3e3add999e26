/* Answers to htmx: a refusal and a lost line are said, not swallowed. */
import { say } from "./messages.js";

/* A form with errors (422) and a record that changed meanwhile (409) are shown as they come. */
const isShown = (status) => status === 422 || status === 409;

document.addEventListener("htmx:beforeSwap", (event) => {
  if (isShown(event.detail.xhr.status)) event.detail.shouldSwap = true;
});

document.addEventListener("htmx:responseError", (event) => {
  const status = event.detail.xhr.status;
  if (isShown(status)) return;
  if (status === 403) say("您没有办理这件事的权限，或页面已过期，请刷新后重试。");
  else if (status === 404) say("没有找到这条记录，可能已不在您的辖区。");
  else say("服务器暂时没有完成这个请求，请稍后重试。");
});

document.addEventListener("htmx:sendError", () =>
  say("网络连接中断，内容没有送出，请检查网络后重试。"),
);

document.addEventListener("htmx:timeout", () => say("等待时间过长，请稍后重试。"));
