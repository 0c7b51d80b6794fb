package io.cordee.cli.export;

import io.cordee.common.wire.FloatCodec;
import io.cordee.function.Layout;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A network's tensors as NumPy's archive: a ZIP file with one {@code NAME.npy} each, stored as
 * {@code numpy.savez} does.
 *
 * <p>Source: the <a
 * href="https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html">format's
 * description</a>, version 1.0.
 */
final class NpzFile {

  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
  private static final int ALIGNMENT = 64;

  /** The earliest that a ZIP file can say, so that the same model gives the same file. */
  private static final LocalDateTime ZIP_EPOCH = LocalDateTime.of(1980, 1, 1, 0, 0);

  private static final int BUFFER_FLOATS = 1 << 16;

  private NpzFile() {}

  static String describe(TrainedModel model) {
    return model.layout().tensors().stream()
        .map(Layout.Tensor::name)
        .collect(Collectors.joining(", ", "NumPy arrays ", ""));
  }

  static void write(TrainedModel model, OutputStream out) throws IOException {
    ZipOutputStream zip = new ZipOutputStream(out);
    zip.setMethod(ZipOutputStream.STORED);
    for (Layout.Tensor tensor : model.layout().tensors()) {
      byte[] header = header(tensor);
      ZipEntry entry = new ZipEntry(tensor.name() + ".npy");
      entry.setTimeLocal(ZIP_EPOCH);
      entry.setSize(header.length + (long) tensor.size() * Float.BYTES);
      entry.setCrc(checksum(header, tensor, model.parameters()));
      zip.putNextEntry(entry);
      zip.write(header);
      writeFloats(tensor, model.parameters(), zip);
      zip.closeEntry();
    }
    zip.finish();
  }

  /** What is stored as it is wants its checksum in front. */
  private static long checksum(byte[] header, Layout.Tensor tensor, float[] parameters)
      throws IOException {
    try (CheckedOutputStream sink =
        new CheckedOutputStream(OutputStream.nullOutputStream(), new CRC32())) {
      sink.write(header);
      writeFloats(tensor, parameters, sink);
      return sink.getChecksum().getValue();
    }
  }

  /** Padded so that the elements begin at a multiple of 64. */
  private static byte[] header(Layout.Tensor tensor) {
    String shape = tensor.shape().stream().map(Object::toString).collect(Collectors.joining(", "));
    String comma = tensor.shape().size() == 1 ? "," : "";
    StringBuilder text =
        new StringBuilder(
            "{'descr': '<f4', 'fortran_order': False, 'shape': (%s%s), }".formatted(shape, comma));
    int front = MAGIC.length + Short.BYTES;
    while ((front + text.length() + 1) % ALIGNMENT != 0) {
      text.append(' ');
    }
    text.append('\n');
    return ByteBuffer.allocate(front + text.length())
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(MAGIC)
        .putShort((short) text.length())
        .put(text.toString().getBytes(StandardCharsets.US_ASCII))
        .array();
  }

  private static void writeFloats(Layout.Tensor tensor, float[] parameters, OutputStream out)
      throws IOException {
    byte[] buffer = new byte[Math.min(BUFFER_FLOATS, tensor.size()) * Float.BYTES];
    int end = tensor.offset() + tensor.size();
    for (int at = tensor.offset(); at < end; at += BUFFER_FLOATS) {
      int count = Math.min(BUFFER_FLOATS, end - at);
      FloatCodec.encode(parameters, at, count, buffer, 0);
      out.write(buffer, 0, count * Float.BYTES);
    }
  }
}
