// grpc-go's interoperability service as grpc-go's own program serves it, but on the address that it is given: that program
// listens on every interface, and load goes to loopback only.
package main

import (
	"log"
	"net"
	"os"

	"google.golang.org/grpc"
	"google.golang.org/grpc/interop"
	testgrpc "google.golang.org/grpc/interop/grpc_testing"
	"google.golang.org/grpc/orca"
)

func main() {
	listener, err := net.Listen("tcp", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer(orca.CallMetricsServerOption(nil))
	options := interop.NewTestServerOptions{MetricsRecorder: orca.NewServerMetricsRecorder()}
	testgrpc.RegisterTestServiceServer(server, interop.NewTestServer(options))
	log.Fatal(server.Serve(listener))
}
