package sql

// ToError is toError, for tests.
var ToError = toError
