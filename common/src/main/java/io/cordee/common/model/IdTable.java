package io.cordee.common.model;

/**
 * A table that a network reads ids by, in the place of inputs.
 *
 * @param name of the column of ids
 */
public record IdTable(String name, int rows, int dim) {}
