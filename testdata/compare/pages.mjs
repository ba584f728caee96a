// What both scripts need of a directory of pages.
import fs from 'node:fs';
import path from 'node:path';

// pageNames are the pages in and below a directory whose names end so, sorted; n of them, evenly spread, if there are
// more.
export function pageNames(dir, n, end = /\.html?$/i) {
  const names = fs.readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter(e => e.isFile() && end.test(e.name))
    .map(e => path.join(e.parentPath, e.name)).sort();
  if (names.length === 0) throw new Error(`${dir} has no HTML page`);
  if (!(n > 0) || n >= names.length) return names;
  return Array.from({ length: n }, (_, i) => names[Math.floor(i * names.length / n)]);
}
