// Package protoreflect: see the module's documentation.
package protoreflect

type (
	Name string
	Kind int

	Message interface {
		Descriptor() MessageDescriptor
		Has(FieldDescriptor) bool
		Get(FieldDescriptor) Value
		Interface() any
	}
	MessageDescriptor interface{ Fields() FieldDescriptors }
	FieldDescriptors  interface{ ByName(Name) FieldDescriptor }
	FieldDescriptor   interface{ Kind() Kind }
	Value             interface {
		IsValid() bool
		Message() Message
		Interface() any
	}
	List interface {
		Len() int
		Get(int) Value
	}
	Map interface {
		Len() int
		Range(func(Value, Value) bool)
	}
)

const MessageKind Kind = 11
