package io.cordee.worker.data.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

record ElementType(Kind kind, ByteOrder order) {

  static final ElementType UNSIGNED_BYTE = new ElementType(Kind.U1, ByteOrder.BIG_ENDIAN);

  private static final Pattern NUMPY = Pattern.compile("([<>|])(\\w\\d)");

  /** Named as NumPy does: boolean, signed or unsigned integer or float, and how many bytes. */
  enum Kind {
    B1(bytes -> bytes.get() == 0 ? 0 : 1),
    I1(ByteBuffer::get),
    U1(bytes -> bytes.get() & 0xff),
    I2(ByteBuffer::getShort),
    U2(ByteBuffer::getChar),
    F2(bytes -> half(bytes.getShort())),
    I4(ByteBuffer::getInt),
    U4(bytes -> Integer.toUnsignedLong(bytes.getInt())),
    F4(ByteBuffer::getFloat),
    I8(ByteBuffer::getLong),
    U8(bytes -> unsigned(bytes.getLong())),
    F8(ByteBuffer::getDouble);

    private final ToDoubleFunction<ByteBuffer> number;

    Kind(ToDoubleFunction<ByteBuffer> number) {
      this.number = number;
    }

    private static double half(short bits) {
      int exponent = bits >> 10 & 0x1f;
      int fraction = bits & 0x3ff;
      double magnitude;
      if (exponent == 0x1f) {
        magnitude = fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
      } else if (exponent == 0) {
        magnitude = Math.scalb((double) fraction, -24);
      } else {
        magnitude = Math.scalb(1024.0 + fraction, exponent - 25);
      }
      return bits < 0 ? -magnitude : magnitude;
    }

    /** Half of it with its last bit kept, so that doubling rounds as it should. */
    private static double unsigned(long bits) {
      return bits >= 0 ? bits : 2.0 * (bits >>> 1 | bits & 1);
    }
  }

  /** From NumPy's description, as in {@code <f4}; empty for other types. */
  static Optional<ElementType> numpy(String description) {
    Matcher matcher = NUMPY.matcher(description);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    ByteOrder order = matcher.group(1).equals("<") ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    return Stream.of(Kind.values())
        .filter(kind -> kind.name().equalsIgnoreCase(matcher.group(2)))
        .findFirst()
        .map(kind -> new ElementType(kind, order))
        .filter(type -> type.bytes() == 1 || !matcher.group(1).equals("|"));
  }

  int bytes() {
    return kind.name().charAt(1) - '0';
  }

  boolean isWhole() {
    return kind.name().charAt(0) != 'F';
  }

  /** Returns whether elements may be kept as the unsigned bytes that they are. */
  boolean isByte() {
    return kind == Kind.U1 || kind == Kind.B1;
  }

  /** The next element; a boolean is 1 or 0. */
  double next(ByteBuffer bytes) {
    return kind.number.applyAsDouble(bytes);
  }
}
