// SPDX-License-Identifier: Apache-2.0
// build.mjs - bundles the page and the API's documentation into a folder: `node build.mjs FOLDER`. Names hold the hash of what is in
// the file, so that browsers may keep it for ever; each file is there in gzip, too.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2];
const modules = join(here, "node_modules");
const swagger = join(modules, "swagger-ui-dist");
const names = {}; // "page.js": "page-3F2A….js"
const packages = new Set(["swagger-ui-dist"]);

function put(name, bytes) {
  writeFileSync(join(out, name), bytes);
  if (extname(name) !== ".txt") writeFileSync(join(out, `${name}.gz`), gzipSync(bytes, { level: 9 }));
}

function putHashed(name, bytes) {
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 10).toUpperCase();
  names[name] = `${basename(name, extname(name))}-${hash}${extname(name)}`;
  put(names[name], bytes);
}

function notePackages(metafile) {
  for (const input of Object.keys(metafile.inputs)) {
    const [, name] = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input) ?? [];
    if (name) packages.add(name);
  }
}

async function bundle(entry, name, define = {}) {
  const result = await esbuild.build({
    entryPoints: [join(here, "src", entry)], bundle: true, minify: true, write: false, metafile: true, outdir: "/", absWorkingDir: here,
    format: "esm", target: ["es2022"], jsx: "automatic", jsxImportSource: "preact", define, legalComments: "none", logLevel: "warning",
    alias: { react: "preact/compat" },
  });
  notePackages(result.metafile);
  for (const file of result.outputFiles) putHashed(name + extname(file.path), file.contents);
}

const fill = (template) => readFileSync(join(here, "src", template), "utf8").replace(/{{([^}]+)}}/g, (_, name) => names[name]);

const isLicence = (file) => /^(licen[cs]e|notice|copying)/i.test(file) || /bundle\.js\.LICENSE\.txt$/.test(file);

/** Whose work is in here, under which licence: the packages that were bundled. */
function notices() {
  const parts = ["What the page of mgraph-deploy is made of beside its own sources (Apache-2.0).\n"];
  for (const name of [...packages].sort()) {
    const folder = join(modules, name);
    const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    parts.push(`${"=".repeat(72)}\n${name} ${version} (${license})\n`);
    for (const file of readdirSync(folder).filter(isLicence).sort()) {
      if (/es-bundle|standalone/.test(file)) continue; // of files that are not taken
      parts.push(`---- ${file}\n${readFileSync(join(folder, file), "utf8").trim()}\n`);
    }
  }
  return parts.join("\n");
}

if (!out) throw new Error("usage: node build.mjs FOLDER");
if (existsSync(out)) rmSync(out, { recursive: true });
mkdirSync(out, { recursive: true });
await bundle("layout-worker.ts", "layout");
await bundle("main.tsx", "page", { LAYOUT_URL: JSON.stringify(`/assets/${names["layout.js"]}`) });
await bundle("docs.js", "docs");
putHashed("icon.svg", readFileSync(join(here, "src", "icon.svg")));
for (const file of ["swagger-ui.css", "swagger-ui-bundle.js"]) {
  const text = readFileSync(join(swagger, file), "utf8").replace(/\n(\/\/|\/\*)# sourceMappingURL=[^\n]*\s*$/, "\n");
  putHashed(file, Buffer.from(text));
}
put("index.html", fill("page.html"));
put("docs.html", fill("docs.html"));
put("THIRD-PARTY.txt", notices());
