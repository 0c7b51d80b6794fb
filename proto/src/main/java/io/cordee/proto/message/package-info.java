/** What workers and the server tell each other, as records, and their form on the wire. */
package io.cordee.proto.message;
