package command

import (
	"strings"
	"testing"
)

// What is nearly one of ours is refused; what may be somebody else's has no effect.
func TestMistypedVariables(t *testing.T) {
	for environ, want := range map[string]string{
		"SCRAPE_TIMEOT=5s":                      "SCRAPE_TIMEOT: there is no such variable; did you mean SCRAPE_TIMEOUT?",
		"SCRAPE_MAX_FILE_SIZE=1m":               "SCRAPE_MAX_FILE_SIZE: there is no such variable; did you mean SCRAPE_MAX_FILESIZE?",
		"SCRAPE_PASWORD=hush":                   "SCRAPE_PASWORD: there is no such variable; did you mean SCRAPE_PASSWORD?",
		"SCRAPE_RATES=1/s":                      "SCRAPE_RATES: there is no such variable; did you mean SCRAPE_RATE?",
		"SCRAPE_CONCURENCI=9":                   "SCRAPE_CONCURENCI: there is no such variable; did you mean SCRAPE_CONCURRENCY?",
		"SCRAPE_DATE=2026-12-01 SCRAPE_LOGS=x":  "", // which somebody may have for scripts around it
		"SCRAPE_OUT=x SCRAPE_DEBUG=1":           "",
		"SCRAPE_WORKERS=4":                      "",
		"SCRAPE_TIMEOT=":                        "",
		"SCRAPE_TIMEOUT=5s SCRAPE_PASSWORD=x":   "",
		"scrape_timeot=5s SCRAPER_TIMEOT=5s":    "",
		"SCRAPE_LIST=urls.txt SCRAPE_VERSION=1": "",
		"SCRAPE_SERVICE_HOST=10.0.0.1 SCRAPE_SERVICE_PORT=80 SCRAPE_PORT=tcp://10.0.0.1:80 SCRAPE_PORT_80_TCP=x SCRAPE_PORT_80_TCP_PROTO=tcp": "",
		"SCRAPE_TEST_MEMORY_URLS=1 SCRAPE_TEST_RESUME_KILLS=1 SCRAPE_REPORT_RECORDS=1 SCRAPE_BENCH_PAGES=x SCRAPE_TEST_ROOT=1":                "",
	} {
		got := ""
		if err := checkVariables(strings.Fields(environ)); err != nil {
			f := err.(*failure)
			got = f.text + "; " + f.hint
		}
		if got != want || strings.Contains(got, "hush") {
			t.Errorf("%s: %q, want %q", environ, got, want)
		}
	}
}

// Every variable that there is, is no mistake of another.
func TestVariablesAreKnown(t *testing.T) {
	for i := range flagTable() {
		if name := flagTable()[i].env(); name != "" {
			if err := checkVariables([]string{name + "=x"}); err != nil {
				t.Error(err)
			}
		}
	}
}
