// The titles of pages beside document.title in Chromium, whose parser has scripting on but which runs no script of
// theirs (a Content-Security-Policy forbids it; switched off, scripting would change what noscript is), and loads
// nothing but the pages, each once:
//
//	[SCRAPE=scrape] [CHROMIUM=/usr/bin/chromium] node titles.mjs DIRECTORY [PAGES]
//
// It ends with 1 where one differs.
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { spawn } from 'node:child_process';
import puppeteer from 'puppeteer-core';
import { pageNames } from './pages.mjs';

const [dir, n] = process.argv.slice(2);
const names = pageNames(dir, Number(n));
const server = http.createServer((req, res) => {
  const name = names[Number(req.url.match(/^\/(\d+)\.html$/)?.[1] ?? -1)];
  if (!name) return res.writeHead(404).end();
  res.writeHead(200, { 'Content-Type': 'text/html', 'Content-Security-Policy': "script-src 'none'" });
  res.end(fs.readFileSync(name));
});
await new Promise(up => server.listen(0, '127.0.0.1', up));
const urls = names.map((_, i) => `http://127.0.0.1:${server.address().port}/${i}.html`);

const work = fs.mkdtempSync(path.join(os.tmpdir(), 'titles-'));
fs.writeFileSync(path.join(work, 'urls.txt'), urls.join('\n') + '\n');
const records = path.join(work, 'out.jsonl');
const run = spawn(process.env.SCRAPE ?? 'scrape', [path.join(work, 'urls.txt'), '-q', '-j', '-o', records, '--no-robots'], { stdio: 'inherit' });
const code = await new Promise((done, fail) => { run.on('error', fail); run.on('exit', done); });
if (code > 1) throw new Error(`scrape ended with ${code}`);
const ours = new Map();
for (const line of fs.readFileSync(records, 'utf8').trim().split('\n')) {
  const r = JSON.parse(line);
  ours.set(r.url, r.outcome === 'scraped' ? r.title ?? '' : null);
}
fs.rmSync(work, { recursive: true });

const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', headless: true, args: ['--no-sandbox', '--disable-gpu'],
});
const page = await browser.newPage();
let wanted; // all else is refused: images, frames, and where a page sends its reader
await page.setRequestInterception(true);
page.on('request', r => {
  if (!r.isNavigationRequest() || r.frame() !== page.mainFrame()) return r.abort();
  const first = r.url() === wanted;
  wanted = null;
  // A refresh, also to the page itself: where there is no content, a browser stays where it is. Refused, it would
  // leave for a page that says so.
  return first ? r.continue() : r.respond({ status: 204 });
});
let equal = 0, failed = 0;
const different = [];
for (const [i, url] of urls.entries()) {
  let theirs;
  try {
    wanted = url;
    await page.goto(url, { waitUntil: 'domcontentloaded', timeout: 30000 });
    theirs = await page.evaluate(() => document.title);
  } catch (e) {
    failed++;
    console.log(`failed: ${names[i]}: ${e}`);
    continue;
  }
  if (theirs === ours.get(url)) equal++;
  else different.push({ name: names[i], ours: ours.get(url) ?? null, theirs });
}
await browser.close();
server.close();
for (const d of different) console.log(JSON.stringify(d));
console.log(`${names.length} pages: ${equal} titles equal, ${different.length} different, ${failed} failed in the browser`);
process.exitCode = different.length + failed > 0 ? 1 : 0;
