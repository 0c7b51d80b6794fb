/** Charts: elements of SVG, axes, and the script that draws curves in a browser. */
package io.cordee.common.svg;
