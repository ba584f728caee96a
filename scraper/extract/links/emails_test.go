package links_test

import (
	"testing"

	"scrape/scraper/extract/document/documenttest"
	"scrape/scraper/extract/links"
)

func TestEmails(t *testing.T) {
	for markup, want := range map[string]string{
		"<p>none @ all, a@b, @c.example, d@.example, e@f..example, @@":                                                   `null`,
		"Write to info@example.com. Or (A.B+c@Sub.Example.org), or INFO@example.com!":                                    `["info@example.com","A.B+c@Sub.Example.org"]`,
		"<a href='mailto:a@b.example?cc=c@d.example'>x</a><a href=' MAILTO:e%40f.example,g@h.example '>mail</a>":         `["a@b.example","c@d.example","e@f.example","g@h.example"]`,
		"<span class=__cf_email__ data-cfemail=422b2c242d02273a232f322e276c212d2f>[email&#160;protected]</span>":         `["info@example.com"]`,
		"<a href='/cdn-cgi/l/email-protection#422b2c242d02273a232f322e276c212d2f'>[email protected]</a>":                 `["info@example.com"]`,
		"<b data-cfemail=zz></b><b data-cfemail></b><b data-cfemail=42></b><b data-cfemail=4242></b>":                    `null`,
		"info&#64;example.com b&commat;example.com c&#x40;example.com":                                                   `["info@example.com","b@example.com","c@example.com"]`,
		"<script>a@b.example</script><style>c@d.example</style><!--e@f.example--><template>g@h.example</template>":       `null`,
		"icon@2x.png me@10.0.0.1 user@host.c x@example.c0m pkg@1.2.3":                                                    `null`,
		"\u00fca@b.example a@b.example\u00fc a@b.example\u00a0x \u201cc@d.example\u201d":                                 `["a@b.example","c@d.example"]`,
		"'a@b.example' mailto:c@d.example e@f.example/g <h@i.example>":                                                   `["a@b.example","c@d.example","e@f.example"]`,
		"<a href='mailto:?To=a@b.example&amp;subject=x@y.example&amp;CC=c%40d.example,e@f.example&amp;bcc=g@h.example'>": `["a@b.example","c@d.example","e@f.example","g@h.example"]`,
		"in<wbr>fo@exam&shy;ple.com, b@ex\u200bample.com":                                                                `["info@example.com","b@example.com"]`,
		"a<b>@</b>example.com b@<i>example</i>.com <b>c</b>@example.com <b>d@mail.example<i>.com</i></b>":                `["a@example.com","b@example.com","c@example.com","d@mail.example.com"]`,
		"<span>a</span><span>@</span><span>example.com</span> john.<b>doe</b>@example.com x<!-- -->@example.com":         `["a@example.com","john.doe@example.com","x@example.com"]`,
		"in<script>no@no.example</script>fo@example.com":                                                                 `["info@example.com"]`,
		"<b>Contact</b>a@b.example<b>Phone</b> <span>Mail</span><span>c@d.example</span><span>New</span>":                `["a@b.example","c@d.example"]`,
		"<a>a@b.example</a><a>c@d.example</a><a>Jane</a><span>@jane.example</span><i>Joe</i><i>@joe.example</i>":         `["a@b.example","c@d.example"]`,
		"<p>a</p>@b.example <td>c<td>@d.example e<br>@f.example g@h<div>.example</div> i<img>@j.example":                 `null`,
		"<li>a@b.example<li>c@d.example<p>e@f.example<p>g":                                                               `["a@b.example","c@d.example","e@f.example"]`,
		"info@münchen.example почта@пример.рф info@пример.рф. x@例え.テスト a@xn--mnchen-3ya.example b@c.рф1":                 `["info@münchen.example","info@пример.рф","x@例え.テスト","a@xn--mnchen-3ya.example"]`,
		"https://u:secretpw@h.example/ https://secretpw@h.example http://u:p+w@h.example:81 ssh://git@h.example":         `null`,
		"https://x.example:81/a@b.example https://x.example/?m=c@d.example&amp;n=1 https://x.example/y:e@f.example":      `["a@b.example","c@d.example","e@f.example"]`,
		"mailto://a@b.example https://x.example,c@d.example https://x.example e@f.example ://g@h.example":                `["a@b.example","c@d.example","e@f.example","g@h.example"]`,
		"<a href='https://u:secretpw@h.example/'>https://u:secretpw@h.example/</a> https://x.example\u00a0a@b.example":   `["a@b.example"]`,
		"a@b.example@c.example":                    `null`,
		"a..b@c.example .d@e.example f.@g.example": `["d@e.example"]`,
	} {
		documenttest.Check(t, links.Emails, markup, want)
	}
}

func TestEmailsOfPlainText(t *testing.T) {
	found, err := links.Emails(documenttest.New(t, t.Context(), "text/plain", "Write to <a@b.example>, or c@d.ex\u00adample."))
	if err != nil || len(found) != 2 || found[1] != "c@d.example" {
		t.Errorf("%q, %v", found, err)
	}
}
