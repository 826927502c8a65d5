package jupyter

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"os"
	"strings"
)

// Notebook is an .ipynb file, as far as this project looks into it.
type Notebook struct {
	Cells []Cell `json:"cells"`
}

// Cell is a cell of a notebook.
type Cell struct {
	Type    string   `json:"cell_type"` // code or markdown
	Source  Text     `json:"source"`
	Outputs []Output `json:"outputs"`
}

// Output is what a cell printed or showed.
type Output struct {
	Type  string                     `json:"output_type"` // stream, display_data, execute_result or error
	Name  string                     `json:"name"`        // of a stream: stdout or stderr
	Text  Text                       `json:"text"`        // of a stream
	Data  map[string]json.RawMessage `json:"data"`        // by MIME type
	EName string                     `json:"ename"`       // of an error
	Value string                     `json:"evalue"`      // of an error
}

// Text is a string that Jupyter may keep as a list of lines.
type Text string

// UnmarshalJSON reads a string or a list of them.
func (t *Text) UnmarshalJSON(content []byte) error {
	var whole string
	if err := json.Unmarshal(content, &whole); err == nil {
		*t = Text(whole)
		return nil
	}
	var lines []string
	if err := json.Unmarshal(content, &lines); err != nil {
		return err
	}
	*t = Text(strings.Join(lines, ""))
	return nil
}

// Read reads a notebook's file.
func Read(path string) (*Notebook, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	n := &Notebook{}
	if err := json.Unmarshal(content, n); err != nil {
		return nil, fmt.Errorf("%s: no notebook: %w", path, err)
	}
	return n, nil
}

// Code are the cells with code.
func (n *Notebook) Code() []Cell {
	var code []Cell
	for _, c := range n.Cells {
		if c.Type == "code" {
			code = append(code, c)
		}
	}
	return code
}

// Printed is all that the cells printed, standard output and error, in order.
func (n *Notebook) Printed() string {
	var all strings.Builder
	for _, c := range n.Cells {
		all.WriteString(c.Printed())
	}
	return all.String()
}

// Pictures are all pictures that the cells show, in order.
func (n *Notebook) Pictures() ([]image.Image, error) {
	var all []image.Image
	for _, c := range n.Cells {
		pictures, err := c.Pictures()
		if err != nil {
			return nil, err
		}
		all = append(all, pictures...)
	}
	return all, nil
}

// Printed is what the cell printed, standard output and error.
func (c Cell) Printed() string {
	var all strings.Builder
	for _, o := range c.Outputs {
		all.WriteString(string(o.Text))
	}
	return all.String()
}

// Shown is what the cell shows of a MIME type that is text, text/html or text/plain.
func (c Cell) Shown(mime string) string {
	var all strings.Builder
	for _, o := range c.Outputs {
		var text Text
		if json.Unmarshal(o.Data[mime], &text) == nil {
			all.WriteString(string(text))
		}
	}
	return all.String()
}

// Pictures are the PNG pictures that the cell shows.
func (c Cell) Pictures() ([]image.Image, error) {
	var all []image.Image
	for _, o := range c.Outputs {
		encoded, ok := o.Data["image/png"]
		if !ok {
			continue
		}
		var text Text
		if err := json.Unmarshal(encoded, &text); err != nil {
			return nil, err
		}
		content, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(string(text), "\n", ""))
		if err != nil {
			return nil, err
		}
		picture, err := png.Decode(bytes.NewReader(content))
		if err != nil {
			return nil, err
		}
		all = append(all, picture)
	}
	return all, nil
}
