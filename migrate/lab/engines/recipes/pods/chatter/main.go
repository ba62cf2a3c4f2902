// Command chatter is a workload that logs what it is told: files to stdout and stderr, then numbered lines at a pace.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

func main() {
	stdout := flag.String("stdout", "", "file to copy to stdout")
	stderr := flag.String("stderr", "", "file to copy to stderr")
	numbered := flag.Int("numbered", 0, "how many numbered JSON lines follow on stdout")
	every := flag.Duration("every", time.Millisecond, "pause between numbered lines")
	padding := flag.Int("padding", 0, "bytes of padding in each numbered line")
	flag.Parse()

	send(*stdout, os.Stdout)
	send(*stderr, os.Stderr)
	filler := strings.Repeat("x", *padding)
	for number := 0; number < *numbered; number++ {
		fmt.Printf("{\"n\":%d,\"filler\":%q}\n", number, filler)
		time.Sleep(*every)
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGINT, syscall.SIGTERM)
	<-stop
}

// send copies a file line by line, as programs log.
func send(path string, to *os.File) {
	if path == "" {
		return
	}
	file, err := os.Open(path)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	defer file.Close()
	lines := bufio.NewReader(file)
	for {
		line, err := lines.ReadString('\n')
		to.WriteString(line)
		if err != nil {
			return
		}
	}
}
