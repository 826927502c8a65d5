package ftfy

// signs are the classes of signs that do not follow a letter by right.
const signs = box | opening | closing | currency | numeric | law

// badSequences are the sequences that isBad looks for. ftfy has them as one
// regular expression; a table can be read, and is some twenty times as fast.
var badSequences = []sequence{
	// In general, by classes.
	{{classes: c1}},
	{{classes: bad | accented | signs}, {classes: bad}},
	{{classes: asciiUpper | asciiLower}, {classes: lowerCommon | upperCommon}, {classes: bad}},
	{{classes: bad}, {classes: accented | signs}},
	{{classes: lowerAccented | lowerCommon | box | closing | currency | numeric}, {classes: upperAccented}},
	{{classes: box | closing | currency | numeric}, {classes: lowerAccented}},
	{{classes: lowerAccented | box | closing}, {classes: currency}},
	{{classes: blank}, {classes: upperAccented}, {classes: currency}},
	{{classes: upperAccented | box}, {classes: numeric | law}},
	{{classes: accented | box | currency | closing}, {classes: opening}, {classes: numeric}},
	{{classes: accented | currency | numeric | box | law}, {classes: closing}, {classes: opening}},
	{{classes: currency | numeric | box}, {classes: opening}},
	{{classes: asciiLower}, {classes: upperAccented}, {classes: opening | currency}},
	{{classes: box}, {classes: kaomoji}},
	{{classes: accented | currency | numeric | opening | closing | law}, {classes: box}},
	{{classes: box}, {classes: closing}},
	{{classes: accented}, {classes: opening | closing}, {classes: word}},

	// The ligature œ before anything but a plain letter, and degrees of a letter.
	{{list: "Œœ"}, {classes: notLatin}},
	{{classes: upperAccented}, {list: "°"}},

	// Windows-1252: what Latin, Greek and Cyrillic letters become, and Arabic
	// ones, which take two letters in a row to tell.
	{{list: "ÂÃÎÐ"}, {classes: opening | closing, list: "€œŠš¢£Ÿž\u00a0\u00ad®©°·»–—´"}},
	{{list: "×"}, {list: "²³"}},
	{{list: "ØÙ"}, arabic, {list: "ØÙ"}, arabic},
	{{list: "à"}, {list: "²µ¹¼½¾"}}, // several scripts of South Asia

	// Mac Roman.
	{{list: "√"}, {list: "±∂†≠®™´≤≥¥µø"}},
	{{list: "≈"}, {list: "°¢"}},
	{{list: "‚"}, {list: "Ä"}, {list: "ìîïòôúùû†°¢π"}},
	{{list: "‚"}, {list: "âó"}, {list: "àä°ê"}},

	// Windows-1251: U+2000 and on; Latin-1 and Cyrillic; Latin-1 twice over.
	{{list: "в"}, {list: "Ђ"}},
	{{list: "ВГРС"}, {classes: c1 | bad | opening | closing | currency, list: "°µ"}, {list: "ВГРС"}},
	{{list: "Г"}, {list: "ў"}, {list: "В"}, {list: "Ђ"}, {list: "В"}, {classes: inLine}, {classes: asciiUpper | asciiLower, list: " "}},

	// Windows-1252's à, á and no-break space, or a space that was one. At the
	// start of a text isBad itself looks for "Ã " and "Â ".
	{{list: "Ã"}, {list: "\u00a0¡"}},
	{{classes: asciiLower}, {list: "ÃÂ"}, {list: " "}},
	{{classes: asciiLower}, {classes: blank}, {list: "ÃÂ"}, {list: " "}},
	{{classes: asciiLower | closing, list: ".,?!"}, {list: "Â"}, {classes: opening | closing, list: " "}},

	// Windows-1253: U+2000 and on; Latin-1 and Greek. Windows-1257: U+2000 and on.
	{{list: "β"}, {list: "€"}, {list: "™\u00a0Ά\u00ad®°"}},
	{{list: "ΒΓΞΟ"}, {classes: c1 | bad | opening | closing | currency, list: "°"}, {list: "ΒΓΞΟ"}},
	{{list: "ā"}, {list: "€"}},
}

// arabic is what follows Ø or Ù when both are half of an Arabic letter.
var arabic = element{common | currency | bad | numeric | opening, "ŸŠ®°µ»"}
