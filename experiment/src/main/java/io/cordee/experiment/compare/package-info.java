/** Runs the cells of a grid, one by one, and keeps what each came to. */
package io.cordee.experiment.compare;
