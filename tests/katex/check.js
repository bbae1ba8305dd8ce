// Sets LaTeX with KaTeX in strict mode and says what it refuses.
//
// usage: node check.js FOLDER < JOBS.json
// FOLDER is the one where `npm install katex` was run; JOBS is a list of {"id", "tex"}. Prints `wrong: id: reason` for
// each job that KaTeX refuses or warns about, then `checked N`.
"use strict";
const fs = require("fs");
const path = require("path");
const katex = require(path.resolve(process.argv[2], "node_modules", "katex"));

const jobs = JSON.parse(fs.readFileSync(0, "utf8"));
for (const { id, tex } of jobs) {
  try {
    if (tex.trim() === "") throw new Error("nothing to set");
    katex.renderToString(tex, { displayMode: true, strict: "error", throwOnError: true, maxExpand: 1000 });
  } catch (error) {
    console.log(`wrong: ${id}: ${String(error.message).replace(/\n/g, " ")}\n  ${tex.replace(/\n/g, " ")}`);
  }
}
console.log(`checked ${jobs.length}`);
