package robots

import (
	"bytes"
	"strings"
	"testing"
)

// realFiles are in the style of well-known sites.
var realFiles = []string{
	// An encyclopedia: many products, comments, non-ASCII pages in both ways.
	`# robots.txt for http://www.example.org/ and friends
#
# Please note: There are a lot of pages on this site, and there are
# some misbehaved spiders out there that go _way_ too fast.

User-agent: MJ12bot
Disallow: /

# Crawlers that are kind enough to obey, but which we'd rather not have
User-agent: UbiCrawler
Disallow: /

User-agent: DOC
Disallow: /

User-agent: *
Allow: /w/api.php?action=mobileview&
Allow: /w/load.php?
Allow: /api/rest_v1/?doc
Disallow: /w/
Disallow: /api/
Disallow: /trap/
Disallow: /wiki/Special:
Disallow: /wiki/Spezial:
Disallow: /wiki/Spesial%3A
Disallow: /wiki/Sp%C3%A9cial:
Disallow: /wiki/Wikipedia:Artikelwünsche
Disallow: /wiki/%CE%95%CE%B9%CE%B4%CE%B9%CE%BA%CF%8C:Search
Disallow: /wiki/特別:Search
`,
	// A shop: wildcards, ends, exceptions, delays, sitemaps, CRLF and a BOM.
	"\ufeff" + strings.ReplaceAll(`User-agent: *
Disallow: /exec/obidos/account-access-login
Disallow: /gp/cart
Allow: /gp/cart/view.html$
Disallow: /*/dp/*/offers
Disallow: /*?*sort=
Disallow: /*?*filter[price]=
Disallow: /*&sid=
Disallow: /search$
Disallow: /gp/aw/cr/*/ref=
Disallow: *.pdf$
Crawl-delay: 0.5

User-agent: scrape
User-agent: EtaoSpider
Disallow: /
Allow: /hz/wishlist/universal*
Allow: /wishlist/index.html
Allow: /%7Esellers/
Crawl-delay:10

Sitemap: https://www.example.com/sitemap_index.xml
Sitemap: https://www.example.com/maps/products.xml.gz?d=1
`, "\n", "\r\n"),
	// A blog: what the popular engines write.
	`User-Agent: *
Disallow: /wp-admin/
Allow: /wp-admin/admin-ajax.php
Disallow: /?s=
Disallow: /*/feed/$
Disallow: /index.php?*
Noindex: /tag/
Host: blog.example
Clean-param: utm_source&utm_medium /

User-agent: GPTBot
Disallow: /
Content-Signal: search=yes,ai-train=no

sitemap: https://blog.example/wp-sitemap.xml
`,
	// Written by hand, badly.
	"useragent: * # everyone\rDissallow /cgi-bin\r\rDisalow: private\rdisallow: /my files/100%\r" +
		"Crawl-Delay: 1,5\ruser-agent: Scrape/2.0\rdisallow:\rsite-map: http://h/a b\r",
	// No robots.txt at all.
	`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>404: Not Found</title>
<style>a:hover{color:#f00}</style></head>
<body><p>User-agent: *<br>Disallow: /</body></html>
`,
	"User-agent: *\nDisallow:",
	"User-agent: scrape\x00\nDisallow: /\xff\xfe*\x00$\nAllow: /$*%\n",
}

var realTargets = []string{
	"/", "/wiki/Special:Search", "/wiki/%e7%89%b9%E5%88%A5:Search?x", "/w/load.php?a=b%26c", "/gp/cart/view.html",
	"/a/dp/b/offers?sort=%3A%2f", "/x.pdf", "/~sellers/", "/my%20files/100%25", "/%24*$%", "/wishlist/", "", "?", "*", "\xff",
}

func FuzzParse(f *testing.F) {
	for i, file := range realFiles {
		f.Add([]byte(file), realTargets[2*i])
		f.Add([]byte(file), realTargets[2*i+1])
	}
	f.Fuzz(func(t *testing.T, file []byte, target string) {
		rules, err := Parse(bytes.NewReader(file), ours)
		if err != nil {
			t.Fatal(err)
		}
		// A pattern is at most three times as long as in the file, and those of
		// index pages are there twice.
		if size := rules.Size(); size > 6*len(file)+len(file)/len("allow /")*64+200 {
			t.Errorf("%d bytes of rules come from %d", size, len(file))
		}
		if rules.CrawlDelay < 0 || rules.CrawlDelay > MaxCrawlDelay || len(rules.Sitemaps) > maxSitemaps {
			t.Errorf("%v, %q", rules.CrawlDelay, rules.Sitemaps)
		}
		read := crosses(t, rules)
		if len(file) > 10_000 || len(target) > 100 {
			read.Allowed(target)
			return // the slow way takes too long, and may take more than maxWork
		}
		if !strings.HasPrefix(target, "/") {
			target = "/" + target
		}
		agrees(t, read, target)
		for i := range read.rules {
			if ok, rule := read.Allowed(read.rules[i].pattern); ok && rule == (Rule{}) && read.rules[i].pattern != "/robots.txt" && !strings.ContainsAny(read.rules[i].pattern, "*$") {
				t.Errorf("%q does not match itself", read.rules[i].pattern)
			}
		}
	})
}

func FuzzUnmarshal(f *testing.F) {
	for _, file := range realFiles {
		b, err := parse(f, file, ours).AppendBinary(nil)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b, "/wiki/%41b?c=%3A")
	}
	f.Fuzz(func(t *testing.T, b []byte, target string) {
		var r Rules
		if r.UnmarshalBinary(b) != nil {
			return
		}
		if size := r.Size(); size > 64*len(b)+200 {
			t.Errorf("%d bytes of rules come from %d", size, len(b))
		}
		r.Allowed(target)
		if again, err := r.AppendBinary(nil); err != nil || !bytes.Equal(again, b) {
			t.Errorf("%q became %q, %v", b, again, err)
		}
	})
}
