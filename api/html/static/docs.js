// Shows the document of `data-url` with Swagger UI; what opened it is also what
// requests are tried with.
import { isKey, read, secret } from "./asking.js";

const place = document.getElementById("api");

function show(spec) {
  const ui = SwaggerUIBundle({
    spec,
    domNode: place,
    deepLinking: true,
    displayRequestDuration: true,
    defaultModelsExpandDepth: 0,
    filter: true,
    // Else it shows the document to a host of its own.
    validatorUrl: null,
    onComplete() {
      const given = secret();
      if (given) ui.preauthorizeApiKey(isKey(given) ? "key" : "token", given);
    },
  });
}

// Swagger UI knows a dark page by a class.
const dark = matchMedia("(prefers-color-scheme: dark)");
const shade = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", shade);
shade();
read(place.dataset.url).then(show, (error) => (place.textContent = error.message));
