/** Parts of messages that are written and read in several places. */
package io.cordee.proto.message;
