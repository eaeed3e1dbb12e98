package photos_test

import (
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/photos"
)

// testS3 names the bucket of a real server to test with instead of one in memory,
// as LINTU_PHOTOS does.
const testS3 = "LINTU_TEST_S3"

// s3Address is where a bucket is, empty unless it is a real server's.
func s3Address(t *testing.T) string {
	t.Helper()
	if address := os.Getenv(testS3); address != "" {
		return address
	}
	backend := s3mem.New()
	if err := backend.CreateBucket("photos"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gofakes3.New(backend).Server())
	t.Cleanup(server.Close)
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	return "s3://photos/of/cases?insecure=true&region=us-east-1&endpoint=" + strings.TrimPrefix(server.URL, "http://")
}

func TestS3(t *testing.T) {
	address := s3Address(t)
	for name, check := range map[string]func(*testing.T, *photos.Store){"photo": checkPhoto, "again": checkSameIDAgain, "at once": checkAtOnce} {
		t.Run(name, func(t *testing.T) {
			s, err := photos.OpenS3(t.Context(), address, t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			check(t, s)
		})
	}
	for name, c := range map[string]struct {
		address string
		code    lintu.ErrorCode
	}{
		"another bucket": {strings.Replace(address, "s3://", "s3://no-", 1), lintu.CodeUnavailable},
		"no bucket":      {"s3://", lintu.CodeInvalid},
		"a web address":  {"https://s3.example.org/photos", lintu.CodeInvalid},
		"keys in it":     {strings.Replace(address, "s3://", "s3://key:secret@", 1), lintu.CodeInvalid},
		"what is it":     {address + "&acl=public", lintu.CodeInvalid},
		"no endpoint":    {"s3://photos?endpoint=http://x/y", lintu.CodeInvalid},
	} {
		_, err := photos.OpenS3(t.Context(), c.address, t.TempDir())
		if lintu.CodeOf(err) != c.code || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
