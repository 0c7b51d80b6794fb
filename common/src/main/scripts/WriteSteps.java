import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Writes the loops of the optimizers from their formulas: io.cordee.common.optimizer.UpdateSteps, which
 * HotSpot vectorizes, and VectorUpdateSteps, by the Vector API, which a Java without that module
 * cannot load. The build calls it with the file of formulas and the folder of sources to write to.
 */
final class WriteSteps {

  private static final String PLAIN_HEAD =
      """
      package io.cordee.common.optimizer;

      import static io.cordee.common.kernel.Floats.LIFT;
      import static io.cordee.common.kernel.Floats.finite;
      import static io.cordee.common.kernel.Floats.isZero;
      import static io.cordee.common.kernel.Floats.positive;
      import static io.cordee.common.kernel.Floats.sign;
      import static io.cordee.common.kernel.Floats.within;

      import io.cordee.common.optimizer.BlockUpdate.Step;

      /** The steps of optimizers, written by the build from their formulas. */
      final class UpdateSteps {

        private UpdateSteps() {}
      """;

  private static final String VECTOR_HEAD =
      """
      package io.cordee.common.optimizer;

      import static io.cordee.common.kernel.Floats.LIFT;
      import static io.cordee.common.optimizer.VectorSteps.*;
      import static jdk.incubator.vector.VectorOperators.ASHR;
      import static jdk.incubator.vector.VectorOperators.XOR;

      import jdk.incubator.vector.FloatVector;
      import jdk.incubator.vector.IntVector;

      /**
       * The steps of optimizers by the Vector API, for blocks of whole vectors, written by the build
       * from their formulas.
       */
      final class VectorUpdateSteps {

        private VectorUpdateSteps() {}
      """;

  private WriteSteps() {}

  /** An up-to-date file is not rewritten, as the compiler goes by its time. */
  public static void main(String[] arguments) throws IOException {
    List<Optimizer> optimizers = new Formulas(Files.readAllLines(Path.of(arguments[0]))).optimizers();
    Path folder = Path.of(arguments[1]).resolve("io/cordee/common/optimizer");
    Files.createDirectories(folder);
    StringBuilder plain = new StringBuilder(PLAIN_HEAD);
    StringBuilder vectors = new StringBuilder(VECTOR_HEAD);
    for (Optimizer optimizer : optimizers) {
      plain.append(optimizer.factory()).append(new PlainLoop(optimizer).text());
      vectors.append(new VectorLoop(optimizer).text());
    }
    write(folder.resolve("UpdateSteps.java"), plain.append("}\n").toString());
    write(folder.resolve("VectorUpdateSteps.java"), vectors.append("}\n").toString());
  }

  private static void write(Path file, String text) throws IOException {
    if (!Files.exists(file) || !Files.readString(file).equals(text)) {
      Files.writeString(file, text);
    }
  }

  // ---- formulas ----

  private sealed interface Term permits Number, Letter, Binary, Call {}

  private record Number(String digits) implements Term {}

  private record Letter(String name) implements Term {}

  private record Binary(char operator, Term left, Term right) implements Term {
    boolean isProduct() {
      return operator == '*' || operator == '/';
    }
  }

  private record Call(String function, List<Term> arguments) implements Term {
    Term argument(int i) {
      return arguments.get(i);
    }
  }

  private record Assignment(String letter, Term term) {}

  private record Optimizer(
      String name, List<String> constants, List<String> slots, List<Assignment> body) {

    /** Makes a step of both loops, from the constants of a round. */
    String factory() {
      return """

          static Step %1$s(%2$s) {
          return new Step(
          block -> %1$s(block, %3$s), block -> VectorUpdateSteps.%1$s(block, %3$s));
          }
          """
          .formatted(name, parameters(), String.join(", ", constants));
    }

    String parameters() {
      return constants.stream().map(it -> "float " + it).collect(Collectors.joining(", "));
    }

    boolean reads(String letter) {
      return body.stream().anyMatch(line -> reads(line.term, letter));
    }

    private static boolean reads(Term term, String letter) {
      if (term instanceof Binary binary) {
        return reads(binary.left, letter) || reads(binary.right, letter);
      } else if (term instanceof Call call) {
        return call.arguments.stream().anyMatch(it -> reads(it, letter));
      }
      return term.equals(new Letter(letter));
    }
  }

  private record Definition(List<String> parameters, Term term) {}

  /** Reads the file of formulas. */
  private static final class Formulas {

    private static final Map<String, Integer> FUNCTIONS =
        Map.of(
            "√", 1, "finite", 1, "sign", 1, "positive", 1, "isZero", 1, "within", 2, "larger", 2,
            "min", 2, "max", 2);

    private final List<Optimizer> optimizers = new ArrayList<>();
    private final Map<String, Definition> definitions = new HashMap<>();
    private final List<String> lines;

    private int number;
    private String rest = "";
    private Set<String> known = Set.of();

    Formulas(List<String> lines) {
      this.lines = lines;
    }

    List<Optimizer> optimizers() {
      for (String line : lines) {
        number++;
        rest = line.strip();
        if (rest.isEmpty() || rest.startsWith("#")) {
          continue;
        } else if (line.startsWith(" ")) {
          assignment();
        } else if (line.startsWith("define ")) {
          expect("define");
          definition();
        } else {
          optimizer();
        }
        if (!rest.isEmpty()) {
          throw expected("the end of the line");
        }
      }
      return optimizers;
    }

    private void definition() {
      String name = letter();
      List<String> parameters = parenthesized();
      expect("=");
      known = new LinkedHashSet<>(parameters);
      known.addAll(List.of("η_min", "η_max", "α", "β"));
      definitions.put(name, new Definition(parameters, sum()));
    }

    private void optimizer() {
      String name = letter();
      List<String> constants = parenthesized();
      List<String> slots = new ArrayList<>();
      if (take("keeps")) {
        do {
          slots.add(letter());
        } while (take(","));
      }
      optimizers.add(new Optimizer(name, constants, slots, new ArrayList<>()));
      known = new LinkedHashSet<>(List.of("g", "w", "w'", "MAX", "LIFT"));
      known.addAll(constants);
      known.addAll(slots);
    }

    private void assignment() {
      if (optimizers.isEmpty()) {
        throw expected("an optimizer before its first line");
      }
      String letter = letter();
      expect("←");
      optimizers.get(optimizers.size() - 1).body.add(new Assignment(letter, sum()));
      known.add(letter);
    }

    private List<String> parenthesized() {
      List<String> letters = new ArrayList<>();
      expect("(");
      do {
        letters.add(letter());
      } while (take(","));
      expect(")");
      return letters;
    }

    private Term sum() {
      Term term = product();
      while (true) {
        if (take("+")) {
          term = new Binary('+', term, product());
        } else if (take("−")) {
          term = new Binary('-', term, product());
        } else {
          return term;
        }
      }
    }

    private Term product() {
      Term term = factor();
      while (true) {
        if (take("·")) {
          term = new Binary('*', term, factor());
        } else if (take("/")) {
          term = new Binary('/', term, factor());
        } else {
          return term;
        }
      }
    }

    private Term factor() {
      if (take("(")) {
        Term term = sum();
        expect(")");
        return term;
      } else if (take("√")) {
        return new Call("√", List.of(factor()));
      } else if (!rest.isEmpty() && Character.isDigit(rest.charAt(0))) {
        return new Number(word());
      }
      String name = letter();
      if (take("(")) {
        return call(name);
      } else if (known.contains(name)) {
        return new Letter(name);
      }
      throw expected("one of " + known + ", not " + name + ",");
    }

    private Term call(String name) {
      List<Term> arguments = new ArrayList<>();
      do {
        arguments.add(sum());
      } while (take(","));
      expect(")");
      Definition definition = definitions.get(name);
      int count =
          definition != null ? definition.parameters.size() : FUNCTIONS.getOrDefault(name, -1);
      if (count != arguments.size()) {
        throw expected("a function of %d arguments, not %s,".formatted(arguments.size(), name));
      }
      if (definition == null) {
        return new Call(name, arguments);
      }
      Map<String, Term> given = new HashMap<>();
      for (int i = 0; i < count; i++) {
        given.put(definition.parameters.get(i), arguments.get(i));
      }
      return replaced(definition.term, given);
    }

    private static Term replaced(Term term, Map<String, Term> given) {
      if (term instanceof Binary binary) {
        return new Binary(
            binary.operator, replaced(binary.left, given), replaced(binary.right, given));
      } else if (term instanceof Call call) {
        return new Call(
            call.function, call.arguments.stream().map(it -> replaced(it, given)).toList());
      } else if (term instanceof Letter letter) {
        return given.getOrDefault(letter.name, letter);
      }
      return term;
    }

    private String letter() {
      String word = word();
      if (word.isEmpty()) {
        throw expected("a letter");
      }
      return word;
    }

    private String word() {
      int end = 0;
      while (end < rest.length()
          && (Character.isLetterOrDigit(rest.charAt(end)) || "_'".indexOf(rest.charAt(end)) >= 0)) {
        end++;
      }
      String word = rest.substring(0, end);
      rest = rest.substring(end).strip();
      return word;
    }

    private void expect(String text) {
      if (!take(text)) {
        throw expected(text);
      }
    }

    private boolean take(String text) {
      boolean isNext = rest.startsWith(text);
      if (isNext) {
        rest = rest.substring(text.length()).strip();
      }
      return isNext;
    }

    private IllegalArgumentException expected(String what) {
      return new IllegalArgumentException(
          "optimizers.txt, line %d: expected %s before \"%s\"".formatted(number, what, rest));
    }
  }

  // ---- loops ----

  /** The name of a letter in Java: that of a previous value, as w', ends in Before. */
  private static String java(String letter) {
    return letter.replace("'", "Before");
  }

  /** A loop over floats, all of which stand at the same index. */
  private static final class PlainLoop {

    private final Optimizer optimizer;
    private final StringBuilder text = new StringBuilder();
    private final Set<String> declared = new LinkedHashSet<>();

    PlainLoop(Optimizer optimizer) {
      this.optimizer = optimizer;
    }

    private void line(String format, Object... values) {
      text.append(format.formatted(values)).append('\n');
    }

    String text() {
      line("");
      line("private static void %s(Block b, %s) {", optimizer.name, optimizer.parameters());
      line("float perRow = b.perRow();");
      line("float[] sums = b.sums();");
      line("float[] current = b.current();");
      line("float[] next = b.next();");
      for (int slot = 0; slot < optimizer.slots.size(); slot++) {
        line("float[] slot%d = b.slot(%d);", slot, slot);
      }
      line("for (int i = b.from(), to = b.to(); i < to; i++) {");
      load("g", "perRow * sums[i]");
      load("w", "current[i]");
      load("w'", "next[i]");
      for (int slot = 0; slot < optimizer.slots.size(); slot++) {
        load(optimizer.slots.get(slot), "slot" + slot + "[i]");
      }
      optimizer.body.forEach(this::assign);
      line("}");
      line("}");
      return text.toString();
    }

    private void load(String letter, String from) {
      if (optimizer.reads(letter)) {
        declared.add(letter);
        line("float %s = %s;", java(letter), from);
      }
    }

    private void assign(Assignment line) {
      String value = text(line.term);
      if (line.letter.equals("w")) {
        line("next[i] = %s;", value);
      } else if (line.letter.equals("g")) {
        line("sums[i] = %s;", value);
      } else {
        line("%s%s = %s;", declared.add(line.letter) ? "float " : "", java(line.letter), value);
        int slot = optimizer.slots.indexOf(line.letter);
        if (slot >= 0) {
          line("slot%d[i] = %s;", slot, java(line.letter));
        }
      }
    }

    static String text(Term term) {
      if (term instanceof Number number) {
        return number.digits + "f";
      } else if (term instanceof Letter letter) {
        return letter.name.equals("MAX") ? "Float.MAX_VALUE" : java(letter.name);
      } else if (term instanceof Binary binary) {
        boolean isLeftSum = binary.left instanceof Binary left && !left.isProduct();
        boolean isRightSum = binary.right instanceof Binary right && !right.isProduct();
        boolean isLeftOpen = binary.isProduct() && isLeftSum;
        boolean isRightOpen = binary.isProduct() ? binary.right instanceof Binary : isRightSum;
        return "%s %s %s"
            .formatted(
                isLeftOpen ? "(" + text(binary.left) + ")" : text(binary.left),
                binary.operator,
                isRightOpen ? "(" + text(binary.right) + ")" : text(binary.right));
      }
      Call call = (Call) term;
      String arguments =
          call.arguments.stream().map(PlainLoop::text).collect(Collectors.joining(", "));
      return switch (call.function) {
        case "√" -> "(float) Math.sqrt(" + arguments + ")";
        case "min" -> "Math.min(" + arguments + ")";
        case "max", "larger" -> "Math.max(" + arguments + ")";
        default -> call.function + "(" + arguments + ")";
      };
    }
  }

  /** A value in the text of a vector loop: floats, or their bits. */
  private record Value(String text, boolean isBits) {

    String floats() {
      return isBits ? text + ".reinterpretAsFloats()" : text;
    }

    String bits() {
      return isBits ? text : text + ".reinterpretAsInts()";
    }
  }

  /** A loop over vectors. VectorSteps says why it looks as it does. */
  private static final class VectorLoop {

    private final Optimizer optimizer;
    private final Map<String, String> bitsOfConstants = new LinkedHashMap<>();
    private final StringBuilder body = new StringBuilder();
    private final Set<String> declared = new LinkedHashSet<>();
    private int temporaries;

    VectorLoop(Optimizer optimizer) {
      this.optimizer = optimizer;
    }

    private void line(String format, Object... values) {
      body.append(format.formatted(values)).append('\n');
    }

    String text() {
      line("for (int i = 0; i < b.length(); i += L) {");
      load("g", "sums, sumsFrom + i", ".mul(perRow)");
      load("w", "current, weights + i", "");
      line("FloatVector wBefore = FloatVector.fromArray(FLOATS, next, weights + i);");
      for (int slot = 0; slot < optimizer.slots.size(); slot++) {
        load(optimizer.slots.get(slot), "slot" + slot + ", slots + i", "");
      }
      optimizer.body.forEach(this::assign);
      line("}");
      line("}");

      StringBuilder head = new StringBuilder();
      List<String> lines = new ArrayList<>();
      lines.add("");
      lines.add("static void %s(Block b, %s) {".formatted(optimizer.name, optimizer.parameters()));
      lines.add("float perRow = b.perRow();");
      lines.add("float[] sums = b.sums();");
      lines.add("float[] current = b.current();");
      lines.add("float[] next = b.next();");
      lines.add("int sumsFrom = b.sumsFrom();");
      lines.add("int weights = b.weightsFrom();");
      if (!optimizer.slots.isEmpty()) {
        lines.add("int slots = b.slotsFrom();");
      }
      for (int slot = 0; slot < optimizer.slots.size(); slot++) {
        lines.add("float[] slot%d = b.slot(%d);".formatted(slot, slot));
      }
      bitsOfConstants.forEach(
          (value, name) -> lines.add("IntVector %s = bits(%s);".formatted(name, value)));
      lines.forEach(it -> head.append(it).append('\n'));
      return head.append(body).toString();
    }

    private void load(String letter, String from, String then) {
      if (optimizer.reads(letter)) {
        declared.add(letter);
        line("FloatVector %s = FloatVector.fromArray(FLOATS, %s)%s;", java(letter), from, then);
      }
    }

    private void assign(Assignment line) {
      Value value = value(line.term);
      if (line.letter.equals("w")) {
        String bits = value.bits();
        if (!optimizer.reads("w'")) {
          bits = "%s.or(wBefore.reinterpretAsInts().and(NOTHING))".formatted(bits);
        }
        line("%s.reinterpretAsFloats().intoArray(next, weights + i);", bits);
      } else if (line.letter.equals("g")) {
        line("%s.intoArray(sums, sumsFrom + i);", value.floats());
      } else {
        String type = declared.add(line.letter) ? "FloatVector " : "";
        line("%s%s = %s;", type, java(line.letter), value.floats());
        int slot = optimizer.slots.indexOf(line.letter);
        if (slot >= 0) {
          line("%s.intoArray(slot%d, slots + i);", java(line.letter), slot);
        }
      }
    }

    private boolean isConstant(Term term) {
      if (term instanceof Binary binary) {
        return isConstant(binary.left) && isConstant(binary.right);
      } else if (term instanceof Letter letter) {
        return !declared.contains(letter.name)
            && (optimizer.constants.contains(letter.name) || letter.name.matches("MAX|LIFT"));
      }
      return term instanceof Number;
    }

    private static String floats(Term constant) {
      String value = PlainLoop.text(constant);
      return switch (value) {
        case "0f" -> "ZERO";
        case "1f" -> "ONE";
        default -> "FloatVector.broadcast(FLOATS, %s)".formatted(value);
      };
    }

    private String bits(Term constant) {
      String value = PlainLoop.text(constant);
      return switch (value) {
        case "0f" -> "NOTHING";
        case "1f" -> "ONE_BITS";
        case "Float.MAX_VALUE" -> "MAX";
        default ->
            bitsOfConstants.computeIfAbsent(value, it -> "bits" + bitsOfConstants.size());
      };
    }

    private String operand(Term term) {
      return isConstant(term) ? floats(term) : value(term).floats();
    }

    private String bitsOperand(Term term) {
      return isConstant(term) ? bits(term) : value(term).bits();
    }

    /** Bits that are needed more than once. */
    private String kept(String bits) {
      String name = "t" + temporaries++;
      line("IntVector %s = %s;", name, bits);
      return name;
    }

    private Value value(Term term) {
      if (isConstant(term)) {
        return new Value(floats(term), false);
      } else if (term instanceof Letter letter) {
        return new Value(java(letter.name), false);
      } else if (term instanceof Binary binary) {
        return new Value(binary(binary), false);
      }
      return call((Call) term);
    }

    /** HotSpot makes a vector of a float that stands on the right. */
    private String binary(Binary binary) {
      String operation =
          switch (binary.operator) {
            case '+' -> "add";
            case '-' -> "sub";
            case '*' -> "mul";
            default -> "div";
          };
      Term left = binary.left;
      Term right = binary.right;
      if (isConstant(left) && "+*".indexOf(binary.operator) >= 0) {
        left = binary.right;
        right = binary.left;
      }
      String operand = isConstant(right) ? PlainLoop.text(right) : value(right).floats();
      return "%s.%s(%s)".formatted(operand(left), operation, operand);
    }

    private Value call(Call call) {
      Term first = call.argument(0);
      return switch (call.function) {
        case "√" -> new Value(operand(first) + ".sqrt()", false);
        case "min", "max" ->
            new Value(
                "%s.%s(%s)"
                    .formatted(bitsOperand(first), call.function, bitsOperand(call.argument(1))),
                true);
        case "positive" -> new Value(bitsOperand(first) + ".max(NOTHING)", true);
        case "finite" -> within(first, "MAX");
        case "within" -> within(first, bits(call.argument(1)));
        case "sign" -> {
          String x = kept(bitsOperand(first));
          yield new Value(
              "%s.and(SIGN).or(ONE_BITS).and(%s)".formatted(x, isNotZero(x)), true);
        }
        case "isZero" -> {
          String x = kept(bitsOperand(first));
          yield new Value(
              "%s.lanewise(XOR, ALL).and(ONE_BITS)".formatted(isNotZero(x)), true);
        }
        case "larger" -> {
          String a = kept(bitsOperand(first));
          String b = kept(bitsOperand(call.argument(1)));
          String larger = kept("%s.max(%s)".formatted(inOrder(a), inOrder(b)));
          yield new Value(inOrder(larger), true);
        }
        default -> throw new IllegalArgumentException("no vectors for " + call.function);
      };
    }

    private Value within(Term term, String bound) {
      String x = kept(bitsOperand(term));
      return new Value("%1$s.and(MAGNITUDE).min(%2$s).or(%1$s.and(SIGN))".formatted(x, bound), true);
    }

    private static String isNotZero(String bits) {
      return "NOTHING.sub(%s.and(MAGNITUDE)).lanewise(ASHR, 31)".formatted(bits);
    }

    /** Integers in the order of the floats whose bits are given, and the other way round. */
    private static String inOrder(String bits) {
      return "%1$s.lanewise(ASHR, 31).and(MAGNITUDE).lanewise(XOR, %1$s)".formatted(bits);
    }
  }
}
