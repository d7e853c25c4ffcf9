// Runs the map's own decoder and rasteriser on a tile from standard input, for test_map_raster.py.
// usage: node rasterise.mjs SIZE < tile > identifiers (uint32, little-endian, with the margin of one pixel)
// Standard error: JSON {count, width, lines}.
import { readFileSync, writeSync } from "node:fs";
import { fileURLToPath } from "node:url";

import * as esbuild from "esbuild";

// Not the address's pathname, in which a space is %20.
const folder = fileURLToPath(new URL("../../../static/src/js/area_map/", import.meta.url));
const { outputFiles } = await esbuild.build({
  stdin: { contents: 'export * from "./tile.js"; export * from "./raster.js";', resolveDir: folder },
  bundle: true,
  write: false,
  format: "esm",
});
const { decodeTile, rasterise } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);

const input = readFileSync(0);
const { areas, districts } = decodeTile(input.buffer.slice(input.byteOffset, input.byteOffset + input.length));
const { ids, width } = rasterise(areas, Number(process.argv[2]));
const lines = districts ? districts.ringStart.length - 1 : 0;
console.error(JSON.stringify({ count: areas ? areas.count : 0, width, lines }));
const answer = Buffer.from(Uint32Array.from(ids).buffer);
for (let sent = 0; sent < answer.length; ) sent += writeSync(1, answer, sent);
