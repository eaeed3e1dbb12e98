package api

import (
	"context"
	"sync"

	"github.com/lintu-map/lintu"
)

// jobs are the long things that run on import batches in this process. They
// belong to the server, not to the request that began them.
type jobs struct {
	ctx   context.Context
	stop  context.CancelFunc
	runs  sync.WaitGroup
	mu    sync.Mutex
	byID  map[lintu.ID]*job
	order []lintu.ID // of byID, oldest first
}

// jobsKept is how many batches the outcome of the last job is remembered for.
const jobsKept = 200

// job is what a page sees of one of them.
type job struct {
	Kind  string     `json:"kind"`  // explain, apply, undo
	State string     `json:"state"` // running, done, failed
	Step  lintu.Text `json:"step"`
	Done  int64      `json:"done"`
	Total int64      `json:"total"` // 0 if unknown
	Error *problem   `json:"error"`
}

func (j *jobs) init() {
	j.ctx, j.stop = context.WithCancel(context.Background())
	j.byID = map[lintu.ID]*job{}
}

// of returns a copy of the job on a batch, nil if there has been none.
func (j *jobs) of(id lintu.ID) *job {
	j.mu.Lock()
	defer j.mu.Unlock()
	if run := j.byID[id]; run != nil {
		c := *run
		return &c
	}
	return nil
}

// begin notes that something starts on a batch: CodeConflict if something runs.
func (j *jobs) begin(id lintu.ID, kind string) (*job, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.ctx.Err() != nil {
		return nil, lintu.Errorf(lintu.CodeUnavailable, "服务器正在停止，请稍后再试。", "The server is stopping; please try again shortly.")
	}
	old := j.byID[id]
	if old != nil && old.State == "running" {
		return nil, lintu.Errorf(lintu.CodeConflict, "这一批数据正在处理中，请等它完成。", "This batch is being worked on; please wait until that is done.")
	}
	if old == nil {
		j.order = append(j.order, id)
	}
	run := &job{Kind: kind, State: "running"}
	j.byID[id] = run
	j.forget()
	j.runs.Add(1)
	return run, nil
}

// forget drops the oldest outcomes beyond jobsKept.
func (j *jobs) forget() {
	for i := 0; len(j.order) > jobsKept && i < len(j.order); {
		if id := j.order[i]; j.byID[id].State != "running" {
			delete(j.byID, id)
			j.order = append(j.order[:i], j.order[i+1:]...)
			continue
		}
		i++
	}
}

// progress returns where the work on run reports to.
func (j *jobs) progress(run *job) lintu.Progress {
	return func(step lintu.Text, done, total int64) {
		j.mu.Lock()
		defer j.mu.Unlock()
		run.Step, run.Done, run.Total = step, done, total
	}
}

// end notes how the work on run came out.
func (j *jobs) end(run *job, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	defer j.runs.Done()
	if run.State = "done"; err != nil {
		p := problemOf(err, "zh")
		run.State, run.Error = "failed", &p
	}
}

// wait waits until nothing runs or ctx ends.
func (j *jobs) wait(ctx context.Context) {
	done := make(chan struct{})
	go func() { j.runs.Wait(); close(done) }()
	select {
	case <-done:
	case <-ctx.Done():
	}
}
