/** What a run has come to, as its folder tells. */
package io.cordee.experiment.run;
