// Package timestamppb: see the module's documentation.
package timestamppb

import "time"

type Timestamp struct{}

func (*Timestamp) AsTime() time.Time { return time.Time{} }
