package head_test

// article is a page with all that a page says of itself.
const article = `<!DOCTYPE html>
<html lang="en-GB" prefix="og: https://ogp.me/ns#">
<head>
<meta charset="utf-8">
<title>How bridges are built</title>
<base href="https://www.example.com/news/">
<meta name="description" content="  What holds a bridge &amp; why.
  In four parts. ">
<meta name="author" content="Ada Example">
<meta name="robots" content="index, follow, max-snippet:-1, max-image-preview:large">
<meta name="googlebot" content="NOARCHIVE">
<link rel="canonical" href="bridges">
<link rel="alternate" type="application/rss+xml" title="News" href="/feed">
<link rel="alternate" hreflang="de" href="/de/bruecken">
<link rel="alternate" hreflang="x-default" href="/bridges">
<link rel="stylesheet" href="/a.css">
<meta property="og:type" content="article">
<meta property="og:title" content="How bridges are built">
<meta property="og:image" content="https://www.example.com/a.jpg">
<meta property="og:image:width" content="1200">
<meta property="og:image" content="/b.jpg">
<meta property="article:published_time" content="2024-03-01T08:30:00+01:00">
<meta name="twitter:card" content="summary">
<script type="application/ld+json">
{"@context": "https://schema.org", "@graph": [
  {"@type": "WebPage", "@id": "#page", "dateModified": "2024-03-05"},
  {"@type": "Person", "@id": "#ada", "name": "Ada Example"}
]}
</script>
</head>
<body>
`
