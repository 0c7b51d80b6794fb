/**
 * Trains models of one's own, exactly: the weights after a round depend on the job alone, not on
 * how many workers there were, which of them died or joined, or in what order they computed.
 *
 * <p>A {@link io.cordee.Job} says what is trained: the first parameters, the optimizer, how many
 * partitions the rows are cut into, when to stop. What computes losses and gradients is a {@link
 * io.cordee.function.GradientFunction}. A {@link io.cordee.LocalTeam} trains within this process; a
 * {@link io.cordee.Server} and {@link io.cordee.Worker}s do in processes of their own, with the
 * same bits.
 *
 * <p><b>Parameters</b> are one vector of {@code float}; a {@link io.cordee.function.Layout} names
 * its tensors, which are row-major. <b>Losses</b> are means over the training rows, in whatever
 * unit the gradient function has. <b>Times</b> are seconds where they are numbers.
 *
 * <p><b>Errors.</b> Whatever goes wrong with a job, a file, a connection, or in a gradient function
 * is a {@link io.cordee.CordeeException} with a message of one line. {@code null} is taken nowhere
 * and returned nowhere.
 *
 * <p><b>Threads.</b> Jobs, results and settings are immutable and may be shared; a builder belongs
 * to one thread. Methods that train block the thread that calls them; interrupted, they end the job
 * and throw, and the thread stays interrupted. What ends a job may be called by any thread.
 * Listeners are called by a thread of their own, and delay nobody. All threads that are started are
 * daemons, and gone when what has started them is closed.
 *
 * <p><b>Output.</b> Nothing is printed; what is logged goes through SLF4J.
 */
package io.cordee;
