/**
 * What turns parameters and rows into a gradient: the one thing that Cordee has to be told about a
 * model. {@link io.cordee.function.GradientFunction} is the contract; a {@link
 * io.cordee.function.FunctionProvider} in a jar under {@code --plugins} makes one that jobs can
 * name.
 */
package io.cordee.function;
