package robots

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestAllowed(t *testing.T) {
	for _, c := range []struct{ rules, allowed, disallowed string }{
		{"D /a", "/ /b /A /b/a", "/a /ab /a/b /a?b"},
		{"D /", "/robots.txt", "/ /a ? /robots.txt? /robots.txt/ /x/robots.txt"},
		{"D /robots.txt", "/robots.txt", "/robots.txt2"},
		{"D", "/ /a", ""},
		{"A /a|D /", "/a", "/ /b"},

		// The longest decides, whatever the order; allowing wins a tie.
		{"D /|A /a|D /a/b|A /a/b/c", "/a /a/ /a/b/c /a/b/cd", "/ /a/b /a/b/d"},
		{"A /a/b/c|D /a/b|A /a|D /", "/a /a/ /a/b/c /a/b/cd", "/ /a/b /a/b/d"},
		{"D /a|A /a", "/a /ab", ""},
		{"A /a|D /a", "/a /ab", ""},
		{"D /a*|A /a", "", "/a /ab"},
		{"D /*/c|A /a", "/a /a/b", "/a/c"},
		{"D /a|A /*/c", "/b /a/c", "/a /a/b"},
		{"A /*b|D /ab", "/ab", ""},
		{"D /ab|D /a|A /*b*|A /b", "/b /ab /b/c", "/a"},

		// Octets are counted, not characters, and escaped ones as what they are.
		{"D /ä|A /*bcd", "/bcd", "/%C3%A4 /%c3%a4bcd"},
		{"D /%62cd|A /*d", "", "/bcd"},
		{"A /%62|D /bcd", "/%62", "/%62cd"},

		{"D /*.php", "/a /php /a.PHP", "/.php /a.php /a.php5 /a/b.php/c /?a.php"},
		{"D /*.php$", "/a.php5 /a.php/ /a.php?", "/.php /a.php /a.php.php /a.php?a.php"},
		{"D /a$", "/ /ab /a/ /a?", "/a"},
		{"D /$", "/a /?", "/"},
		{"D *", "", "/ /a"},
		{"D *a", "/ /b", "/a /ba /bab"},
		{"D *a$", "/ /b /ab", "/a /ba /aa"},
		{"D *$", "", "/ /a"},
		{"D /a*$", "/b", "/a /ab"},
		{"D /***a***b***", "/ba /a", "/ab /axb /ab/ /aab"},
		{"D /a*b*c", "/acb /ac /xabc", "/abc /axbxc /aabbcc"},
		{"D /aa*aa", "/aa /aaa", "/aaaa /aaaaa"},
		{"D /a$b", "/a /ab", "/a$b /a%24b"},
		{"D /a$*", "/a /ab", "/a$ /a$b"},
		{"D /a$$", "/a /a$b", "/a$"},
		{"D /a%24", "/a /ab", "/a$ /a%24 /a$b"},
		{"D /a%2A", "/a /ab", "/a* /a%2a /a*b"},
		{"D /a*b", "/a*", "/a*b /a%2Ab"},

		// RFC 9309 section 2.2.2.
		{"D /a?b=https://c.d", "/a?b=https:/", "/a?b=https://c.d /a?b=https%3A%2F%2Fc.d /a?b=https%3a//c.d"},
		{"D /a?b=https%3A%2F%2Fc.d", "/a?b=https:/", "/a?b=https://c.d /a?b=https%3A%2F%2Fc.d"},
		{"D /a/ツ", "/a/", "/a/%E3%83%84 /a/%e3%83%84"},
		{"D /a/%e3%83%84", "/a/", "/a/%E3%83%84 /a/%e3%83%84"},
		{"D /%62%61%7A", "/%62%61", "/baz /%62%61%7A /ba%7a /%62az"},
		{"D /baz", "", "/baz /%62%61%7A /ba%7a /%62az"},
		{"D /|A /baz", "/baz /%62%61%7A /ba%7a", "/ba"},
		{"D /|A /%62%61%7A", "/%62%61%7A /%62%61%7a", "/baz"},
		{"D /%7Ejoe", "/~jo", "/~joe /%7Ejoe /%7ejoe"},
		{"D /~joe", "/~jo", "/~joe /%7Ejoe /%7ejoe"},
		{"D /|A /%7ejoe", "/~joe /%7Ejoe", "/~jo"},
		{"D /a%2Fb", "/a/b", "/a%2Fb /a%2fb"},
		{"D /a/b", "/a%2Fb", "/a/b"},
		{"D /a%3Fb", "/a?b", "/a%3Fb"},
		{"D /*a=%5B%5D", "/?a=x", "/?a=%5b%5D"},
		{"D /?a[]=", "/?a=x", "/?a[]=x /?a%5B%5D=x"},
		{"D /?a=%26", "/?a=& /?a=%2B", "/?a=%26"},

		// What a URL has escaped may stand bare in a file, and the other way round.
		{"D /my docs/", "/my", "/my%20docs/ /my%20docs/x"},
		{"D /a|b", "/a", "/a|b /a%7Cb /a%7cb"},
		{"D /100%", "/100", "/100% /100%25"},
		{"D /100%25", "/100", "/100% /100%25 /100%2525"},
		{"D /%zz", "/zz", "/%zz /%25zz"},
		{"D /a%*b", "/ab", "/a%b /a%25xb /a%zb"},
		{"D /\xff", "/", "/%FF"},
		{"D /a\x00b", "/a", "/a%00b"},

		// Google's: an index page is its directory.
		{"A /a/index.html|D /", "/a/ /a/index.html /a/index.html5", "/a /a/b /a/index.htm"},
		{"A /a|D /b/index.html", "/b/", "/b/index.html"},
	} {
		var file strings.Builder
		file.WriteString("user-agent: *\n")
		for line := range strings.SplitSeq(c.rules, "|") {
			if rest, ok := strings.CutPrefix(line, "A"); ok {
				file.WriteString("allow:" + rest + "\n")
			} else if rest, ok := strings.CutPrefix(line, "D"); ok {
				file.WriteString("disallow:" + rest + "\n")
			} else { // the rule has a | of its own
				s := strings.TrimSuffix(file.String(), "\n") + "|" + line + "\n"
				file.Reset()
				file.WriteString(s)
			}
		}
		rules := parse(t, file.String(), ours)
		for _, target := range strings.Fields(c.allowed) {
			if ok, rule := rules.Allowed(target); !ok {
				t.Errorf("%s: %s is disallowed by %v", c.rules, target, rule)
			}
		}
		for _, target := range strings.Fields(c.disallowed) {
			if ok, rule := rules.Allowed(target); ok {
				t.Errorf("%s: %s is allowed by %v", c.rules, target, rule)
			}
		}
	}
}

func TestAllowedByNothing(t *testing.T) {
	var none *Rules
	for _, rules := range []*Rules{none, {}} {
		if ok, rule := rules.Allowed("/a"); !ok || rule != (Rule{}) || rules.Size() > 200 {
			t.Errorf("%t, %v, %d", ok, rule, rules.Size())
		}
	}
}

func TestRule(t *testing.T) {
	long := "/" + strings.Repeat("x", 300)
	rules := parse(t, "user-agent: *\n\nDisallow: /a b # why\nallow: /c\nDisallow: /a%20b\nallow: /c\nDisallow: "+long+"\n", ours)
	for _, c := range []struct {
		target string
		want   Rule
		text   string
	}{
		{"/a%20b", Rule{3, "Disallow: /a%20b"}, "robots.txt, line 3: Disallow: /a%20b"},
		{"/c", Rule{4, "Allow: /c"}, "robots.txt, line 4: Allow: /c"},
		{long, Rule{7, "Disallow: " + long[:maxText] + "…"}, "robots.txt, line 7: Disallow: " + long[:maxText] + "…"},
	} {
		if _, got := rules.Allowed(c.target); got != c.want || got.String() != c.text {
			t.Errorf("%.20s: %q, %q", c.target, got.Text, got)
		}
	}
	if _, got := rules.Allowed("/d"); got != (Rule{}) {
		t.Errorf("no rule is %v", got)
	}
}

// decide asks all rules one by one and matches them as Google does, by keeping
// all positions of the target that the pattern so far may have come to.
func decide(r *Rules, target string) *rule {
	if normal(target, equal) == "/robots.txt" {
		return nil
	}
	var best *rule
	for i := range r.rules {
		for _, f := range []form{equal, written} {
			if matches(r.rules[i].pattern, normal(target, f)) && (best == nil || precedence(&r.rules[i], best) < 0) {
				best = &r.rules[i]
			}
		}
	}
	return best
}

func matches(pattern, target string) bool {
	at := []int{0}
	for i := range len(pattern) {
		switch c := pattern[i]; {
		case c == '$':
			return at[len(at)-1] == len(target)
		case c == '*':
			for n := at[0] + 1; n <= len(target); n++ {
				if len(at) == 1 || at[len(at)-1] < n {
					at = append(at, n)
				}
			}
			from := at[0]
			at = at[:0]
			for n := from; n <= len(target); n++ {
				at = append(at, n)
			}
		default:
			var next []int
			for _, n := range at {
				if n < len(target) && target[n] == c {
					next = append(next, n+1)
				}
			}
			if at = next; len(at) == 0 {
				return false
			}
		}
	}
	return true
}

// agrees checks an answer against the slow way.
func agrees(t *testing.T, r *Rules, target string) {
	t.Helper()
	ok, got := r.Allowed(target)
	wantOK, want := true, Rule{}
	if best := decide(r, target); best != nil {
		wantOK, want = best.allow, best.shown()
	}
	if ok != wantOK || got != want {
		t.Errorf("%q is allowed: %t, by %v; want %t, by %v", target, ok, got, wantOK, want)
	}
}

func TestAllowedIsTheSlowWay(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	word := func(of string, n int) string {
		var b strings.Builder
		for range random.IntN(n) {
			b.WriteByte(of[random.IntN(len(of))])
		}
		return b.String()
	}
	for range 2000 {
		var file strings.Builder
		file.WriteString("user-agent: *\n")
		for range random.IntN(40) {
			file.WriteString([]string{"allow", "disallow"}[random.IntN(2)] + ": /" + word("aab/*$%6?", 8) + "\n")
		}
		rules := parse(t, file.String(), ours)
		for range 20 {
			agrees(t, rules, "/"+word("aab/*$%6?", 12))
		}
		if t.Failed() {
			t.Fatal(file.String())
		}
	}
}

// hostileFiles are as large as a file may be, and dear to ask.
func hostileFiles() map[string]string {
	fill := func(line func(i int) string) string {
		var b strings.Builder
		b.WriteString("user-agent: *\n")
		for i := 0; b.Len() < MaxBytes-2100; i++ {
			b.WriteString(line(i))
		}
		return b.String()
	}
	return map[string]string{
		"short":      fill(func(i int) string { return fmt.Sprintf("allow /%x\n", i) }),
		"nested":     fill(func(i int) string { return "allow /" + strings.Repeat("a", i%2000) + "\n" }),
		"wild":       fill(func(i int) string { return fmt.Sprintf("allow /*%x\n", i) }),
		"wilder":     fill(func(i int) string { return fmt.Sprintf("allow /*a*a*a*a*a*a*a*a*a%x\n", i) }),
		"long":       fill(func(i int) string { return fmt.Sprintf("allow /*%sb%d\n", strings.Repeat("a", 60), i) }),
		"longer":     fill(func(i int) string { return fmt.Sprintf("allow /*%sb%d\n", strings.Repeat("a", 1000), i) }),
		"pieces":     "user-agent: *\nallow: /" + strings.Repeat("*a", MaxBytes/2-20) + "\n",
		"stars":      "user-agent: *\nallow: /" + strings.Repeat("*", MaxBytes-40) + "a\n",
		"disallowed": fill(func(i int) string { return fmt.Sprintf("disallow /*%x\n", i) }),
	}
}

// hostileTarget matches most of what hostileFiles hold.
var hostileTarget = "/" + strings.Repeat("a", 64<<10)

// The cost of a question is bounded: work never goes far below nothing, and what
// is left undone refuses.
func TestWorkIsBounded(t *testing.T) {
	for name, file := range hostileFiles() {
		rules := parse(t, file+"disallow: /*zz\n", ours)
		work := maxWork
		best := rules.find(hostileTarget, nil, &work)
		if work < -len(hostileTarget)-2000 {
			t.Errorf("%s: %d are over the limit", name, -work)
		}
		if work < 0 && (best == nil || best.allow) {
			t.Errorf("%s: allowed by %v without having been looked at", name, best)
		}
		if strings.HasPrefix(name, "wild") && work > 0 {
			t.Errorf("%s: %d of work are left", name, work)
		}
	}
}
