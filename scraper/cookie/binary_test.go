package cookie

import (
	"reflect"
	"testing"
	"time"
)

// crosses fails unless cookies survive their binary form.
func crosses(t testing.TB, cookies []Cookie) {
	t.Helper()
	b := AppendCookies([]byte("before"), cookies)
	if got, err := ReadCookies(b[len("before"):]); err != nil || !reflect.DeepEqual(got, cookies) {
		t.Fatalf("%+v came back as %+v, %v", cookies, got, err)
	}
}

func TestBinary(t *testing.T) {
	crosses(t, nil)
	crosses(t, []Cookie{
		{Name: "a", Value: "b\tc", Domain: "a.example", Path: "/", HostOnly: true},
		{Value: "x", Domain: "[::1]", Path: "/x", Secure: true, HTTPOnly: true, Plain: true, Expires: time.Unix(0, 0).UTC()},
		{Name: "é\xff", Domain: "com", Path: "/", Expires: now.Truncate(time.Second)},
	})
}

func TestReadCookiesRefuses(t *testing.T) {
	good := string(AppendCookies(nil, []Cookie{{Name: "a", Value: "b", Domain: "c", Path: "/", Expires: time.Unix(1, 0)}}))
	bad := []string{"\x00\x01a\x01b\x01c", "\x20\x01a\x01b\x01c\x01/", "\x00\x01a\x01b\x01c\x01x", "\x00\x01a\x03b\r\n\x01c\x01/",
		"\x00\x01a\x03b;c\x01c\x01/", "\x00\x01a\x01b\x00\x01/", "\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01a\x01b\x01c\x01/", good + "x"}
	for i := 1; i < len(good); i++ {
		bad = append(bad, good[:i])
	}
	for _, b := range bad {
		if got, err := ReadCookies([]byte(b)); err == nil {
			t.Errorf("%q became %+v", b, got)
		}
	}
}

func FuzzReadCookies(f *testing.F) {
	f.Add(AppendCookies(nil, []Cookie{{Name: "a", Value: "b", Domain: "a.example", Path: "/", Secure: true, Expires: now}, {Value: "x", Domain: "b", Path: "/x"}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		if cookies, err := ReadCookies(b); err == nil {
			crosses(t, cookies)
			var jar Jar
			for _, c := range cookies {
				jar.Set(c, now)
			}
			check(t, &jar)
		}
	})
}
