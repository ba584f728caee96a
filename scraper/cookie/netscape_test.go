package cookie

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
)

const file = "# Netscape HTTP Cookie File\r\n" +
	"# https://curl.se/docs/http-cookies.html\n" +
	"\n \t\n  # indented\n" +
	".a.example\tTRUE\t/\tFALSE\t0\tsession\t1\n" +
	"#HttpOnly_.a.example\tTRUE\t/x\tTRUE\t1900000000\thidden\ta\tb\n" +
	"www.a.example\tfalse\t/\tFALSE\t1900000000.75\tfraction\tx=y\r\n" +
	"www.a.example\tFALSE\t/\tFALSE\t1000000000\tover\t1\n" +
	"www.a.example\tFALSE\t/\tFALSE\t-1\tover\t1\n" +
	"WWW.B\u00dcCHER.example\tFALSE\t/\tFALSE\t\tempty\n" +
	"::1\tTRUE\t/\tFALSE\t99999999999999999999\tsix\t\n" +
	"com\tTRUE\t/\tFALSE\t0\tsuffix\t1\n" +
	"#HttpOnly\tno cookie\n" +
	"127.0.0.1\tTRUE\t/\tFALSE\t0\t\tnameless"

func TestReadNetscape(t *testing.T) {
	for _, mark := range []string{"", "\ufeff"} {
		var jar Jar
		if err := jar.ReadNetscape(strings.NewReader(mark+file), now); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range jar.all(now) {
			got = append(got, brief(c))
		}
		want := []string{
			"=nameless 127.0.0.1/",
			"six= [::1]/ until 9999-12-31T23:59:59",
			"session=1 a.example/ below",
			"hidden=a\tb a.example/x below secure httponly until 2030-03-17T17:46:40",
			"suffix=1 com/",
			"fraction=x=y www.a.example/ until 2030-03-17T17:46:40",
			"empty= www.xn--bcher-kva.example/",
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("\n got %q\nwant %q", got, want)
		}
		var b strings.Builder
		if err := jar.WriteNetscape(&b, now); err != nil {
			t.Fatal(err)
		}
		written := "# Netscape HTTP Cookie File\n" +
			"127.0.0.1\tFALSE\t/\tFALSE\t0\t\tnameless\n" +
			"[::1]\tFALSE\t/\tFALSE\t253402300799\tsix\t\n" +
			".a.example\tTRUE\t/\tFALSE\t0\tsession\t1\n" +
			"#HttpOnly_.a.example\tTRUE\t/x\tTRUE\t1900000000\thidden\ta\tb\n" +
			"com\tFALSE\t/\tFALSE\t0\tsuffix\t1\n" +
			"www.a.example\tFALSE\t/\tFALSE\t1900000000\tfraction\tx=y\n" +
			"www.xn--bcher-kva.example\tFALSE\t/\tFALSE\t0\tempty\t\n"
		if b.String() != written {
			t.Errorf("\n got %q\nwant %q", b.String(), written)
		}
		keeps(t, &jar)
	}
}

// keeps fails unless the jar's file makes the same jar.
func keeps(t testing.TB, j *Jar) {
	t.Helper()
	check(t, j)
	var b strings.Builder
	if err := j.WriteNetscape(&b, now); err != nil {
		t.Fatal(err)
	}
	var again Jar
	if err := again.ReadNetscape(strings.NewReader(b.String()), now); err != nil {
		t.Fatalf("%q: %v", b.String(), err)
	}
	check(t, &again)
	want := j.all(now)
	for i := range want {
		want[i].Plain = false // a file is the user's
	}
	if got := again.all(now); !reflect.DeepEqual(got, want) {
		t.Fatalf("%q\n got %+v\nwant %+v", b.String(), got, want)
	}
}

func TestReadNetscapeRefuses(t *testing.T) {
	for line, want := range map[string]string{
		"a.example TRUE / FALSE 0 a b":                                  "has 1 of the 7 fields of a cookie, which tabs divide",
		"a.example\tTRUE\t/\tFALSE\t0":                                  "has 5 of the 7 fields of a cookie, which tabs divide",
		"{\"cookies\": []}":                                             "has 1 of the 7 fields of a cookie, which tabs divide",
		"\tTRUE\t/\tFALSE\t0\ta\tb":                                     "the domain, field 1, is not a host name",
		"a.example:80\tTRUE\t/\tFALSE\t0\ta\tb":                         "the domain, field 1, is not a host name",
		"u@a.example\tTRUE\t/\tFALSE\t0\ta\tb":                          "the domain, field 1, is not a host name",
		"..a\tTRUE\t/\tFALSE\t0\ta\tb":                                  "the domain, field 1, is not a host name",
		"a b\tTRUE\t/\tFALSE\t0\ta\tb":                                  "the domain, field 1, is not a host name",
		"a.example\tyes\t/\tFALSE\t0\ta\tb":                             "field 2 must be TRUE or FALSE",
		"a.example\tTRUE\t/\t\t0\ta\tb":                                 "field 4 must be TRUE or FALSE",
		"a.example\tTRUE\tx\tFALSE\t0\ta\tb":                            `the path, field 3, must begin with "/"`,
		"a.example\tTRUE\t/\tFALSE\tnever\ta\tb":                        "the expiry, field 5, must be in seconds since 1970",
		"a.example\tTRUE\t/\tFALSE\tNaN\ta\tb":                          "the expiry, field 5, must be in seconds since 1970",
		"a.example\tTRUE\t/\tFALSE\t0\ta\tsecret\x01":                   "name, value or path hold what no cookie can",
		"a.example\tTRUE\t/\tFALSE\t0\ta\tsecret; b":                    "name, value or path hold what no cookie can",
		"a.example\tTRUE\t/\tFALSE\t0\t\t":                              "name, value or path hold what no cookie can",
		"a.example\tTRUE\t/\tFALSE\t0\ta\t" + strings.Repeat("b", 5000): "name and value are longer than 4096 bytes",
		"#" + strings.Repeat("b", maxLine):                              "longer than 64 KiB",
	} {
		var jar Jar
		err := jar.ReadNetscape(strings.NewReader("# comment\na.example\tTRUE\t/\tFALSE\t0\ta\tb\n"+line+"\n"), now)
		if err == nil || err.Error() != "line 3: "+want || len(jar.all(now)) != 0 {
			t.Errorf("%.100q: %v, want %s", line, err, want)
		}
	}
	var jar Jar
	broken := errors.New("broken")
	if err := jar.ReadNetscape(iotest.ErrReader(broken), now); err != broken {
		t.Errorf("got %v", err)
	}
}

// FuzzNetscape checks that whatever is read makes a file that is read as the
// same.
func FuzzNetscape(f *testing.F) {
	f.Add(file)
	f.Add("# Netscape HTTP Cookie File\n# This file is generated by yt-dlp.  Do not edit.\n\n.youtube.com\tTRUE\t/\tTRUE\t1758000000\tPREF\ttz=UTC\n")
	f.Add("#HttpOnly_www.example.com\tFALSE\t/\tTRUE\t0\t__Host-next-auth.csrf-token\tabc%7Cdef\n.example.com\tTRUE\t/\tFALSE\t2147483647\t_ga\tGA1.2.1.2\n")
	f.Add("localhost\tFALSE\t/\tFALSE\t0\ta\tb\r\n\r\n[::1]\tFALSE\t/\tFALSE\t1e99\ta\t\n.\tTRUE\t/\tFALSE\t0\ta\tb")
	f.Fuzz(func(t *testing.T, text string) {
		var jar Jar
		if jar.ReadNetscape(strings.NewReader(text), now) == nil {
			keeps(t, &jar)
		}
	})
}
