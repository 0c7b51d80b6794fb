package io.cordee.worker.data.format;

import java.nio.charset.StandardCharsets;

/** Decodes UTF-8, and keeps short texts, most of which recur in a table. */
final class Texts {

  private static final int LONGEST = 32;

  /** By their hash: a power of two. */
  private final String[] kept = new String[1 << 12];

  String of(byte[] bytes, int from, int length) {
    if (length > LONGEST) {
      return new String(bytes, from, length, StandardCharsets.UTF_8);
    }
    int hash = 0;
    for (int i = 0; i < length; i++) {
      hash = 31 * hash + bytes[from + i];
    }
    int place = (hash ^ hash >>> 12) & kept.length - 1;
    String text = kept[place];
    if (text == null || !isOf(text, bytes, from, length)) {
      text = new String(bytes, from, length, StandardCharsets.UTF_8);
      kept[place] = text;
    }
    return text;
  }

  /** Always false for non-ASCII text. */
  private static boolean isOf(String text, byte[] bytes, int from, int length) {
    if (text.length() != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (text.charAt(i) != bytes[from + i]) {
        return false;
      }
    }
    return true;
  }
}
