package main

import "strconv"

// operationID says who sent an operation, and as which: `<trial tag>-<producer, 4 hex digits>-<sequence, 10 digits>`.
type operationID struct {
	producer uint32
	sequence uint32
}

// parseOperationID returns false for an id that is not of this form.
func parseOperationID(id string) (operationID, bool) {
	length := len(id)
	if length < 17 || id[length-11] != '-' || id[length-16] != '-' {
		return operationID{}, false
	}
	producer, ok := digitsOf(id[length-15:length-11], 16)
	if !ok {
		return operationID{}, false
	}
	sequence, ok := digitsOf(id[length-10:], 10)
	return operationID{producer, sequence}, ok
}

func digitsOf(text string, base int) (uint32, bool) {
	for n := range len(text) {
		isDigit := text[n] >= '0' && text[n] <= '9'
		isLetter := base == 16 && text[n] >= 'a' && text[n] <= 'f'
		if !isDigit && !isLetter {
			return 0, false
		}
	}
	value, err := strconv.ParseUint(text, base, 32)
	return uint32(value), err == nil
}
