package io.cordee.common.reduce;

/**
 * A matrix at the end of a parameter vector of which workers hold only the rows that their data
 * touch.
 *
 * @param first its first parameter
 * @param rows numbered from 0
 * @param width parameters of a row
 */
public record Table(int first, int rows, int width) {

  /** The same table in a vector that begins at this parameter. */
  public Table from(int parameter) {
    return new Table(first - parameter, rows, width);
  }

  /** The whole vector's length. */
  public int end() {
    return first + rows * width;
  }
}
