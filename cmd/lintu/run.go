package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strconv"

	"github.com/alecthomas/kong"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
)

// version is set by the linker for releases.
var version = "0.1.0"

// cli is the whole command line: what is not a command configures all of them.
type cli struct {
	config
	Serve   serveCmd   `cmd:"" help:"Run the server, with a private database unless LINTU_DATABASE_URL names one."`
	Demo    demoCmd    `cmd:"" help:"Serve a synthetic town, made and imported at the first start."`
	Import  importCmd  `cmd:"" help:"Import shapefiles, GeoJSON or tables (CSV, XLSX) into a layer."`
	Assign  assignCmd  `cmd:"" help:"Make a neighbor head responsible for a household from now on."`
	Migrate migrateCmd `cmd:"" help:"Bring the database's schema to this version."`
	User    userCmd    `cmd:"" help:"Keep the accounts of those who sign in."`
	Audit   auditCmd   `cmd:"" help:"Verify and export the audit."`
	Check   checkCmd   `cmd:"" help:"Look for contradictions in the stored data."`
	Case    caseCmd    `cmd:"" help:"Cases: make them anew from their events."`
	Privacy privacyCmd `cmd:"" help:"Personal data: export or erase a person's, change or destroy the keys."`
	Version versionCmd `cmd:"" help:"Print the version."`
}

// stdio is where a command writes, and reads answers.
type stdio struct {
	stdout, stderr io.Writer
	stdin          io.Reader // may be nil for commands that ask nothing
}

// app is what every command is given.
type app struct {
	stdio
	cfg  config
	name lintu.Text // of the place, as the pages show it
	log  *slog.Logger

	answers *bufio.Scanner // of stdin, once something was asked
}

// exitCode ends the program with that code without another word.
type exitCode int

func (c exitCode) Error() string { return fmt.Sprintf("exit code %d", int(c)) }

// environment is the process's environment.
func environment() []string { return os.Environ() }

// run does what main does with other arguments and streams; it returns the exit
// code: 0 done, 1 failed, 2 wrong usage, 3 an import stopped to ask.
func run(ctx context.Context, args, env []string, io stdio) int {
	var c cli
	parser, err := kong.New(&c, kong.Name("lintu"), kong.UsageOnError(),
		kong.Description("lintu (邻图): a mapping server for neighbourhoods."),
		kong.Vars{"unmaskPerDay": strconv.Itoa(sql.UnmaskPerDay)},
		kong.Writers(io.stdout, io.stderr), kong.Exit(func(code int) { panic(exitCode(code)) }),
		kong.BindTo(ctx, (*context.Context)(nil)))
	if err != nil {
		panic(err) // a mistake in the struct above
	}
	command, code := parse(parser, args, io)
	if command == nil {
		return code
	}
	if err := c.check(env); err != nil {
		fmt.Fprintln(io.stderr, lintu.AsError(err).Text.In(c.Lang))
		return 2
	}
	a := &app{stdio: io, cfg: c.config, name: c.name(), log: slog.New(slog.NewTextHandler(io.stderr, nil))}
	return report(ctx, a, command.Run(a))
}

// parse reads the arguments. It returns no command, but an exit code, after
// --help and after a mistake.
func parse(parser *kong.Kong, args []string, io stdio) (command *kong.Context, code int) {
	defer func() {
		if exit, ok := recover().(exitCode); ok {
			command, code = nil, int(exit)
		}
	}()
	command, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintln(io.stderr, err)
		return nil, 2
	}
	return command, 0
}

func report(ctx context.Context, a *app, err error) int {
	var code exitCode
	switch {
	case err == nil:
		return 0
	case errors.As(err, &code):
		return int(code)
	case ctx.Err() != nil:
		fmt.Fprintln(a.stderr, lintu.Say("已停止，未完成的部分没有写入。", "Stopped. Nothing of what was unfinished is stored.").In(a.cfg.Lang))
		return 1
	}
	e := lintu.AsError(err)
	fmt.Fprintln(a.stderr, e.Text.In(a.cfg.Lang))
	if e.Cause != nil && (e.Code == lintu.CodeInternal || e.Code == lintu.CodeUnavailable) {
		a.log.Error("failed", "code", e.Code, "error", e)
	}
	return 1
}

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run(a *app) error {
	fmt.Fprintln(a.stdout, "lintu", version)
	return nil
}
