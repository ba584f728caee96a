package robots

import "testing"

func BenchmarkAllowed(b *testing.B) {
	ask := func(name, file string, targets ...string) {
		rules := parse(b, file, "everyone-else")
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				rules.Allowed(targets[i%len(targets)])
			}
		})
	}
	for i, name := range []string{"encyclopedia", "shop", "blog"} {
		ask(name, realFiles[i], realTargets...)
	}
	for name, file := range hostileFiles() {
		ask("hostile/"+name, file, "/wiki/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa?from=here")
		ask("hostile/"+name+"/long", file, hostileTarget)
	}
}
