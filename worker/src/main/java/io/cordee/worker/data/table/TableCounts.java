package io.cordee.worker.data.table;

import java.util.Map;

/**
 * Sizes of what the columns of a table become.
 *
 * @param rows of the tables of ids, by what the job calls their columns
 */
public record TableCounts(int inputs, Map<String, Integer> rows) {}
