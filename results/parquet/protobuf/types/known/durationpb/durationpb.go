// Package durationpb: see the module's documentation.
package durationpb

import "time"

type Duration struct{}

func (*Duration) AsDuration() time.Duration { return 0 }
