#!/bin/sh
# Writes the wire contract as a descriptor, from which the package makes its messages: of any version of protoc, for any version
# of protobuf. PROTOC is what to run (default: protoc).
set -eu
cd "$(dirname "$0")"
proto=../proto/src/main/proto
${PROTOC:-protoc} -I "$proto" --descriptor_set_out=cordee/wire.desc "$proto/cordee/v1/cordee.proto"
