// SPDX-License-Identifier: MIT
//
// node query.mjs FOLDER SQL...
//
// Runs SQL in DuckDB, which npm has installed below FOLDER (@duckdb/node-api), and prints the
// rows of each statement as lines of JSON.
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const [folder, ...statements] = process.argv.slice(2);
const require = createRequire(join(resolve(folder), "package.json"));
const { DuckDBInstance } = require("@duckdb/node-api");
const connection = await (await DuckDBInstance.create(":memory:")).connect();
for (const statement of statements) {
    const reader = await connection.runAndReadAll(statement);
    for (const row of reader.getRowObjectsJson())
        console.log(JSON.stringify(row));
}
connection.closeSync();
