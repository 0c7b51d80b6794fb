package io.cordee.worker.data;

import io.cordee.common.job.Split;
import io.cordee.common.random.SplitMix64;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Which rows are held out: of each stratum its share, rounded to whole rows and leaving at least
 * one, drawn without replacement; if that is nothing, of all rows together. A function of the rows'
 * number and strata and of the split alone.
 *
 * <p>Source: selection sampling, D. E. Knuth, The Art of Computer Programming, volume 2, 3.4.2,
 * algorithm S, with one stream of random numbers for all strata, in the order of the rows.
 */
final class HeldOut {

  private HeldOut() {}

  /**
   * @param strata the number of each row's stratum, from 0
   */
  static BitSet of(int[] strata, Split split) {
    int count = Arrays.stream(strata).max().orElse(-1) + 1;
    int[] left = new int[count];
    for (int stratum : strata) {
      left[stratum]++;
    }
    int[] wanted = new int[count];
    for (int s = 0; s < count; s++) {
      wanted[s] = Math.min(left[s] - 1, (int) Math.round(split.test() * left[s]));
    }
    if (count > 1 && Arrays.stream(wanted).sum() == 0) {
      return of(new int[strata.length], split);
    }
    SplitMix64 random = new SplitMix64(split.seed());
    BitSet heldOut = new BitSet(strata.length);
    for (int row = 0; row < strata.length; row++) {
      int stratum = strata[row];
      if (random.nextInt(left[stratum]) < wanted[stratum]) {
        heldOut.set(row);
        wanted[stratum]--;
      }
      left[stratum]--;
    }
    return heldOut;
  }
}
