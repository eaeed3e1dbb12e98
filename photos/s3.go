package photos

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/lintu-map/lintu"
)

// s3 keeps objects in a bucket of S3 or of a server that speaks its protocol. A PUT
// that was answered lasts, by the promise of S3.
type s3 struct {
	client         minio.Core
	bucket, prefix string
}

// OpenS3 keeps pictures at an address s3://bucket/prefix?endpoint=host:port, with the
// parameters region, and insecure=true for HTTP. The keys are those of the usual
// places: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, ~/.aws/credentials, or what
// the machine is given. It is CodeInvalid for another address, and CodeUnavailable
// where the bucket cannot be reached. Uploads wait in the directory spool.
func OpenS3(ctx context.Context, address, spool string) (*Store, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "s3" || u.Host == "" || u.User != nil {
		return nil, lintu.Errorf(lintu.CodeInvalid, "照片的地址应类似 s3://桶名/前缀?endpoint=s3.example.cn。", "The address of photos should look like s3://bucket/prefix?endpoint=s3.example.org.")
	}
	q := u.Query()
	for name := range q {
		if name != "endpoint" && name != "region" && name != "insecure" {
			return nil, lintu.Errorf(lintu.CodeInvalid, "照片的地址中没有参数 %q；可用的有 endpoint、region、insecure。", "The address of photos has no parameter %q; there are endpoint, region and insecure.", name)
		}
	}
	endpoint := q.Get("endpoint")
	if endpoint == "" {
		endpoint = "s3.amazonaws.com"
	}
	keys := credentials.NewChainCredentials([]credentials.Provider{&credentials.EnvAWS{}, &credentials.FileAWSCredentials{}, &credentials.IAM{Client: http.DefaultClient}})
	client, err := minio.New(endpoint, &minio.Options{Creds: keys, Secure: q.Get("insecure") != "true", Region: q.Get("region")})
	if err != nil {
		return nil, lintu.Errorf(lintu.CodeInvalid, "照片的地址中 endpoint=%q 无效。", "The endpoint %q in the address of photos is not valid.", endpoint).Because(err)
	}
	b := &s3{client: minio.Core{Client: client}, bucket: u.Host, prefix: strings.Trim(u.Path, "/")}
	there, err := client.BucketExists(ctx, b.bucket)
	if err != nil || !there {
		return nil, lintu.Errorf(lintu.CodeUnavailable, "在 %[2]s 找不到存放照片的桶 %[1]q，或没有权限；请检查 LINTU_PHOTOS 和密钥。",
			"The bucket %q for photos is not at %s, or may not be used; please check LINTU_PHOTOS and the keys.", b.bucket, endpoint).Because(err)
	}
	if err := os.MkdirAll(spool, 0o700); err != nil {
		return nil, unkept(err)
	}
	return newStore(b, spool), nil
}

func (b *s3) name(key string) string { return path.Join(b.prefix, key) }

// create lets one of two writers win where the server knows If-None-Match, as S3
// does; elsewhere the later one does.
func (b *s3) create(ctx context.Context, key string, content []byte) error {
	options := minio.PutObjectOptions{ContentType: "application/octet-stream", DisableMultipart: true}
	options.SetMatchETagExcept("*")
	_, err := b.client.Client.PutObject(ctx, b.bucket, b.name(key), bytes.NewReader(content), int64(len(content)), options)
	return s3Error(err)
}

// renew copies the object to itself, which S3 takes with other metadata only.
func (b *s3) renew(ctx context.Context, key string) error {
	from := minio.CopySrcOptions{Bucket: b.bucket, Object: b.name(key)}
	to := minio.CopyDestOptions{Bucket: b.bucket, Object: b.name(key), ReplaceMetadata: true,
		UserMetadata: map[string]string{"Renewed": time.Now().UTC().Format(time.RFC3339Nano)}}
	_, err := b.client.Client.CopyObject(ctx, to, from)
	return s3Error(err)
}

func (b *s3) open(ctx context.Context, key string, from, n int64) (io.ReadCloser, error) {
	var options minio.GetObjectOptions
	if err := options.SetRange(from, from+n-1); err != nil {
		return nil, err
	}
	r, _, _, err := b.client.GetObject(ctx, b.bucket, b.name(key), options)
	if err != nil {
		return nil, s3Error(err)
	}
	return r, nil
}

func (b *s3) remove(ctx context.Context, key string, before time.Time) error {
	info, err := b.client.StatObject(ctx, b.bucket, b.name(key), minio.StatObjectOptions{})
	if err != nil || !info.LastModified.Before(before) {
		return s3Error(err)
	}
	return s3Error(b.client.RemoveObject(ctx, b.bucket, b.name(key), minio.RemoveObjectOptions{}))
}

// s3Error says in the words of a file system what a server refused.
func s3Error(err error) error {
	var answer minio.ErrorResponse
	if !errors.As(err, &answer) {
		return err
	}
	switch answer.StatusCode {
	case http.StatusNotFound:
		return fmt.Errorf("%w: %w", fs.ErrNotExist, err)
	case http.StatusPreconditionFailed, http.StatusConflict:
		return fmt.Errorf("%w: %w", fs.ErrExist, err)
	}
	return err
}
