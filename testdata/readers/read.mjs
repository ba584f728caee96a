// Prints number, status and title of each record in a file, as other programs read it:
//
//	npm install --no-package-lock
//	node read.mjs duckdb|warcio FILE

import { createReadStream } from "node:fs";

const [reader, file] = process.argv.slice(2);

const readers = {
  async *duckdb() {
    const { DuckDBInstance } = await import("@duckdb/node-api");
    const db = await (await DuckDBInstance.create()).connect();
    yield* await (await db.run("SELECT seq, status, title FROM read_parquet($1)", [file])).getRows();
  },
  async *warcio() {
    const { WARCParser } = await import("warcio");
    for await (const record of new WARCParser(createReadStream(file))) {
      const text = await record.contentText();
      if (record.warcType === "metadata") {
        const r = JSON.parse(text);
        yield [r.seq, r.status, r.title];
      } else if (record.warcType === "response" && ![200, 404].includes(Number(record.httpHeaders.statusCode))) {
        throw new Error(`a response with the status ${record.httpHeaders.statusCode}`);
      }
    }
  },
};

for await (const row of readers[reader]()) console.log(row.map((cell) => cell ?? "").join("\t"));
