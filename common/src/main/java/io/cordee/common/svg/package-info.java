/** Drawings as SVG: its elements, and the marks of axes. */
package io.cordee.common.svg;
