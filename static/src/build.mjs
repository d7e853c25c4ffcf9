// Compiles static/src into static/dist: style sheets of the portal, of the admin and of the editor in it, scripts, and the few
// images that the style sheets name.
// `node static/src/build.mjs [--watch]`. Needs node_modules only; nothing is fetched.

import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, watch, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import * as esbuild from "esbuild";
import * as sass from "sass";

import { retint } from "./retint.mjs";

const source = dirname(fileURLToPath(import.meta.url));
const root = resolve(source, "../..");
const output = join(root, "static/dist");
const nhsukImages = join(root, "node_modules/nhsuk-frontend/dist/nhsuk/assets/images");

// A page that is opened while a build runs must find every file: each is replaced whole, stale ones go at the end.
const written = new Set();

function put(name, content) {
  const path = join(output, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, content);
  renameSync(`${path}.new`, path);
  written.add(path);
}

function buildStyles(name) {
  const compiled = sass.compile(join(source, `scss/${name}.scss`), {
    style: "compressed",
    loadPaths: [join(root, "node_modules")],
    // The library announces its own next major version; that is not ours to mend here.
    quietDeps: true,
  });
  const css = retint(compiled.css);
  // A page opened without internet must be complete, and the Frutiger font and the logo are not ours to use.
  if (/https?:\/\/(?!www\.w3\.org)/.test(css)) throw new Error("the style sheet names an outside address");
  const named = new Set([...css.matchAll(/url\("?images\/([\w.-]+)"?\)/g)].map((match) => match[1]));
  for (const name of named) put(join("images", name), readFileSync(join(nhsukImages, name)));
  put(`${name}.css`, css);
}

async function buildScripts() {
  const { outputFiles } = await esbuild.build({
    entryPoints: ["admin", "app", "editor", "map", "plan_map", "plan_editing", "round", "round_worker"].map((name) => join(source, `js/${name}.js`)),
    outdir: output,
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: ["es2020"],
    legalComments: "none",
    logLevel: "warning",
    absWorkingDir: root,
  });
  for (const file of outputFiles) put(relative(output, file.path), file.contents);
}

async function build() {
  written.clear();
  put("favicon.svg", readFileSync(join(source, "images/favicon.svg")));
  buildStyles("app");
  buildStyles("editor");
  buildStyles("admin");
  await buildScripts();
  for (const entry of readdirSync(output, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath ?? entry.path, entry.name);
    if (entry.isFile() && !written.has(path)) rmSync(path);
  }
  for (const path of [...written].filter((name) => /\.(css|js)$/.test(name))) {
    console.error(`${relative(output, path)} ${Math.round(statSync(path).size / 1024)} kB`);
  }
}

await build();
if (process.argv.includes("--watch")) {
  let waiting = null;
  for (const folder of ["scss", "js", "images"]) {
    watch(join(source, folder), () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => build().catch((error) => console.error(error.message)), 100);
    });
  }
}
