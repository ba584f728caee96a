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
	"scrape":                                       "pool scraper/command",
	"scrape/pool":                                  "",
	"scrape/results":                               "",
	"scrape/scraper":                               "pool results scraper/cookie scraper/earlier scraper/extract scraper/extract/filter scraper/fetch scraper/fetch/resolve scraper/frontier scraper/header scraper/list scraper/netrc scraper/order scraper/robots scraper/weburl scraper/worker",
	"scrape/scraper/command":                       "results results/bodies results/parquet results/report results/sqlite scraper scraper/demo scraper/journal scraper/lock scraper/metrics scraper/nearest scraper/output scraper/runlog scraper/state scraper/weburl",
	"scrape/scraper/cookie":                        "scraper/weburl",
	"scrape/scraper/demo":                          "results scraper",
	"scrape/scraper/directory":                     "",
	"scrape/scraper/earlier":                       "results scraper/lineset scraper/list",
	"scrape/scraper/extract":                       "scraper/extract/charset scraper/extract/document scraper/extract/feed scraper/extract/filter scraper/extract/head scraper/extract/links scraper/extract/markup scraper/extract/prose scraper/extract/rule scraper/extract/schema scraper/extract/structure scraper/extract/xhtml scraper/nearest scraper/rawjson scraper/weburl",
	"scrape/scraper/extract/charset":               "scraper/extract/markup",
	"scrape/results/parquet":                       "results",
	"scrape/results/report":                        "results",
	"scrape/results/resultstest":                   "results",
	"scrape/results/sqlite":                        "results results/sqlite/conn",
	"scrape/results/sqlite/conn":                   "",
	"scrape/results/bodies":                        "results",
	"scrape/results/warc":                          "results",
	"scrape/scraper/extract/document/documenttest": "scraper/extract/document scraper/weburl",
	"scrape/scraper/extract/document":              "scraper/extract/charset scraper/extract/markup scraper/extract/xhtml scraper/weburl",
	"scrape/scraper/extract/feed":                  "scraper/extract/document scraper/extract/filter scraper/extract/markup scraper/weburl",
	"scrape/scraper/extract/filter":                "scraper/extract/pattern scraper/nearest scraper/weburl",
	"scrape/scraper/extract/head":                  "scraper/extract/document scraper/extract/filter scraper/extract/markup scraper/header scraper/weburl",
	"scrape/scraper/extract/links":                 "scraper/extract/document scraper/extract/markup scraper/weburl",
	"scrape/scraper/extract/markup":                "",
	"scrape/scraper/extract/pattern":               "",
	"scrape/scraper/extract/prose":                 "scraper/extract/document scraper/extract/filter scraper/extract/markup scraper/weburl",
	"scrape/scraper/extract/rule":                  "scraper/extract/document scraper/extract/filter scraper/extract/head scraper/extract/markup scraper/extract/pattern scraper/extract/xhtml scraper/nearest scraper/weburl",
	"scrape/scraper/extract/schema":                "scraper/extract/document scraper/extract/filter scraper/extract/head scraper/extract/rule scraper/nearest scraper/weburl",
	"scrape/scraper/extract/structure":             "scraper/extract/document scraper/extract/filter scraper/extract/markup scraper/weburl",
	"scrape/scraper/extract/xhtml":                 "",
	"scrape/scraper/fetch":                         "results scraper/fetch/resolve scraper/weburl",
	"scrape/scraper/fetch/resolve":                 "scraper/weburl",
	"scrape/scraper/frontier":                      "results scraper/tempfile",
	"scrape/scraper/header":                        "",
	"scrape/scraper/journal":                       "results scraper/directory scraper/lineset",
	"scrape/scraper/lineset":                       "",
	"scrape/scraper/list":                          "scraper/header scraper/rawjson scraper/weburl",
	"scrape/scraper/lock":                          "",
	"scrape/scraper/metrics":                       "results scraper",
	"scrape/scraper/nearest":                       "",
	"scrape/scraper/order":                         "results scraper/tempfile",
	"scrape/scraper/output":                        "results results/parquet results/sqlite results/warc scraper/directory",
	"scrape/scraper/netrc":                         "",
	"scrape/scraper/rawjson":                       "",
	"scrape/scraper/robots":                        "",
	"scrape/scraper/runlog":                        "results scraper",
	"scrape/scraper/state":                         "results results/sqlite/conn scraper/fetch",
	"scrape/scraper/tempfile":                      "",
	"scrape/scraper/weburl":                        "",
	"scrape/scraper/worker":                        "pool results results/bodies scraper/cookie scraper/extract scraper/fetch scraper/robots scraper/tempfile scraper/weburl",
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
