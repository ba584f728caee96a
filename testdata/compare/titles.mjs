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
const names = pageNames(dir, Number(n), /\.x?html?$/i);
const server = http.createServer((req, res) => {
  const name = names[Number(req.url.match(/^\/(\d+)\.html$/)?.[1] ?? -1)];
  if (!name) return res.writeHead(404).end();
  const type = /\.xhtml?$/i.test(name) ? 'application/xhtml+xml' : 'text/html';
  res.writeHead(200, { 'Content-Type': type, 'Content-Security-Policy': "default-src 'none'" });
  res.end(fs.readFileSync(name));
});
await new Promise(up => server.listen(0, '127.0.0.1', up));
const urls = names.map((_, i) => `http://127.0.0.1:${server.address().port}/${i}.html`);

const lists = fs.mkdtempSync(path.join(os.tmpdir(), 'titles-'));
fs.writeFileSync(path.join(lists, 'urls.txt'), urls.join('\n') + '\n');
const records = path.join(lists, 'out.jsonl');
const run = spawn(process.env.SCRAPE ?? 'scrape', [path.join(lists, 'urls.txt'), '-q', '-j', '-o', records, '--no-robots'], { stdio: 'inherit' });
const code = await new Promise((done, fail) => { run.on('error', fail); run.on('exit', done); });
if (code > 1) throw new Error(`scrape ended with ${code}`);
const ours = new Map();
for (const line of fs.readFileSync(records, 'utf8').trim().split('\n')) {
  const r = JSON.parse(line);
  ours.set(r.url, r.outcome === 'scraped' ? r.title ?? '' : null);
}
fs.rmSync(lists, { recursive: true });

const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', headless: true, args: ['--no-sandbox', '--disable-gpu'],
});
// newTab opens a tab that gives the title of one page after the other.
async function newTab() {
  const tab = await browser.newPage();
  let wanted;
  await tab.setRequestInterception(true);
  tab.on('request', r => {
    if (!r.isNavigationRequest() || r.frame() !== tab.mainFrame()) return r.abort();
    const first = r.url() === wanted;
    wanted = null;
    // A refresh, also to the page itself: where there is no content, a browser stays where it is. Refused, it would
    // leave for a page that says so.
    return first ? r.continue() : r.respond({ status: 204 });
  });
  return {
    async title(url) {
      wanted = url;
      await tab.goto(url, { waitUntil: 'domcontentloaded', timeout: 120000 });
      return tab.evaluate(() => document.title);
    },
    close: () => tab.close().catch(() => {}),
  };
}

let next = 0, equal = 0, different = 0, failed = 0;
// work asks for pages until none is left. A tab in which one has failed may still be at it, and is not used again.
async function work() {
  let tab = await newTab();
  while (next < urls.length) {
    const i = next++;
    let theirs;
    for (let tries = 2; theirs === undefined && tries > 0; tries--) {
      try {
        theirs = await tab.title(urls[i]);
      } catch (e) {
        if (tries === 1) console.log(`failed: ${names[i]}: ${e}`);
        await tab.close();
        tab = await newTab();
      }
    }
    if (theirs === undefined) {
      failed++;
    } else if (theirs === ours.get(urls[i])) {
      equal++;
    } else {
      different++;
      console.log(JSON.stringify({ name: names[i], ours: ours.get(urls[i]) ?? null, theirs }));
    }
    if (i % 500 === 499) console.error(`${i + 1} of ${urls.length}`);
  }
}
await Promise.all(Array.from({ length: 4 }, work));
await browser.close();
server.close();
console.log(`${names.length} pages: ${equal} titles equal, ${different} different, ${failed} failed in the browser`);
process.exitCode = different + failed > 0 ? 1 : 0;
