// Package anypb: see the module's documentation.
package anypb

import (
	"errors"

	"google.golang.org/protobuf/reflect/protoreflect"
)

type message interface{ ProtoReflect() protoreflect.Message }

type Any struct{}

func (*Any) ProtoReflect() protoreflect.Message { return nil }
func (*Any) GetTypeUrl() string                 { return "" }
func (*Any) GetValue() []byte                   { return nil }
func (*Any) UnmarshalNew() (message, error)     { return nil, errors.New("no messages are read here") }
