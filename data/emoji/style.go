package emoji

// style is one art style: the emoji drawn by one hand.
type style struct {
	name       string // as in the json of a sample
	npmPackage string // where its SVGs are
}

// styles are the nine styles in the order they are drawn.
var styles = []style{
	{"noto", "@iconify-json/noto"},
	{"noto-v1", "@iconify-json/noto-v1"},
	{"twemoji", "@iconify-json/twemoji"},
	{"openmoji", "@iconify-json/openmoji"},
	{"fluent-flat", "@iconify-json/fluent-emoji-flat"},
	{"fluent", "@iconify-json/fluent-emoji"},
	{"emojione", "@iconify-json/emojione"},
	{"emojione-v1", "@iconify-json/emojione-v1"},
	{"fxemoji", "@iconify-json/fxemoji"},
}

// namingStyles map emoji characters to icon names. The other styles have names alone, and borrow these.
var namingStyles = []string{"noto", "fluent-flat", "twemoji", "openmoji"}
