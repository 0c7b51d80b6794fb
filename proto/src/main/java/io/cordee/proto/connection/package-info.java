/** The settings of a connection that both of its sides have to agree on. */
package io.cordee.proto.connection;
