package command

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// version is the text of --version: the module's version, or what the build
// knows of its commit where there is none.
func version() string {
	return fmt.Sprintf("scrape %s (%s, %s/%s)\n", versionNumber(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

func versionNumber() string {
	v := "devel"
	if info, ok := debug.ReadBuildInfo(); ok {
		if info.Main.Version != "" && info.Main.Version != "(devel)" {
			v = info.Main.Version
		} else {
			for _, s := range info.Settings {
				if s.Key == "vcs.revision" && len(s.Value) >= 12 {
					v += "-" + s.Value[:12]
				}
			}
		}
	}
	return v
}
