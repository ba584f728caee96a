package robots

import (
	"bytes"
	"encoding/binary"
	"reflect"
	"strings"
	"testing"
)

// crosses sends rules through their binary form.
func crosses(t *testing.T, r *Rules) *Rules {
	t.Helper()
	b, err := r.AppendBinary([]byte("before"))
	if err != nil || !bytes.HasPrefix(b, []byte("before")) {
		t.Fatalf("%.100q, %v", b, err)
	}
	b = b[len("before"):]
	if len(b) > maxBinary {
		t.Fatalf("%d bytes", len(b))
	}
	var got Rules
	if err := got.UnmarshalBinary(b); err != nil || !reflect.DeepEqual(&got, r) {
		t.Fatalf("%+v came back as %+v, %v", r, &got, err)
	}
	if again, _ := got.AppendBinary(nil); !bytes.Equal(again, b) {
		t.Fatalf("%q is %q the second time", b, again)
	}
	return &got
}

func TestBinary(t *testing.T) {
	crosses(t, &Rules{})
	for _, file := range realFiles {
		crosses(t, parse(t, file, ours))
	}
	for _, file := range hostileFiles() {
		crosses(t, parse(t, file, ours))
	}
	// The most that a file can come to.
	crosses(t, parse(t, "user-agent: *\nallow: /"+strings.Repeat("ä", MaxBytes/2-20)+"/index.htm", ours))
}

func TestBinaryRefuses(t *testing.T) {
	b, err := parse(t, "user-agent: *\ncrawl-delay: 300\nallow: /a*$\ndisallow: /b\nsitemap: http://h/", ours).AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	refused := func(b []byte) {
		t.Helper()
		r := Rules{CrawlDelay: 7}
		if err := r.UnmarshalBinary(b); err == nil || !reflect.DeepEqual(r, Rules{CrawlDelay: 7}) {
			t.Errorf("%.100q became %+v, %v", b, r, err)
		}
	}
	for n := range b {
		refused(b[:n])
	}
	refused(append(bytes.Clone(b), 0))
	refused(make([]byte, maxBinary+1))
	for _, c := range []struct{ from, to string }{
		{"/a*$", "xa*$"}, {"/a*$", "/a $"}, {"/a*$", "/$*$"}, {"/a*$", "/\xff*$"}, {"/a*$", "/c*$"}, {"http://h/", "file://h/"},
	} {
		refused(bytes.Replace(b, []byte(c.from), []byte(c.to), 1))
	}
	for _, head := range [][]uint64{
		{uint64(MaxCrawlDelay) + 1, 0, 0}, {1 << 63, 0, 0}, {0, maxSitemaps + 1}, {0, 0, 1 << 40}, {0, 0, uint64(maxRules) + 1}, {0, 0, 1, 2, 1 << 62},
	} {
		var b []byte
		for _, n := range head {
			b = binary.AppendUvarint(b, n)
		}
		refused(b)
	}
	refused([]byte{0x80, 0, 0, 0})
}

// Rules do not share memory with the bytes they come from.
func TestBinaryIsCopied(t *testing.T) {
	b, _ := parse(t, "user-agent: *\ndisallow: /a", ours).AppendBinary(nil)
	var r Rules
	if err := r.UnmarshalBinary(b); err != nil {
		t.Fatal(err)
	}
	clear(b)
	if ok, _ := r.Allowed("/a"); ok {
		t.Error("the rules changed")
	}
}
