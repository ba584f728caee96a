// Scrape fetches every URL of a list and gives a true answer for each.
package main

import (
	"context"
	"os"

	"scrape/pool"
	"scrape/scraper/command"
)

func main() {
	pool.Main()
	os.Exit(command.Run(context.Background(), os.Args[1:], command.Env{
		Stdin:   os.Stdin,
		Stdout:  os.Stdout,
		Stderr:  os.Stderr,
		Lookup:  os.LookupEnv,
		Environ: os.Environ,
	}))
}
