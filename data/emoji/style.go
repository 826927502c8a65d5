package emoji

// Style is one art style: a complete drawing of the emoji by one hand.
type Style struct {
	Name    string // as in the json of a sample and in the splits
	Package string // the npm package that holds its SVGs
}

// Styles are the nine styles in the order they are built.
var Styles = []Style{
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

// namingPackages map emoji characters to icon names. The other sets have names alone, and borrow these.
var namingPackages = []string{
	"@iconify-json/noto", "@iconify-json/fluent-emoji-flat", "@iconify-json/twemoji", "@iconify-json/openmoji",
}
