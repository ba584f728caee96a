// The text of pages as Mozilla's own Readability has it, for compare's flag -js:
//
//	node readability.mjs DIRECTORY [PAGES] > readability.jsonl
import fs from 'node:fs';
import { JSDOM, VirtualConsole } from 'jsdom';
import { Readability } from '@mozilla/readability';
import { pageNames } from './pages.mjs';

const [dir, n] = process.argv.slice(2);
for (const file of pageNames(dir, Number(n))) {
  let line;
  try {
    const dom = new JSDOM(fs.readFileSync(file), { url: 'http://pages.example/', contentType: 'text/html', virtualConsole: new VirtualConsole() });
    const article = new Readability(dom.window.document).parse();
    // textContent has nothing between blocks: "one</p><p>two" would be one word.
    let text = '';
    if (article) {
      const body = JSDOM.fragment(article.content.replace(/<(?=[a-z/]*(?:p|div|br|li|t[dhr]|h[1-6]|pre|dt|dd|section|tr)\b)/gi, ' <'));
      text = body.textContent;
    }
    line = { file, text };
    dom.window.close();
  } catch (e) {
    line = { file, error: String(e) };
  }
  process.stdout.write(JSON.stringify(line) + '\n');
}
