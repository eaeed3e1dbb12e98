package sql

import "math"

// ToError is toError, for tests.
var ToError = toError

// ExtentOf is the extent around one geometry.
func ExtentOf(ewkb []byte) [4]float64 {
	g := received{extent: [4]float64{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}}
	g.include(ewkb)
	return g.extent
}

// CheckPassword is checkPassword, for tests.
var CheckPassword = checkPassword

// CheapHash hashes a password with less than is asked for today.
func CheapHash(password string) string {
	return hashing{memoryKiB: 64, passes: 1, lanes: 1}.hash(password)
}
