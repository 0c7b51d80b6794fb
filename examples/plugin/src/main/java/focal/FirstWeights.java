package focal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/**
 * Writes the first weights as a safetensors file: {@code java FirstWeights.java FILE}. Such a file
 * is the length of a header, the header in JSON, and the values, one tensor behind the other.
 */
final class FirstWeights {

  private static final int INPUTS = 64;
  private static final int CLASSES = 10;

  private FirstWeights() {}

  public static void main(String[] arguments) throws IOException {
    int biases = Float.BYTES * CLASSES;
    int all = biases + Float.BYTES * CLASSES * INPUTS;
    String header =
        """
        {"bias": {"dtype": "F32", "shape": [%d], "data_offsets": [0, %d]},
         "weight": {"dtype": "F32", "shape": [%d, %d], "data_offsets": [%d, %d]}}
        """
            .formatted(CLASSES, biases, CLASSES, INPUTS, biases, all);
    ByteBuffer file = ByteBuffer.allocate(Long.BYTES + header.length() + all);
    file.order(ByteOrder.LITTLE_ENDIAN).putLong(header.length());
    file.put(header.getBytes(StandardCharsets.US_ASCII));
    for (int i = 0; i < CLASSES; i++) {
      file.putFloat(0);
    }
    SplittableRandom random = new SplittableRandom(1);
    while (file.hasRemaining()) {
      file.putFloat((float) random.nextDouble(-0.1, 0.1));
    }
    Files.write(Path.of(arguments[0]), file.array());
  }
}
