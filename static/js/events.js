/* Listening for what happens to elements that may come and go. */

/* The element that the selector names, at or above where the event happened. */
export const within = (event, selector) =>
  event.target.closest ? event.target.closest(selector) : null;

/* handler(event, element) for every event on an element of the selector. */
export const on = (type, selector, handler) => {
  document.addEventListener(type, (event) => {
    const element = within(event, selector);
    if (element) handler(event, element);
  });
};
