#!/bin/sh
# Writes the wire contract as a descriptor, from which the package makes its messages: of any version of protoc, for any version
# of protobuf. PROTOC is what to run (default: protoc).
set -eu
cd "$(dirname "$0")"
proto=../proto/src/main/proto
: "${PROTOC:=protoc}"
command -v "${PROTOC%% *}" >/dev/null || {
  echo "generate.sh: ${PROTOC%% *} not found; install Debian's protobuf-compiler, or pip install grpcio-tools and set PROTOC='python3 -m grpc_tools.protoc'" >&2
  exit 1
}
$PROTOC -I "$proto" --descriptor_set_out=cordee/wire.desc "$proto/cordee/v1/cordee.proto"
