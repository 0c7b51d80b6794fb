package io.cordee.worker.data.format;

import com.github.luben.zstd.ZstdInputStream;
import io.airlift.compress.Decompressor;
import io.airlift.compress.lz4.Lz4Decompressor;
import io.airlift.compress.snappy.SnappyDecompressor;
import io.cordee.worker.data.rows.DataException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StreamCorruptedException;
import java.nio.ByteBuffer;
import java.util.zip.GZIPInputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/** Unpacks the pages of a Parquet file. The library's own codecs need Hadoop and native code. */
record ParquetCodecs(String file) implements CompressionCodecFactory {

  /** Bytes. Writers cut a column's values into pages of about a MiB. */
  private static final int LARGEST_PAGE = 1 << 28;

  /** LZ4 makes at most 255 bytes of one; Snappy fewer. */
  private static final long MOST_UNPACKED = 256;

  private interface Unpacking {
    byte[] unpack(byte[] packed, int size) throws IOException;
  }

  private interface Filter {
    InputStream of(InputStream packed) throws IOException;
  }

  private record Unpacker(Unpacking unpacking) implements BytesInputDecompressor {
    @Override
    public BytesInput decompress(BytesInput packed, int size) throws IOException {
      if (size < 0 || size > LARGEST_PAGE) {
        throw new StreamCorruptedException(
            "a page of " + size + " bytes; at most " + LARGEST_PAGE + " are allowed");
      }
      byte[] bytes = packed.toInputStream().readNBytes((int) packed.size());
      byte[] unpacked = unpacking.unpack(bytes, size);
      if (unpacked.length != size) {
        throw new StreamCorruptedException(
            "a page announced as " + size + " bytes holds " + unpacked.length);
      }
      return BytesInput.from(unpacked);
    }

    @Override
    public void decompress(ByteBuffer packed, int packedSize, ByteBuffer to, int size) {
      throw new UnsupportedOperationException("buffers are not asked for");
    }

    @Override
    public void release() {}
  }

  @Override
  public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
    return new Unpacker(
        switch (codec) {
          case UNCOMPRESSED -> (packed, size) -> packed;
          case GZIP -> stream(GZIPInputStream::new);
          case ZSTD -> stream(ZstdInputStream::new);
          case SNAPPY -> block(new SnappyDecompressor());
          case LZ4_RAW -> block(new Lz4Decompressor());
          default ->
              throw new DataException(
                  "%s is compressed with %s; expected SNAPPY, GZIP, ZSTD, LZ4_RAW or no compression; write it again with one of these",
                  file, codec);
        });
  }

  private static Unpacking stream(Filter filter) {
    return (packed, size) -> {
      try (InputStream in = filter.of(new ByteArrayInputStream(packed))) {
        return in.readNBytes(size);
      }
    };
  }

  private static Unpacking block(Decompressor decompressor) {
    return (packed, size) -> {
      if (size > MOST_UNPACKED * packed.length) {
        throw new StreamCorruptedException("a page that announces more than it can hold");
      }
      byte[] unpacked = new byte[size];
      decompressor.decompress(packed, 0, packed.length, unpacked, 0, size);
      return unpacked;
    };
  }

  @Override
  public BytesInputCompressor getCompressor(CompressionCodecName codec) {
    throw new UnsupportedOperationException("nothing is written");
  }

  @Override
  public void release() {}
}
