package io.cordee;

import io.cordee.worker.data.rows.DataException;
import io.cordee.worker.data.rows.ExternalRows;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Rows that gradient functions hold. Their name in a job says all that workers have to know: {@code
 * 800}, or {@code 200 from 800}.
 *
 * @param first the number of the first one
 */
record RowRange(long count, long first) {

  private static final Pattern NAME = Pattern.compile("([0-9]{1,18})(?: from ([0-9]{1,18}))?");

  String name() {
    return first == 0 ? String.valueOf(count) : count + " from " + first;
  }

  long end() {
    return first + count;
  }

  /**
   * @throws DataException if the name is of no rows
   */
  static ExternalRows find(String name) {
    try {
      RowRange range = of("rows", name);
      return ExternalRows.counted(range.count, range.first);
    } catch (CordeeException e) {
      throw new DataException(e.getMessage());
    }
  }

  /**
   * @param key of the name, for people
   * @throws CordeeException if the name is of no rows
   */
  static RowRange of(String key, String name) {
    Matcher found = NAME.matcher(name);
    if (found.matches() && Long.parseLong(found.group(1)) > 0) {
      String first = found.group(2) == null ? "0" : found.group(2);
      return new RowRange(Long.parseLong(found.group(1)), Long.parseLong(first));
    }
    throw new CordeeException(
        key
            + ": expected how many rows the gradient functions hold, at least 1, as in \"800\" or"
            + " \"200 from 800\"; found "
            + name);
  }
}
