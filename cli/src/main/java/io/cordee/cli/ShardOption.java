package io.cordee.cli;

import io.cordee.common.reduce.Shard;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A shard on the command line: {@code 1/3} is the second of three. */
final class ShardOption implements ITypeConverter<Shard> {

  @Override
  public Shard convert(String text) {
    String[] parts = text.split("/", -1);
    try {
      if (parts.length == 2) {
        return new Shard(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw new TypeConversionException(
        "expected NUMBER/COUNT with numbers from 0, as in 0/2 and 1/2; found '" + text + "'");
  }
}
