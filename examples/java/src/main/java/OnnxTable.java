import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.util.Map;

/**
 * Predicts the species of three penguins with the ONNX file of examples/tables/penguins.yaml, by
 * ONNX Runtime and without Cordee. Each column of the table is an input: numbers as doubles, NaN
 * where one is missing, and strings.
 */
final class OnnxTable {

  private OnnxTable() {}

  public static void main(String[] arguments) throws OrtException {
    if (arguments.length != 1) {
      System.err.println("expected the ONNX file: -Darguments=penguins.onnx");
      System.exit(2);
    }
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(arguments[0]);
        OnnxTensor island = strings("Torgersen", "Biscoe", "Dream");
        OnnxTensor beakLength = numbers(39.1, 46.1, 49.5);
        OnnxTensor beakDepth = numbers(18.7, 13.2, 19.0);
        OnnxTensor flipperLength = numbers(181, 211, Double.NaN);
        OnnxTensor bodyMass = numbers(3750, 4500, 3800);
        OnnxTensor sex = strings("MALE", "FEMALE", "");
        OrtSession.Result result =
            session.run(
                Map.of(
                    "island", island,
                    "beak_length_mm", beakLength,
                    "beak_depth_mm", beakDepth,
                    "flipper_length_mm", flipperLength,
                    "body_mass_g", bodyMass,
                    "sex", sex))) {
      String[] labels = (String[]) result.get("label").orElseThrow().getValue();
      float[][] probabilities = (float[][]) result.get("outputs").orElseThrow().getValue();
      for (int row = 0; row < labels.length; row++) {
        float[] of = probabilities[row];
        System.out.printf("%s: %.3f %.3f %.3f%n", labels[row], of[0], of[1], of[2]);
      }
      if (!String.join(" ", labels).equals("Adelie Gentoo Chinstrap")) {
        throw new AssertionError("expected Adelie, Gentoo and Chinstrap");
      }
    }
  }

  /** A column of numbers, [n, 1]. */
  private static OnnxTensor numbers(double... column) throws OrtException {
    double[][] cells = new double[column.length][];
    for (int row = 0; row < cells.length; row++) {
      cells[row] = new double[] {column[row]};
    }
    return OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), cells);
  }

  /** A column of strings, [n, 1]. */
  private static OnnxTensor strings(String... column) throws OrtException {
    String[][] cells = new String[column.length][];
    for (int row = 0; row < cells.length; row++) {
      cells[row] = new String[] {column[row]};
    }
    return OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), cells);
  }
}
