package plot

// heading places a picture's title and the note under it at the top left.
func heading(title, note string) []label {
	var labels []label
	y := margin
	if title != "" {
		labels = append(labels, label{title, margin, y + capHeight*titleSize, style{size: titleSize, bold: true, color: ink}})
		y += lineHeight(titleSize)
	}
	if note != "" {
		labels = append(labels, label{note, margin, y + capHeight*noteSize + 1, style{size: noteSize, color: faint}})
	}
	return labels
}

// headingHeight returns where the rest of the picture may begin.
func headingHeight(title, note string) float64 {
	y := margin
	if title != "" {
		y += lineHeight(titleSize)
	}
	if note != "" {
		y += lineHeight(noteSize) + 1
	}
	if title != "" || note != "" {
		y += gap
	}
	return ceil(y)
}
