package scraper_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// allowed are the arrows between our packages, each pointing one way. What a
// package does not need it must not know.
var allowed = map[string]string{
	"scrape":                       "pool scraper/command",
	"scrape/pool":                  "",
	"scrape/results":               "",
	"scrape/scraper":               "pool results scraper/cookie scraper/fetch scraper/fetch/resolve scraper/frontier scraper/header scraper/list scraper/netrc scraper/robots scraper/weburl scraper/worker",
	"scrape/scraper/command":       "results scraper scraper/demo scraper/weburl",
	"scrape/scraper/cookie":        "scraper/weburl",
	"scrape/scraper/demo":          "results scraper",
	"scrape/scraper/extract":       "",
	"scrape/scraper/fetch":         "results scraper/fetch/resolve scraper/weburl",
	"scrape/scraper/fetch/resolve": "scraper/weburl",
	"scrape/scraper/frontier":      "results",
	"scrape/scraper/header":        "",
	"scrape/scraper/list":          "scraper/header scraper/weburl",
	"scrape/scraper/netrc":         "",
	"scrape/scraper/robots":        "",
	"scrape/scraper/weburl":        "",
	"scrape/scraper/worker":        "pool results scraper/cookie scraper/extract scraper/fetch scraper/robots scraper/weburl",
}

func TestImportsPointOneWay(t *testing.T) {
	list := exec.Command("go", "list", "-json=ImportPath,Imports", "scrape/...")
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	packages := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := packages.Decode(&p); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
		may, known := allowed[p.ImportPath]
		if !known {
			t.Errorf("%s has no place in the structure yet", p.ImportPath)
		}
		for _, path := range p.Imports {
			if own, ok := strings.CutPrefix(path, "scrape/"); ok && !slices.Contains(strings.Fields(may), own) {
				t.Errorf("%s must not import %s", p.ImportPath, path)
			}
		}
	}
}
