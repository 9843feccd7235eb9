// Shows the document of `data-url`. Where it is not open to all, asks for what
// opens it first, which is then also what requests are tried with.
const place = document.getElementById("api");
const form = document.getElementById("asked");

const isKey = (secret) => secret.startsWith("cmt_");
const headers = (secret) =>
  !secret ? {}
  : isKey(secret) ? { "x-api-key": secret }
  : { authorization: `Bearer ${secret}` };

function show(spec, secret) {
  form.hidden = true;
  const ui = SwaggerUIBundle({
    spec,
    domNode: place,
    deepLinking: true,
    persistAuthorization: true,
    displayRequestDuration: true,
    defaultModelsExpandDepth: 0,
    filter: true,
    // Else it shows the document to a host of its own.
    validatorUrl: null,
    onComplete() {
      if (secret) ui.preauthorizeApiKey(isKey(secret) ? "key" : "token", secret);
    },
  });
}

async function read(secret) {
  const answer = await fetch(place.dataset.url, { headers: headers(secret) });
  if (answer.ok) return show(await answer.json(), secret);
  form.hidden = answer.status !== 401 && answer.status !== 403 && !secret;
  const { detail } = await answer.json();
  (form.hidden ? place : form.querySelector("p")).textContent =
    secret || form.hidden ? detail : "";
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  read(new FormData(form).get("secret").trim());
});
// Swagger UI knows a dark page by a class.
const dark = matchMedia("(prefers-color-scheme: dark)");
const shade = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", shade);
shade();
read("");
