/** Drawings as SVG: its elements, and axes. */
package io.cordee.common.svg;
