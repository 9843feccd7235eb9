// What the page tells of itself: that it loads, what is wrong, what a row says.

import { byId } from "./elements.js";

const map = byId("map");

/** Whether the picture is still on its way. @param {boolean} isBusy */
export function busy(isBusy) {
  map.setAttribute("aria-busy", String(isBusy));
  document.body.classList.toggle("busy", isBusy);
}

/** There is no picture to wait for, but something to read. @param {string} text */
export function finish(text) {
  busy(false);
  tell(text);
}

/** Something to read on the map: what is wrong, or why it is empty. */
export function tell(text, isWrong = false) {
  const message = byId("message");
  message.textContent = text;
  message.hidden = !text;
  message.classList.toggle("wrong", isWrong);
}

/** To who listens to the page. @param {string} text */
export const say = (text) => (byId("said").textContent = text);
