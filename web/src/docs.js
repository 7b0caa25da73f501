// SPDX-License-Identifier: Apache-2.0
// docs.js - Swagger UI shows what /openapi.json says. The key that is typed in is gone with the page.
/* global SwaggerUIBundle */
SwaggerUIBundle({
  dom_id: "#docs",
  url: "/openapi.json",
  deepLinking: true,
  docExpansion: "list",
  persistAuthorization: false,
  validatorUrl: null,
});
