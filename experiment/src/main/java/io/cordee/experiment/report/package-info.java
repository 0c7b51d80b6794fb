/** Curves, tables and the report that shows them. */
package io.cordee.experiment.report;
