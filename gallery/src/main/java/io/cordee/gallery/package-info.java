/**
 * The lecture's pictures, computed by the optimizers that train networks and drawn as SVG: contours
 * and paths, step sizes, momentum's and Nesterov's arrows, Newton's parabolas and Quickprop's
 * secants.
 */
package io.cordee.gallery;
