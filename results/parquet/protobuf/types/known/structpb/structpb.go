// Package structpb: see the module's documentation.
package structpb

type (
	Struct            struct{ Fields map[string]*Value }
	ListValue         struct{ Values []*Value }
	Value             struct{ Kind any }
	Value_NullValue   struct{}
	Value_NumberValue struct{ NumberValue float64 }
	Value_StringValue struct{ StringValue string }
	Value_BoolValue   struct{ BoolValue bool }
	Value_StructValue struct{ StructValue *Struct }
	Value_ListValue   struct{ ListValue *ListValue }
)

func (s *Struct) GetFields() map[string]*Value { return s.Fields }
func (l *ListValue) GetValues() []*Value       { return l.Values }
func (v *Value) GetKind() any                  { return v.Kind }
func (v *Value) AsInterface() any              { return nil }
func (s *Struct) AsMap() map[string]any        { return nil }
func (l *ListValue) AsSlice() []any            { return nil }
