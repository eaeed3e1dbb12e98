package api

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"path"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/lintu-map/lintu"
)

const (
	previewVertices    = 200000
	previewVerticesMax = 1000000
)

// batchDoc is a batch with what runs on it.
type batchDoc struct {
	*lintu.Batch
	Job *job `json:"job,omitempty"`
}

func (s *Server) sendBatch(c *fiber.Ctx, status int, b *lintu.Batch) error {
	c.Set(fiber.HeaderCacheControl, noStore)
	return c.Status(status).JSON(batchDoc{b, s.jobs.of(b.ID)})
}

// upload receives a file, as the body or as the field "file" of a form, and
// passes it on as it comes: nothing of it is kept in memory.
func (s *Server) upload(c *fiber.Ctx) error {
	if err := only(c, "name"); err != nil {
		return err
	}
	if n := c.Context().Request.Header.ContentLength(); int64(n) > s.UploadBytes {
		return tooLarge(s.UploadBytes)
	}
	end, err := s.uploading.begin(s.viewer(c).Name)
	if err != nil {
		return err
	}
	defer end()
	ctx, cancel := takeContext(c, streamTimeout)
	defer cancel()
	stop := context.AfterFunc(s.jobs.ctx, cancel)
	defer stop()
	name, content, err := uploaded(c, body(c, s.UploadBytes))
	if err != nil {
		return err
	}
	b, err := s.Importer.Receive(ctx, s.Tenant, name, s.viewer(c).Actor(lintu.Import), arriving{content})
	if err != nil {
		return err
	}
	c.Location(s.base(c) + "/api/v1/batches/" + b.ID.String())
	return s.sendBatch(c, fiber.StatusCreated, b)
}

// uploaded finds the file's name and bytes.
func uploaded(c *fiber.Ctx, all io.Reader) (string, io.Reader, error) {
	name := c.Query("name")
	kind, params, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	if err != nil || kind != fiber.MIMEMultipartForm {
		return fileName(name), all, nil
	}
	form := multipart.NewReader(all, params["boundary"])
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return "", nil, lintu.Errorf(lintu.CodeInvalid, "表单中没有名为 file 的文件。", "The form has no field named file.")
		}
		if err != nil {
			return "", nil, bodyError(err)
		}
		if part.FormName() == "file" {
			if name == "" {
				name = part.FileName()
			}
			return fileName(name), part, nil
		}
	}
}

// fileName keeps what people call the file, without folders.
func fileName(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	if name == "." || name == "/" {
		return "upload"
	}
	if r := []rune(name); len(r) > 200 {
		name = string(r[len(r)-200:]) // the end has the extension
	}
	return name
}

func (s *Server) batches(c *fiber.Ctx) error {
	if err := only(c, "limit"); err != nil {
		return err
	}
	limit, err := number(c, "limit", 50, 1, 500)
	if err != nil {
		return err
	}
	actors, err := s.whoseBatches(c)
	if err != nil {
		return err
	}
	list, err := s.Batches.Batches(c.UserContext(), s.Tenant, actors, limit)
	if err != nil {
		return err
	}
	docs := make([]batchDoc, len(list))
	for i, b := range list {
		docs[i] = batchDoc{b, s.jobs.of(b.ID)}
	}
	c.Set(fiber.HeaderCacheControl, noStore)
	return c.JSON(fiber.Map{"batches": docs})
}

// whoseBatches are the actors whose batches the viewer is shown: nil is everybody's,
// for who imports everywhere, and else the own account's and its tokens'.
func (s *Server) whoseBatches(c *fiber.Ctx) ([]string, error) {
	v := s.viewer(c)
	if v.Territory(lintu.Import).Everywhere {
		return nil, nil
	}
	actors := []string{"user:" + v.Account.String()}
	tokens, err := s.Door.Tokens(c.UserContext(), s.Tenant, v.Account)
	for _, t := range tokens {
		actors = append(actors, "token:"+t.ID.String())
	}
	return actors, err
}

// theBatch finds the batch of the path, if the viewer is shown it.
func (s *Server) theBatch(c *fiber.Ctx) (*lintu.Batch, error) {
	id, err := idParam(c)
	if err != nil {
		return nil, err
	}
	b, err := s.Batches.Batch(c.UserContext(), s.Tenant, id)
	if err != nil {
		return nil, err
	}
	actors, err := s.whoseBatches(c)
	if err == nil && actors != nil && !slices.Contains(actors, b.Actor) {
		err = lintu.NoBatch(id)
	}
	return b, err
}

func (s *Server) batch(c *fiber.Ctx) error {
	if err := only(c); err != nil {
		return err
	}
	b, err := s.theBatch(c)
	if err != nil {
		return err
	}
	return s.sendBatch(c, fiber.StatusOK, b)
}

// answers explains a batch anew under the answers in the body.
func (s *Server) answers(c *fiber.Ctx) error {
	if err := only(c); err != nil {
		return err
	}
	said, err := parseAnswers(smallBody(c))
	if err != nil {
		return err
	}
	b, err := s.theBatch(c)
	if err != nil {
		return err
	}
	if err := checkDatasets(said, b); err != nil {
		return err
	}
	run, err := s.jobs.begin(b.ID, "explain")
	if err != nil {
		return err
	}
	b, err = s.Importer.Explain(s.jobs.ctx, s.Tenant, b.ID, s.viewer(c).Actor(lintu.Import), said, s.jobs.progress(run))
	s.jobs.end(run, err)
	if err != nil {
		return err
	}
	return s.sendBatch(c, fiber.StatusOK, b)
}

func (s *Server) apply(c *fiber.Ctx) error {
	by := s.viewer(c).Actor(lintu.Import)
	return s.launch(c, "apply", (*lintu.Batch).Ready, func(ctx context.Context, id lintu.ID, progress lintu.Progress) error {
		_, err := s.Importer.Apply(ctx, s.Tenant, id, by, progress)
		return err
	})
}

func (s *Server) undo(c *fiber.Ctx) error {
	by := s.viewer(c).Actor(lintu.Import)
	return s.launch(c, "undo", nil, func(ctx context.Context, id lintu.ID, _ lintu.Progress) error {
		return s.Batches.UndoBatch(ctx, s.Tenant, id, by)
	})
}

// launch begins a job on the batch of the path and answers at once; what ready,
// if given, has against it is answered instead. The job goes on when the client
// leaves.
func (s *Server) launch(c *fiber.Ctx, kind string, ready func(*lintu.Batch) error, work func(context.Context, lintu.ID, lintu.Progress) error) error {
	if err := only(c); err != nil {
		return err
	}
	b, err := s.theBatch(c)
	if err != nil {
		return err
	}
	if ready != nil {
		if err := ready(b); err != nil {
			return err
		}
	}
	run, err := s.jobs.begin(b.ID, kind)
	if err != nil {
		return err
	}
	id, v := b.ID, s.viewer(c)
	route := Route{Method: c.Method(), Path: c.Route().Path}
	go func() {
		err := s.guardStream(id.String(), func() error { return work(s.jobs.ctx, id, s.jobs.progress(run)) })
		if lintu.CodeOf(err) == lintu.CodeForbidden { // outside of the territory
			s.noteRefusal(v, route)
		}
		if code := lintu.CodeOf(err); code == lintu.CodeInternal || code == lintu.CodeUnavailable { // such as a full disk
			s.Log.Error("job failed", slog.String("kind", kind), slog.String("batch", id.String()), slog.Any("error", err))
		}
		s.jobs.end(run, err)
	}()
	return s.sendBatch(c, fiber.StatusAccepted, b)
}

func (s *Server) discard(c *fiber.Ctx) error {
	if err := only(c); err != nil {
		return err
	}
	b, err := s.theBatch(c)
	if err != nil {
		return err
	}
	run, err := s.jobs.begin(b.ID, "discard")
	if err != nil {
		return err
	}
	err = s.Importer.Discard(c.UserContext(), s.Tenant, b.ID, s.viewer(c).Actor(lintu.Import))
	s.jobs.end(run, err)
	if err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}

// preview streams the rows that would be stored.
func (s *Server) preview(c *fiber.Ctx) error {
	if err := only(c, "maxVertices"); err != nil {
		return err
	}
	vertices, err := number(c, "maxVertices", previewVertices, 1, previewVerticesMax)
	if err != nil {
		return err
	}
	b, err := s.theBatch(c)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, noStore)
	if c.Method() == fiber.MethodHead {
		c.Set(fiber.HeaderContentType, geoJSONType)
		return nil
	}
	id := b.ID
	return s.stream(c, geoJSONType, func(ctx context.Context, out io.Writer, begun func()) error {
		bw := bufio.NewWriterSize(&firstWrite{out, begun}, 32<<10)
		if err := s.Importer.Preview(ctx, s.Tenant, id, vertices, bw); err != nil {
			return fmt.Errorf("preview %s: %w", id, err)
		}
		return bw.Flush()
	})
}

// firstWrite says when the first bytes go out.
type firstWrite struct {
	io.Writer
	begun func()
}

// Write implements io.Writer.
func (w *firstWrite) Write(p []byte) (int, error) {
	w.begun()
	return w.Writer.Write(p)
}
