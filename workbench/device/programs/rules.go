package programs

import "google.golang.org/protobuf/encoding/protowire"

// TrainingStep begins the name of the programs that run for long.
const TrainingStep = "training_step"

// Rules say how XLA compiles the programs of a process.
type Rules struct {
	Store *Store // nil: none is kept

	// StepOptions are XLA's yes-or-no options, by name, that are switched on for training steps alone: they make fast programs
	// that XLA may be unable to serialize. Such a program is not kept.
	StepOptions []string
}

// folder is where programs are kept, "" for nowhere.
func (r Rules) folder() string {
	if r.Store == nil {
		return ""
	}
	return r.Store.Dir
}

// Field numbers of XLA's CompileOptionsProto and OptionOverrideProto.
const (
	overridesField = 7
	boolField      = 2
)

// withOptions adds options that are switched on to a serialized CompileOptionsProto, whose field env_option_overrides maps
// their names to values. In that encoding to append to a message is to merge.
func withOptions(compile []byte, names []string) []byte {
	all := append([]byte(nil), compile...)
	for _, name := range names {
		value := protowire.AppendVarint(protowire.AppendTag(nil, boolField, protowire.VarintType), 1)
		entry := protowire.AppendString(protowire.AppendTag(nil, 1, protowire.BytesType), name)
		entry = protowire.AppendBytes(protowire.AppendTag(entry, 2, protowire.BytesType), value)
		all = protowire.AppendBytes(protowire.AppendTag(all, overridesField, protowire.BytesType), entry)
	}
	return all
}
