/** Connections: settings that both sides share, dialing, admission, and the client's stream. */
package io.cordee.proto.connection;
