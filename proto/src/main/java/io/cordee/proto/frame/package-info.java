/**
 * The messages of the wire contract as they are sent and received: bulk data go from arrays to the
 * socket and back without a copy in between. On the wire they are plain protobuf.
 */
package io.cordee.proto.frame;
