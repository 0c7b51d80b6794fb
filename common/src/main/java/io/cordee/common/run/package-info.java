/** What is measured of a run, round by round, and its form in {@code metrics.csv}. */
package io.cordee.common.run;
