/** Which jobs are compared: axes, cells, budgets and the settings of each rule. */
package io.cordee.experiment.grid;
