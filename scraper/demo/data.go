package demo

import (
	"net/http"
	"strings"

	"scrape/results"
)

// The pages here are there to take data out of, as README.md shows.

const shopPage = `<!doctype html>
<html lang=en>
<meta charset=utf-8>
<title>Tea pot "Aurora" – The Small Shop</title>
<meta name=description content="A tea pot of grey stoneware, for four cups.">
<meta property="og:type" content="product">
<meta property="og:image" content="/pot.png">
<meta name="twitter:card" content="summary">
<meta name=robots content="noarchive, max-image-preview:large">
<link rel=canonical href="/shop">
<link rel=alternate hreflang=de href="/de/shop">
<link rel=alternate type="application/rss+xml" title="New in the shop" href="/feed.xml">
<script type="application/ld+json">
{"@context": "https://schema.org", "@type": "Product", "name": "Tea pot Aurora", "sku": "TP-104",
 "offers": {"@type": "Offer", "price": "34.50", "priceCurrency": "EUR"}}
</script>
<nav><a href="/">Home</a> <a href="/article">How we glaze</a></nav>
<form action="/search"><input type=search name=q placeholder="Search"></form>
<main>
<h1>Tea pot <em>Aurora</em></h1>
<p class=price>34,50 €</p>
<p>Article no. TP-104, in stock since <time datetime=2026-10-02>2 October 2026</time>.
<p><img src="/pot.png" alt="A grey tea pot" width=320 height=240>
<ul><li class=tag>stoneware<li class=tag>grey<li class=tag>dishwasher</ul>
<h2>Elsewhere</h2>
<table class=offers>
<tr><th>Shop<th>Price<th>
<tr><td class=shop>Kettle &amp; Co<td class=price>36,00 €<td><a href="/kettle?id=104">to the shop</a>
<tr><td class=shop>Leaf House<td class=price>1.029,00 €<td><a href="//leaf.example/104" rel=nofollow>to the shop</a>
</table>
<p itemscope itemtype="https://schema.org/Person">Glazed by <span itemprop=name>Ida Holm</span>.
<p>Questions? <a href="mailto:shop@example.com">shop@example.com</a>
</main>
`

const articlePage = `<!doctype html>
<html lang=en>
<meta charset=utf-8>
<title>How we glaze – The Small Shop</title>
<meta name=author content="Ida Holm">
<meta property="article:published_time" content="2026-09-14T08:30:00+02:00">
<meta property="article:modified_time" content="2026-09-20">
<nav><a href="/">Home</a> <a href="/shop">Shop</a></nav>
<article>
<h1>How we glaze</h1>
<p>Every pot is dipped twice. The first bath is thin as milk, and seals the clay; the second is thick as cream, and
brings the colour. Between the two lies a night on the shelf, since a wet pot takes no second coat, however long one
holds it under.
<p>The kiln does the rest. It is heated slowly, over nine hours, to <b>1,260 °C</b>, and left alone for as long again.
Whoever opens it early hears the glaze crack, a sound like thin ice, and can begin anew. We have learnt to wait, and to
have <a href="/shop">something else</a> to do meanwhile.
<p>What comes out is never quite what went in. Iron in the clay bleeds through the grey, here more, there less, so that
no two pots are alike. That is not a fault of the process: it is the reason why we still do it by hand.
</article>
<footer>The Small Shop, 2026</footer>
`

const feedPage = `<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel>
<title>New in the shop</title><link>/shop</link><description>What came out of the kiln</description>
<item><title>Tea pot Aurora</title><link>/shop</link><guid>TP-104</guid><pubDate>Fri, 02 Oct 2026 09:00:00 +0200</pubDate></item>
<item><title>How we glaze</title><link>/article</link><guid>A-7</guid><pubDate>Mon, 14 Sep 2026 08:30:00 +0200</pubDate></item>
</channel></rss>
`

const stockJSON = `{"article": "TP-104", "stock": 7, "offers": [{"shop": "Kettle & Co", "price": 36.0}, {"shop": "Leaf House", "price": 1029.0}]}
`

// picture is a PNG of one grey point.
const picture = "\x89PNG\x0d\x0a\x1a\x0a\x00\x00\x00\x0dIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~\x9bU" +
	"\x00\x00\x00\x0aIDATx\x9c\x63h\x00\x00\x00\x82\x00\x81w\xcdr\xb6\x00\x00\x00\x00IEND\xae\x42`\x82"

// dataPages are the section of the list about them.
func dataPages() section {
	const html = "text/html; charset=utf-8"
	titleOf := func(page string) string {
		_, rest, _ := strings.Cut(page, "<title>")
		title, _, _ := strings.Cut(rest, "</title>")
		return title
	}
	untitled := Want{Outcome: results.Scraped, Status: http.StatusOK}
	return section{"what data can be taken out of: --extract help tells more", []entry{
		{path: "/shop", serve: content(html, []byte(shopPage)), want: titled(titleOf(shopPage))},
		{path: "/article", serve: content(html, []byte(articlePage)), want: titled(titleOf(articlePage))},
		{path: "/feed.xml", serve: content("application/rss+xml", []byte(feedPage)), want: untitled},
		{path: "/stock.json", serve: content("application/json", []byte(stockJSON)), want: untitled},
		{path: "/pot.png", serve: content("image/png", []byte(picture)), want: untitled},
	}}
}
