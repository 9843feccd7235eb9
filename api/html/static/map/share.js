// The request behind the picture, for other programs.

import { base, isKey, secret } from "./asking.js";
import { byId } from "./elements.js";
import * as request from "./request.js";

/** Each button copies the text of the element that it names. */
export function listen(said) {
  for (const button of document.querySelectorAll("button.copy"))
    button.addEventListener("click", async () => {
      const from = byId(button.value);
      try {
        await navigator.clipboard.writeText(from.textContent);
        said("Copied.");
      } catch {
        // Without https there is no clipboard: what is marked can be copied by hand.
        window.getSelection().selectAllChildren(from);
        said("Marked: copy it with the keyboard.");
      }
    });
}

/** @param {string} url the request that was made, absolute. */
export function show(url, served) {
  const wanted = secret() ? (isKey(secret()) ? "key" : "token") : "";
  byId("curl").textContent = request.curl(readable(url), wanted);
  byId("oapif").textContent = `${base}/`;
  byId("layer").textContent = served.id;
  byId("xyz").textContent = `${base}${request.tileset(served.id)}/{z}/{y}/{x}`;
  byId("tiles-of").hidden = !served.hasPlaces;
}

/** An address as it was asked, where a browser has escaped what need not be. */
const readable = (url) => url.replaceAll("%2C", ",").replaceAll("%2F", "/");

/** Give a text to the browser as a file. */
export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
