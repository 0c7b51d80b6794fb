/** Which jobs are compared: axes, cells, budgets and the settings of each optimizer. */
package io.cordee.experiment.grid;
