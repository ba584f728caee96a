package links_test

import (
	"testing"

	"scrape/scraper/extract/document/documenttest"
	"scrape/scraper/extract/links"
)

func TestImages(t *testing.T) {
	for markup, want := range map[string]string{
		"<img><img src><img src=data:,x alt=y>":                                                               `null`,
		"<IMG SRC=' a.png ' ALT=' b\n c ' width=10 height=20px loading=LAZY>":                                 `[{"url":"http://www.example.com/dir/a.png","alt":"b c","width":10,"height":20,"loading":"lazy"}]`,
		"<img src=a width=50% height=-1 loading=x><img src=b width=99999999999999999999>":                     `[{"url":"http://www.example.com/dir/a"},{"url":"http://www.example.com/dir/b"}]`,
		"<img src=a data-src=b><img src=data:image/gif;base64,R data-src=c><img data-lazy-src=d data-src=''>": `[{"url":"http://www.example.com/dir/a"},{"url":"http://www.example.com/dir/c"},{"url":"http://www.example.com/dir/d"}]`,
		"<img src=a srcset='b 1x, c.png 2x,d 640w 480h , e bad, f (,) , g'>":                                  `[{"url":"http://www.example.com/dir/a","srcset":[{"url":"http://www.example.com/dir/b","density":1},{"url":"http://www.example.com/dir/c.png","density":2},{"url":"http://www.example.com/dir/d","width":640},{"url":"http://www.example.com/dir/g"}]}]`,
		"<img srcset='a,b, c'>": `[{"url":"http://www.example.com/dir/a,b","srcset":[{"url":"http://www.example.com/dir/a,b"},{"url":"http://www.example.com/dir/c"}]}]`,
		"<picture><source srcset='a 1x'><source srcset=b><img src=c srcset=d></picture><source srcset=e><img src=f>":                                  `[{"url":"http://www.example.com/dir/c","srcset":[{"url":"http://www.example.com/dir/a","density":1},{"url":"http://www.example.com/dir/b"},{"url":"http://www.example.com/dir/d"}]},{"url":"http://www.example.com/dir/f"}]`,
		"<template><img src=a></template><noscript><img src=b></noscript><!--<img src=c>--><script>'<img src=d>'</script><svg><image href=e /></svg>": `null`,
		"<img src=a src=b alt=''>":                             `[{"url":"http://www.example.com/dir/a"}]`,
		"<img src=a srcset='b infx, c NaNx, d 1e999x, e -1w'>": `[{"url":"http://www.example.com/dir/a"}]`,
	} {
		documenttest.Check(t, links.Images, markup, want)
	}
}
