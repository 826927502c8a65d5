package checkpoint

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// Metrics are named numbers. In JSON those that are not finite are the texts NaN, +Inf and -Inf.
type Metrics map[string]float64

// MarshalJSON writes the metrics sorted by name.
func (m Metrics) MarshalJSON() ([]byte, error) {
	values := make(map[string]any, len(m))
	for name, v := range m {
		values[name] = v
		if math.IsNaN(v) || math.IsInf(v, 0) {
			values[name] = strconv.FormatFloat(v, 'g', -1, 64)
		}
	}
	return json.Marshal(values)
}

// UnmarshalJSON reads numbers and the three texts.
func (m *Metrics) UnmarshalJSON(text []byte) error {
	var values map[string]any
	if err := json.Unmarshal(text, &values); err != nil {
		return err
	}
	*m = make(Metrics, len(values))
	for name, v := range values {
		number, err := strconv.ParseFloat(fmt.Sprint(v), 64)
		if err != nil {
			return fmt.Errorf("metric %s: %v is not a number", name, v)
		}
		(*m)[name] = number
	}
	return nil
}

// field is {name} or {name:format} in a label's pattern.
var field = regexp.MustCompile(`\{([^{}:]+)(?::([^{}]*))?\}`)

// Label fills the pattern of exp_manager.checkpoint_callback_params.filename as Lightning does: {val_loss:.2f} becomes
// val_loss=0.25, {step} step=100, {consumed_samples} consumed_samples=3200. A metric that is not there counts as 0.
func Label(pattern string, meta Meta) string {
	return field.ReplaceAllStringFunc(pattern, func(text string) string {
		part := field.FindStringSubmatch(text)
		return part[1] + "=" + formatted(part[2], meta.value(part[1]))
	})
}

// value is a number of the checkpoint by the name that NeMo's patterns use.
func (m Meta) value(name string) float64 {
	switch name {
	case "step", "global_step":
		return float64(m.Step)
	case "consumed_samples":
		return float64(m.Samples)
	case "epoch":
		return m.Epoch
	}
	return m.Metrics[name]
}

// formatted writes v in Python's format .2f, .3e, d and the like; in any other as short as it can be.
func formatted(format string, v float64) string {
	verb := strings.TrimLeft(format, "0123456789.")
	if verb == "d" {
		return fmt.Sprintf("%"+format, int64(v))
	}
	if verb == "f" || verb == "e" || verb == "g" {
		return fmt.Sprintf("%"+format, v)
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}
