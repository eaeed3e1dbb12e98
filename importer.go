package lintu

import (
	"context"
	"io"
)

// Importer is the door through which files come in: for the planner's page and
// for the command line alike.
type Importer interface {
	// Receive keeps the uploaded bytes, creates a draft batch and explains it.
	// name is for people only and is never used as a path.
	Receive(ctx context.Context, tenant int32, name string, by Actor, body io.Reader) (*Batch, error)
	// Explain reads the batch's file again under the given answers (by dataset
	// name; datasets not named keep theirs) and stores and returns the reports.
	Explain(ctx context.Context, tenant int32, id ID, by Actor, answers map[string]Answers, progress Progress) (*Batch, error)
	// Preview writes the rows that would be stored as one GeoJSON
	// FeatureCollection in EPSG:4326 with the properties dataset, layer, row,
	// code and name. It stops after maxVertices and then sets the member
	// "truncated": true. A dataset whose CRS is still a question is drawn under
	// its likeliest candidate and marked "assumed": the candidate's value.
	// CodeConflict if the batch is no draft.
	Preview(ctx context.Context, tenant int32, id ID, maxVertices int, w io.Writer) error
	// Apply stores the batch in one transaction and removes its file, which may
	// hold personal data. CodeConflict lists the open questions if there are any.
	Apply(ctx context.Context, tenant int32, id ID, by Actor, progress Progress) (*Batch, error)
	// Discard gives a draft up and removes its file. Discarding twice is no error;
	// CodeConflict if the batch has been applied or is being worked on.
	Discard(ctx context.Context, tenant int32, id ID, by Actor) error
	// ImportFile receives, explains and, unless dry, applies a file or folder of
	// this machine in one go. The answers under "" hold for every dataset. The
	// batch comes back with its reports even when err is not nil, if it got so far.
	ImportFile(ctx context.Context, tenant int32, path string, by Actor, answers map[string]Answers, dry bool, progress Progress) (*Batch, error)
}
