package document

import (
	"net/http"
	"testing"
)

func TestLang(t *testing.T) {
	header := func(values ...string) http.Header { return http.Header{"Content-Language": values} }
	for _, c := range []struct {
		contentType, body string
		header            http.Header
		want              string
	}{
		{"text/html", "<!doctype html><!-- <html lang=x> --><HTML Lang=' en-GB '>", header("de"), "en-GB"},
		{"text/html", "<html xml:lang=fr>", nil, "fr"},
		{"text/html", "<html lang=''>", header("de"), "de"},
		{"text/html", "<p lang=fr>x<html lang=en>", nil, "en"}, // which a browser gives the html element, too
		{"text/html", "<html lang=' ' xml:lang=fr><body><html xml:lang=de>", nil, "fr"},
		{"text/html", "<html xml:lang=fr><body><html lang=de>", nil, "de"},
		{"text/html", "<title>x</title><html lang=de>", nil, "de"},
		{"text/html", "<p lang=fr>x<!--<html lang=en>--><template><html lang=it></template>", nil, ""},
		{"text/html", "<html><meta http-equiv=Content-Language content=' en-US '>", header("de"), "en-US"},
		{"text/html", "<meta http-equiv=content-language content='fr, de'><meta http-equiv=content-language content=it>", header("de"), "it"},
		{"text/html", "<meta http-equiv=content-language content='fr, de'>", header("de"), "de"},
		{"text/html", "<meta http-equiv=content-language content=fr><html lang=en>", nil, "en"},
		{"application/xhtml+xml", "<html xmlns='http://www.w3.org/1999/xhtml' xml:lang='fr'/>", nil, "fr"},
		{"text/html", "", header("de, fr"), ""},
		{"text/html", "", header("de", "fr"), ""},
		{"text/html", "", nil, ""},
		{"application/json", "{}", header(" pt-BR "), "pt-BR"},
		{"application/xml", "<html lang=en/>", nil, ""},
	} {
		d := New(t.Context(), Source{Header: c.header, ContentType: c.contentType, Body: []byte(c.body)})
		if got := d.Lang(); got != c.want {
			t.Errorf("%q, %v: got %q, want %q", c.body, c.header, got, c.want)
		}
	}
}
