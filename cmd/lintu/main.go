// Command lintu is the neighbourhood mapping server: one binary for the server,
// its private database and the planner's everyday commands.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], environment(), stdio{os.Stdout, os.Stderr, os.Stdin}))
}
