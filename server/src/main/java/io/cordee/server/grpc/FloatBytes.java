package io.cordee.server.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.cordee.common.wire.FloatCodec;

/** Floats as bytes of a message. */
final class FloatBytes {

  private FloatBytes() {}

  static ByteString write(float[] values, int from, int count) {
    byte[] bytes = new byte[count * Float.BYTES];
    FloatCodec.encode(values, from, count, bytes, 0);
    return UnsafeByteOperations.unsafeWrap(bytes);
  }

  static float[] read(ByteString bytes) {
    float[] values = new float[bytes.size() / Float.BYTES];
    FloatCodec.decode(bytes.asReadOnlyByteBuffer(), values, 0, values.length);
    return values;
  }
}
