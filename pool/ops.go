package pool

// op is an operation that a primitive asks of its state, see wire.go.
type op byte

const (
	opAcquire op = iota + 1
	opTryAcquire
	opRelease
	opValue
	opSet
	opClear
	opWait
	opNotify
	opAbort
	opReset
	opPut
	opPutUnasked
	opTryPut
	opGet
	opTryGet
	opTake
	opReturn
	opTaskDone
	opJoin
	opClose
)

// isTold tells whether an operation may go without an answer.
func (o op) isTold() bool { return o == opPutUnasked || o == opTake || o == opReturn }

// asked is the operation that does the same and answers.
func (o op) asked() op {
	if o == opPutUnasked {
		return opPut
	}
	return o
}
