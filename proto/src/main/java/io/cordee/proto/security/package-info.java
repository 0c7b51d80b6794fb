/**
 * Who may talk to whom: certificates, tokens, and what is said when they do not do. Nothing here
 * opens a connection.
 */
package io.cordee.proto.security;
