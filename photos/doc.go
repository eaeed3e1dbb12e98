// Package photos keeps the pictures of cases, and shows nothing of them but the
// picture: what phones write beside it is read once, at the upload, and not kept
// in what is shown.
package photos
