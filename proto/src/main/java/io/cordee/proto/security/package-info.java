/**
 * Who may talk to whom: certificates and tokens, and messages for when they do not match. Nothing
 * here opens a connection.
 */
package io.cordee.proto.security;
