package command

import (
	"scrape/scraper"
)

// networkFlags say how connections are made.
func networkFlags() []flagSpec {
	return []flagSpec{
		{
			name: "proxy", short: "x", value: "URL", secret: true, group: groupNetwork, check: true,
			help: "http, https or socks5h; else HTTP_PROXY, HTTPS_PROXY\nand ALL_PROXY say; NO_PROXY lists exceptions",
			set: func(s *settings, v string) error {
				s.proxy = v
				_, err := scraper.ParseProxy(v)
				return err
			},
		},
		{
			name: "dns-server", value: "ADDR", group: groupNetwork, check: true, also: "resolver dns resolvers",
			help: "the name server to ask, with port if not 53",
			set: func(s *settings, v string) error {
				s.options.Network.DNSServer = v
				return nil
			},
		},
		{
			name: "resolve", value: "HOST:PORT:ADDR", group: groupNetwork, check: true,
			help: "where to connect to for a host; may be repeated",
			set: func(s *settings, v string) error {
				o, err := scraper.ParseOverride(v)
				s.options.Network.Resolve = append(s.options.Network.Resolve, o)
				return err
			},
		},
		{
			name: "cacert", value: "FILE", once: true, group: groupNetwork, check: true, also: "ca-certificate ca",
			help: "authorities to trust in place of the system's (PEM)",
			set:  file(func(f *files) *string { return &f.caCert }),
		},
		{
			name: "cert", value: "FILE", once: true, group: groupNetwork, check: true, also: "certificate client-cert",
			help: "a certificate to show to servers that ask (PEM)",
			set:  file(func(f *files) *string { return &f.cert }),
		},
		{
			name: "key", value: "FILE", once: true, group: groupNetwork, check: true, also: "private-key",
			help: "its key, where it is not in the same file",
			set:  file(func(f *files) *string { return &f.key }),
		},
		{
			name: "insecure", short: "k", group: groupNetwork, check: true, also: "no-check-certificate no-verify",
			help: "do not verify certificates",
			set:  boolean(func(s *settings) *bool { return &s.options.Network.Insecure }),
		},
		{
			name: "http1.1", group: groupNetwork, check: true, also: "http1 no-http2",
			help: "do not speak HTTP/2",
			set:  boolean(func(s *settings) *bool { return &s.options.Network.HTTP1 }),
		},
		{
			name: "deny-private", group: groupNetwork, check: true, also: "block-private exclude-private",
			help: "connect to public addresses only",
			set:  boolean(func(s *settings) *bool { return &s.options.Network.DenyPrivate }),
		},
	}
}
