package runlog

import "strconv"

// powersOfTen are those that a float64 holds exactly.
var powersOfTen = [...]float64{
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10,
	1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
}

// number reads a JSON number at i by JSON's own grammar; next is -1 if there is none or it is beyond float64.
// A short one is exact as digits times or over a power of ten; a long one goes to strconv.
func number(b []byte, i int) (value float64, next int) {
	start := i
	negative := i < len(b) && b[i] == '-'
	if negative {
		i++
	}
	digits, end := wholePart(b, i)
	if end < 0 {
		return 0, -1
	}
	count, exponent := end-i, 0
	i = end
	if i < len(b) && b[i] == '.' {
		first := i + 1
		for i = first; i < len(b) && isDigit(b[i]); i++ {
			digits = digits*10 + uint64(b[i]-'0')
		}
		if i == first {
			return 0, -1
		}
		exponent = first - i
		count += i - first
	}
	if i < len(b) && (b[i] == 'e' || b[i] == 'E') {
		power, end := exponentPart(b, i+1)
		if end < 0 {
			return 0, -1
		}
		exponent += power
		i = end
	}
	if count <= 15 && -22 <= exponent && exponent <= 22 {
		return scale(digits, exponent, negative), i
	}
	value, err := strconv.ParseFloat(string(b[start:i]), 64)
	if err != nil {
		return 0, -1
	}
	return value, i
}

// scale is digits·10^exponent, exact operands rounded once.
func scale(digits uint64, exponent int, negative bool) float64 {
	value := float64(digits)
	if exponent < 0 {
		value /= powersOfTen[-exponent]
	} else {
		value *= powersOfTen[exponent]
	}
	if negative {
		return -value
	}
	return value
}

// wholePart reads digits without a leading zero.
func wholePart(b []byte, i int) (digits uint64, end int) {
	start := i
	for ; i < len(b) && isDigit(b[i]); i++ {
		digits = digits*10 + uint64(b[i]-'0')
	}
	if i == start || b[start] == '0' && i > start+1 {
		return 0, -1
	}
	return digits, i
}

// exponentPart reads what follows the e. A huge exponent is cut: its value is decided by strconv.
func exponentPart(b []byte, i int) (power, end int) {
	negative := i < len(b) && b[i] == '-'
	if i < len(b) && (b[i] == '-' || b[i] == '+') {
		i++
	}
	start := i
	for ; i < len(b) && isDigit(b[i]); i++ {
		power = min(power*10+int(b[i]-'0'), 1<<20)
	}
	if i == start {
		return 0, -1
	}
	if negative {
		power = -power
	}
	return power, i
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
