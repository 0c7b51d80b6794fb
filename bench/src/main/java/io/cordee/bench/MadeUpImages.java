package io.cordee.bench;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/**
 * Made-up rows of Fashion-MNIST's kind in IDX files: images of 28 x 28 bytes, half of them 0, and
 * ten classes. What they show matters to nobody: a matrix product takes as long on any numbers.
 */
public final class MadeUpImages {

  public static final int PIXELS = 28 * 28;

  private static final int CLASSES = 10;
  private static final int BYTES = 8;

  private MadeUpImages() {}

  /** The part of a job file that names these rows, at the top level. */
  public static String jobSection() {
    return "data: {train: {format: idx, features: images, labels: labels, scale: 255}}\n";
  }

  /** Writes {@code images} and {@code labels} into a folder. */
  public static void write(Path folder, int rows) throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    byte[] image = new byte[PIXELS];
    try (DataOutputStream images = open(folder.resolve("images"));
        DataOutputStream labels = open(folder.resolve("labels"))) {
      images.writeInt(BYTES << 8 | 3);
      images.writeInt(rows);
      images.writeInt(28);
      images.writeInt(28);
      labels.writeInt(BYTES << 8 | 1);
      labels.writeInt(rows);
      for (int row = 0; row < rows; row++) {
        for (int i = 0; i < PIXELS; i++) {
          image[i] = (byte) Math.max(0, random.nextInt(-255, 256));
        }
        images.write(image);
        labels.write(random.nextInt(CLASSES));
      }
    }
  }

  private static DataOutputStream open(Path file) throws IOException {
    return new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)));
  }
}
