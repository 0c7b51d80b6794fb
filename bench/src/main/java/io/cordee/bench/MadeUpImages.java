package io.cordee.bench;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/**
 * Made-up rows of Fashion-MNIST's kind in IDX files: images of bytes with something in the middle
 * and zeros around it, and ten classes.
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

  /** Writes {@code images}, of whose pixels half are 0, and {@code labels} into a folder. */
  public static void write(Path folder, int rows) throws IOException {
    write(folder, rows, 28, 0.5);
  }

  /**
   * As above; an image is {@code side} pixels square, about a share {@code zeros} of which are 0.
   */
  public static void write(Path folder, int rows, int side, double zeros) throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    byte[] image = new byte[side * side];
    try (DataOutputStream images = open(folder.resolve("images"));
        DataOutputStream labels = open(folder.resolve("labels"))) {
      images.writeInt(BYTES << 8 | 3);
      images.writeInt(rows);
      images.writeInt(side);
      images.writeInt(side);
      labels.writeInt(BYTES << 8 | 1);
      labels.writeInt(rows);
      for (int row = 0; row < rows; row++) {
        // An ellipse, whose size varies from image to image.
        double radius = side * Math.sqrt((1 - zeros) / Math.PI);
        double height = radius * random.nextDouble(0.8, 1.25);
        double width = radius * random.nextDouble(0.8, 1.25);
        for (int i = 0; i < image.length; i++) {
          double y = (i / side - side / 2.0) / height;
          double x = (i % side - side / 2.0) / width;
          boolean isInside = zeros == 0 || x * x + y * y < 1;
          image[i] = (byte) (isInside ? random.nextInt(1, 256) : 0);
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
