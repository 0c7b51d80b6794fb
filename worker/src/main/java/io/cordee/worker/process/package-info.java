/**
 * Function processes: gradient functions in any language, each a child process of this worker. The
 * protocol is described in docs/function-process.md.
 */
package io.cordee.worker.process;
