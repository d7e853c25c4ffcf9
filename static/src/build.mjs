// Compiles static/src into static/dist: one style sheet, three scripts, the few images that the style sheet names.
// `node static/src/build.mjs [--watch]`. Needs node_modules only; nothing is fetched.

import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, watch, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import * as esbuild from "esbuild";
import * as sass from "sass";

const source = dirname(fileURLToPath(import.meta.url));
const root = resolve(source, "../..");
const output = join(root, "static/dist");
const nhsukImages = join(root, "node_modules/nhsuk-frontend/dist/nhsuk/assets/images");

function buildStyles() {
  const { css } = sass.compile(join(source, "scss/app.scss"), {
    style: "compressed",
    loadPaths: [join(root, "node_modules")],
    // The library announces its own next major version; that is not ours to mend here.
    quietDeps: true,
  });
  // A page opened without internet must be complete, and the Frutiger font and the logo are not ours to use.
  if (/https?:\/\/(?!www\.w3\.org)/.test(css)) throw new Error("the style sheet names an outside address");
  writeFileSync(join(output, "app.css"), css);
  copyNamedImages(css);
}

function copyNamedImages(css) {
  mkdirSync(join(output, "images"), { recursive: true });
  const named = new Set([...css.matchAll(/url\("?images\/([\w.-]+)"?\)/g)].map((match) => match[1]));
  for (const name of named) {
    const own = join(source, "images", name);
    copyFileSync(existsSync(own) ? own : join(nhsukImages, name), join(output, "images", name));
  }
  copyFileSync(join(source, "images/favicon.svg"), join(output, "favicon.svg"));
}

async function buildScripts() {
  await esbuild.build({
    entryPoints: ["app", "map", "plan_map"].map((name) => join(source, `js/${name}.js`)),
    outdir: output,
    bundle: true,
    minify: true,
    format: "iife",
    target: ["es2020"],
    legalComments: "none",
    logLevel: "warning",
    absWorkingDir: root,
  });
}

async function build() {
  rmSync(output, { recursive: true, force: true });
  mkdirSync(output, { recursive: true });
  buildStyles();
  await buildScripts();
  for (const name of readdirSync(output).filter((entry) => /\.(css|js)$/.test(entry))) {
    console.error(`${name} ${Math.round(readFileSync(join(output, name)).length / 1024)} kB`);
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
