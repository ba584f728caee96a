#!/usr/bin/env python3
"""Tables, links and JSON-LD of pages beside what lxml has of them.

    SCRAPE=scrape python3 tables.py DIRECTORY [PAGES]

Rows of tables count as equal with the same texts in the same columns, white space aside, for tables that are in no
other and have none inside; links with the same address once both are unescaped; JSON-LD with the same values. lxml
reads HTML by the rules of libxml2, not of browsers: on broken pages it has another tree.
"""
import collections, functools, http.server, json, os, re, subprocess, sys, tempfile, threading
from urllib.parse import unquote, urljoin, urlsplit

import lxml.html


def page_names(directory, n):
    names = sorted(os.path.join(base, f) for base, _, files in os.walk(directory) for f in files
                   if re.search(r"\.html?$", f, re.I))
    if not names:
        sys.exit(directory + " has no HTML page")
    return [names[i * len(names) // n] for i in range(n)] if 0 < n < len(names) else names


class Pages(http.server.BaseHTTPRequestHandler):
    """Serves the pages by their numbers."""
    protocol_version = "HTTP/1.1"
    names = []

    def do_GET(self):
        m = re.fullmatch(r"/(\d+)\.html", self.path)
        body = open(self.names[int(m[1])], "rb").read() if m else b""
        self.send_response(200 if m else 404)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def scrape(names):
    """Ours, by number."""
    Pages.names = names
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    origin = "http://127.0.0.1:%d/" % server.server_port
    ours = {}
    with tempfile.TemporaryDirectory() as work:
        urls, out = os.path.join(work, "urls.txt"), os.path.join(work, "out.jsonl")
        with open(urls, "w") as f:
            f.writelines("%s%d.html\n" % (origin, i) for i in range(len(names)))
        code = subprocess.call([os.environ.get("SCRAPE", "scrape"), urls, "-q", "-j", "-o", out, "--no-robots", "--timeout", "2m",
                                "--extract", "tables,links,jsonld", "--max-field", "64m"])
        if code > 1:
            sys.exit("scrape ended with %d" % code)
        for line in open(out, encoding="utf-8"):
            r = json.loads(line)
            ours[int(re.search(r"/(\d+)\.html", r["url"])[1])] = r
    server.shutdown()
    return origin, ours


squeeze = functools.partial(re.sub, r"\s+", "")


def number(text, most):
    try:
        return max(0, min(most, int(text or 1)))
    except ValueError:
        return 1


def grid(table):
    """The rows of a table, spans resolved, tfoot last."""
    sections = []
    for tag in "thead", "tbody", "tfoot":
        sections += [[r for r in s if r.tag == "tr"] for s in table if s.tag == tag]
        if tag == "tbody":
            sections.append([r for r in table if r.tag == "tr"])
    rows = []
    for section in sections:
        below = {}  # column: rows still to fill, and with what
        for tr in section:
            row = {x: text for x, (_, text) in below.items()}
            below = {x: (n - 1, text) for x, (n, text) in below.items() if n > 1}
            x = 0
            for cell in tr:
                if cell.tag not in ("td", "th"):
                    continue
                while x in row:
                    x += 1
                spans = number(cell.get("rowspan"), 65534) or 65534
                text = squeeze("".join(cell.xpath(".//text()[not(ancestor::script or ancestor::style)]")))
                for _ in range(max(1, number(cell.get("colspan"), 1000))):
                    row[x] = text
                    if spans > 1:
                        below[x] = (spans - 1, text)
                    x += 1
            rows.append(stripped(row.get(i, "") for i in range(max(row, default=-1) + 1)))
    return [r for r in rows if r]


def stripped(row):
    row = list(row)
    while row and not row[-1]:
        row.pop()
    return tuple(row)


def our_rows(record):
    rows = []
    for t in record.get("data", {}).get("tables") or []:
        for r in [t.get("columns") or []] + t["rows"]:
            rows.append(stripped(squeeze(cell or "") for cell in r))
    return rows


def their_rows(doc):
    alone = [t for t in doc.iter("table") if not t.xpath("ancestor::table") and not t.xpath(".//table")]
    return [row for t in alone for row in grid(t)]


def address(url):
    parts = urlsplit(url)
    return unquote(parts._replace(path=parts.path or "/").geturl()) if parts.scheme in ("http", "https") else ""


def our_links(record):
    return [a for a in (address(link["url"]) for link in record.get("links") or []) if a]


def their_links(doc, url):
    for base in doc.xpath("//base[@href]")[:1]:
        url = urljoin(url, base.get("href").strip())
    found = []
    for a in doc.xpath("//*[self::a or self::area][@href][not(ancestor::svg or ancestor::template or ancestor::noscript)]"):
        try:
            found.append(address(urljoin(url, re.sub(r"[\t\n\r]", "", a.get("href")).strip(" \f"))))
        except ValueError:
            pass  # no address
    return [a for a in found if a]


def values(text):
    """What one script has, which may be a list."""
    try:
        return [json.loads(text)]
    except ValueError:
        return []


def our_data(record):
    return [json.dumps(v, sort_keys=True) for v in record.get("data", {}).get("jsonld") or []]


def their_data(doc):
    return [json.dumps(v, sort_keys=True) for s in doc.xpath('//script[@type="application/ld+json"]') for v in values(s.text or "")]


def main():
    names = page_names(sys.argv[1], int((sys.argv + ["0", "0"])[2]))
    origin, ours = scrape(names)
    want, equal, extra, missing = (collections.Counter() for _ in range(4))
    worst = {what: [] for what in ("rows", "links", "JSON-LD")}
    skipped = 0
    for i, name in enumerate(names):
        body, record = open(name, "rb").read(), ours.get(i)
        if record is None or record["outcome"] != "scraped":
            missing["pages"] += 1
            print("not scraped:", name)
            continue
        try:  # each by the charset that ours has found, or none
            doc = lxml.html.document_fromstring(body.decode(record.get("charset") or "utf-8").encode(),
                                                parser=lxml.html.HTMLParser(encoding="utf-8", huge_tree=True))
        except (LookupError, UnicodeDecodeError, ValueError, lxml.etree.LxmlError):
            skipped += 1
            continue
        for what, have, wanted in (
            ("rows", our_rows(record), their_rows(doc)),
            ("links", our_links(record), their_links(doc, origin + "%d.html" % i)),
            ("JSON-LD", our_data(record), their_data(doc)),
        ):
            have, wanted = collections.Counter(have), collections.Counter(wanted)
            lost = wanted - have
            want[what] += sum(wanted.values())
            equal[what] += sum((wanted & have).values())
            extra[what] += sum((have - wanted).values())
            if lost or what != "rows" and have - wanted:
                worst[what].append((sum(lost.values()) + sum((have - wanted).values()), name, list(lost)[:1], list(have - wanted)[:1]))
    print("%d pages, %d that lxml does not read, %d not scraped" % (len(names), skipped, missing["pages"]))
    for what, pages in worst.items():
        # Rows of nested tables are ours alone: they are not compared.
        beside = "" if what == "rows" else ", %d of ours alone" % extra[what]
        share = equal[what] / want[what] if want[what] else 1
        print("\n%s: %d of %d (%.4f)%s; pages with a difference: %d" % (what, equal[what], want[what], share, beside, len(pages)))
        for n, name, lost, more in sorted(pages, reverse=True)[:10]:
            print("  %d %s\n    only lxml %.200s\n    only ours %.200s" % (n, name, lost, more))


main()
