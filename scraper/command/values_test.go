package command

import (
	"math"
	"strings"
	"testing"
	"time"
)

func TestParseDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"30s": 30 * time.Second, "1m": time.Minute, "1m30s": 90 * time.Second, "250ms": 250 * time.Millisecond,
		"30": 30 * time.Second, "0.5": 500 * time.Millisecond, "1e2": 100 * time.Second, "24h": 24 * time.Hour,
	} {
		if got, err := parseDuration(text); got != want || err != nil {
			t.Errorf("parseDuration(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "0", "0s", "-1s", "-1", "soon", "1 s", "NaN", "Inf", "1e300", "1e-12", "86401", "24h1s", "9223372032"} {
		if got, err := parseDuration(text); err == nil {
			t.Errorf("parseDuration(%q) = %v, want an error", text, got)
		}
	}
}

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{
		"32m": 32 << 20, "32M": 32 << 20, "32MiB": 32 << 20, "32 MB": 32 << 20, "1k": 1024, "2g": 2 << 30,
		"1000000": 1000000, "1b": 1, "9223372036854775807": math.MaxInt64,
	} {
		if got, err := parseSize(text); got != want || err != nil {
			t.Errorf("parseSize(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "0", "m", "-1", "1.5m", "32x", "32mm", "9223372036854775808", "9000000000000g"} {
		if got, err := parseSize(text); err == nil {
			t.Errorf("parseSize(%q) = %v, want an error", text, got)
		}
	}
}

func TestParseRate(t *testing.T) {
	for text, want := range map[string]float64{
		"5": 5, "5/s": 5, "0.5/sec": 0.5, "10/second": 10, "120/m": 2, "90/min": 1.5, "60/minute": 1, "3600/h": 1, "1800/hour": 0.5,
		" 5 / S ": 5, "1e2/s": 100,
	} {
		if got, err := parseRate(text); got != want || err != nil {
			t.Errorf("parseRate(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "0", "0/s", "-1/s", "/s", "fast", "NaN", "Inf", "+Inf/h", "1e999", "5/d", "5/s/s", "5 per s", "5s"} {
		if got, err := parseRate(text); err == nil {
			t.Errorf("parseRate(%q) = %v, want an error", text, got)
		}
	}
}

func TestParsePercent(t *testing.T) {
	for text, want := range map[string]float64{
		"0": 0, "0%": 0, "30%": 0.3, "0.3": 0.3, "12.5 %": 0.125, "1": 1, "100%": 1, "1000%": 10, "10": 10,
	} {
		if got, err := parsePercent(text); got != want || err != nil {
			t.Errorf("parsePercent(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "%", "-1", "-1%", "NaN", "NaN%", "Inf", "1001%", "10.1", "30", "50%%", "half"} {
		if got, err := parsePercent(text); err == nil {
			t.Errorf("parsePercent(%q) = %v, want an error", text, got)
		}
	}
}

func TestParseSwitch(t *testing.T) {
	for text, want := range map[string]bool{
		"yes": true, "YES": true, "on": true, "true": true, "True": true, "t": true, "1": true,
		"no": false, "No": false, "off": false, "false": false, "F": false, "0": false,
	} {
		if got, err := parseSwitch(text); got != want || err != nil {
			t.Errorf("parseSwitch(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "y", "n", "maybe", "2", " yes"} {
		if got, err := parseSwitch(text); err == nil {
			t.Errorf("parseSwitch(%q) = %v, want an error", text, got)
		}
	}
}

// What the help says of a default can be typed as a value.
func TestShort(t *testing.T) {
	for d, want := range map[time.Duration]string{
		time.Minute: "1m", 30 * time.Second: "30s", 90 * time.Second: "1m30s", 10 * time.Minute: "10m", time.Hour: "1h0m", 250 * time.Millisecond: "250ms",
	} {
		got := short(d)
		if got != want {
			t.Errorf("short(%v) = %q, want %q", d, got, want)
		}
		if back, err := parseDuration(got); back != d || err != nil {
			t.Errorf("parseDuration(%q) = %v, %v; want %v", got, back, err, d)
		}
	}
}

func TestParseHeader(t *testing.T) {
	for _, test := range []struct{ text, name, value string }{
		{"Accept: a, b", "Accept", "a, b"},
		{"X:", "X", ""},
		{"Referer:https://example.com/", "Referer", "https://example.com/"},
	} {
		name, value, err := parseHeader(test.text)
		if name != test.name || value != test.value || err != nil {
			t.Errorf("parseHeader(%q) = %q, %q, %v", test.text, name, value, err)
		}
	}
	for _, text := range []string{"", "Accept", ": x", "a b: c", "X: a\nb", "X: \x00", "Host: a", "content-length: 3"} {
		if _, _, err := parseHeader(text); err == nil {
			t.Errorf("parseHeader(%q): want an error", text)
		}
	}
}

// A value that is refused is refused in one line that names flag, value and
// what is allowed.
func TestRefusedValues(t *testing.T) {
	for _, test := range []struct{ flag, value, want string }{
		{"procs", "0", `--procs "0": must be a whole number from 1 to 1024`},
		{"procs", "-1", `--procs "-1": must be a whole number from 1 to 1024`},
		{"procs", "-99999999999999999999", `--procs "-99999999999999999999": must be a whole number from 1 to 1024`},
		{"procs", "three", `--procs "three": must be a whole number from 1 to 1024`},
		{"procs", "5000", `--procs "5000": must be a whole number from 1 to 1024`},
		{"concurrency", "0", `--concurrency "0": must be a whole number from 1 to 65536`},
		{"concurrency", "99999999999999999999", `--concurrency "99999999999999999999": must be a whole number from 1 to 65536`},
		{"host-concurrency", "1.5", `--host-concurrency "1.5": must be a whole number from 1 to 65536`},
		{"retry", "-1", `--retry "-1": must be a whole number from 0 to 100`},
		{"timeout", "0", `--timeout "0": must be a time such as 30s, 1m or 0.5, more than zero, at most 24h`},
		{"max-filesize", "big", `--max-filesize "big": must be a size such as 32m, 512KiB or 1000000, more than zero`},
		{"fields", "url,titel", "--fields \"url,titel\": there is no key \"titel\"\nscrape: did you mean title?"},
		{"template", "{{.Statis}}", "--template \"{{.Statis}}\": there is no field \".Statis\"\nscrape: did you mean .Status?"},
		{"format", "xml", `--format "xml": must be text, jsonl, csv, tsv, parquet, sqlite or warc`},
		{"extract", "all", "--extract \"all\": column 1: there is no field all\nscrape: for the list: --extract help; a field of your own has a selector: all='…'"},
		{"progress", "no", `--progress "no": must be auto, always or never`},
		{"header", "Bearer token", `--header: must be "Name: value"`}, // the value may be secret
		{"header", "host: x", `--header: host is a header that each URL decides`},
		{"header", "Upgrade: x", `--header: Upgrade is a header that the connection itself decides`},
		{"header", "X-A: x\x1b", `--header: X-A must not hold control characters`},
		{"header", "Bearer token: x", `--header: the name of a header has letters, digits and hyphens`},
		{"header", "User-Agent: ", `--header: User-Agent must not be empty`},
		{"user-agent", "", `--user-agent "": must not be empty`},
		{"user-agent", "a\x1bb", `--user-agent "a\x1bb": must be a text without control characters`},
		{"output", "", `--output "": must not be empty`},
		{"jsonl", "maybe", `--jsonl "maybe": must be true or false`},
		{"no-robots", "maybe", `--no-robots "maybe": must be true or false`},
		{"compressed", "gzip", `--compressed "gzip": must be true or false`},
		{"request", "CONNECT", `--request "CONNECT": is for proxies`},
		{"request", "connect", `--request "connect": is for proxies`},
		{"request", "GET /", `--request "GET /": is not a token, as GET is`},
		{"request", "", `--request "": is not a token, as GET is`},
		{"data", "@secret", `--data: begins with @: a file is given as --data-file FILE`},
		{"data-file", "", `--data-file "": must not be empty`},
		{"user", "", `--user: must not be empty`},
		{"header", "@", `--header: must not be empty`},
		{"referer", "a\x1bb", `--referer "a\x1bb": Referer must not hold control characters`},
		{"cacert", "", `--cacert "": must not be empty`},
		{"save-cookies", "", `--save-cookies "": must not be empty`},
		{"max-redirs", "-1", `--max-redirs "-1": must be a whole number from 0 to 1000`},
		{"host-give-up", "1000001", `--host-give-up "1000001": must be a whole number from 0 to 1000000`},
		{"host-delay", "0", `--host-delay "0": must be a time such as 30s, 1m or 0.5, more than zero, at most 24h`},
		{"max-retry-after", "-1", `--max-retry-after "-1": must be a time such as 30s, 1m or 0.5, at most 24h, or 0`},
		{"max-retry-after", "1e-99", `--max-retry-after "1e-99": must be a time such as 30s, 1m or 0.5, at most 24h, or 0`},
		{"max-retry-after", "NaN", `--max-retry-after "NaN": must be a time such as 30s, 1m or 0.5, at most 24h, or 0`},
		{"jitter", "lots", `--jitter "lots": must be a share such as 30% or 0.3, at most 1000%`},
		{"jitter", "30", `--jitter "30": must be a share such as 30% or 0.3, at most 1000%`},
		{"rate", "0/s", `--rate "0/s": must be a rate such as 5/s, 100/m or 1/h, more than zero`},
		{"rate", "5/d", `--rate "5/d": must be a rate such as 5/s, 100/m or 1/h, more than zero`},
		{"max-time", "soon", `--max-time "soon": must be a time such as 30s, 1m or 0.5, more than zero, at most 24h`},
		{"speed-limit", "0", `--speed-limit "0": must be a size such as 32m, 512KiB or 1000000, more than zero`},
		{"proxy", "ftp://u:hush@127.0.0.1:1", `--proxy: a proxy of scheme "ftp" is not supported (http, https, socks5 and socks5h are)`},
		{"proxy", "http://u:hush@/", `--proxy: the proxy has no host (http://host:port is wanted)`},
		{"proxy", "http://u:hu sh@127.0.0.1:1\x7f", `--proxy: the proxy is no URL (http://host:port is wanted)`},
		{"proxy", "http://u:hush@127.0.0.1:1/path", `--proxy: the proxy 127.0.0.1:1 has more to its URL than a host and a port`},
		{"proxy", "http://u:hush@127.0.0.1:99999", `--proxy: the proxy's port is none (http://host:port is wanted)`},
		{"resolve", "a.example:80", `--resolve "a.example:80": no address (host:port:address[,address] is wanted)`},
	} {
		flag := "--" + test.flag
		if _, errs, code := call(t, nil, flag+"="+test.value, "http://127.0.0.1:1/"); code != exitUsage || errs != "scrape: "+test.want+"\n" {
			t.Errorf("%s=%s: exit %d: %s", flag, test.value, code, errs)
		}
		if test.value == "" {
			continue // an empty variable is as good as none
		}
		variable := findFlag(func(f *flagSpec) bool { return f.name == test.flag }).env()
		want := "scrape: " + variable + strings.TrimPrefix(test.want, flag) + "\n"
		if _, errs, code := call(t, map[string]string{variable: test.value}, "http://127.0.0.1:1/"); code != exitUsage || errs != want {
			t.Errorf("%s=%s: exit %d: %s", variable, test.value, code, errs)
		}
	}
}
