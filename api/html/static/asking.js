// Requests to this API, with the key or token of who looks, where one is wanted.
//
// A key is kept for this tab alone (sessionStorage), and is sent to no other host.

const WORD = "catchment.secret";

/** The address that all paths begin with; it ends without a slash. */
export const base = document.documentElement.dataset.base;

/** What opens the API to who looks; "" as long as nothing did. */
export const secret = () => sessionStorage.getItem(WORD) ?? "";

export const isKey = (text) => text.startsWith("cmt_");

/** The headers of a request; also for requests that others make, as a map does. */
export function headers(text = secret()) {
  if (!text) return {};
  return isKey(text) ? { "x-api-key": text } : { authorization: `Bearer ${text}` };
}

/** What the API says is wrong, in its own words (RFC 9457). */
export class Refused extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

/**
 * The answer to a request; asks for a key or token first where one is wanted.
 *
 * @param {string} url absolute, or a path of this API.
 * @param {RequestInit} [options]
 * @throws {Refused} for every answer that is an error.
 */
export async function ask(url, options = {}) {
  for (;;) {
    const answer = await fetch(url.startsWith("/") ? base + url : url, {
      ...options,
      headers: { ...options.headers, ...headers() },
    });
    if (answer.ok || answer.status === 304) return answer;
    const detail = await reason(answer);
    if (answer.status !== 401 && answer.status !== 403)
      throw new Refused(answer.status, detail);
    await askForSecret(secret() ? detail : "");
  }
}

/** The JSON of an answer. */
export const read = async (url, options) => (await ask(url, options)).json();

async function reason(answer) {
  const about = await answer.json().catch(() => ({}));
  return about.detail ?? about.message ?? `The API answered ${answer.status}.`;
}

let asked;

/** Resolves when something was given; many requests share one question. */
function askForSecret(detail) {
  asked ??= new Promise((resolve) => {
    const dialog = document.getElementById("secret");
    const form = dialog.querySelector("form");
    dialog.querySelector("[role=alert]").textContent = detail;
    form.reset();
    form.onsubmit = () => {
      sessionStorage.setItem(WORD, new FormData(form).get("secret").trim());
      asked = undefined;
      resolve();
    };
    dialog.showModal();
  });
  return asked;
}
