package frontier

import "encoding/binary"

func appendHeader(b []byte, r ref, size int) []byte {
	b = binary.LittleEndian.AppendUint32(b, uint32(r))
	return binary.LittleEndian.AppendUint32(b, uint32(size))
}

func header(b []byte) (r ref, size int) {
	return ref(binary.LittleEndian.Uint32(b)), int(binary.LittleEndian.Uint32(b[4:]))
}
