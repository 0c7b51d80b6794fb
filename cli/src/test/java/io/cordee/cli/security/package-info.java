/** Who is let in: TLS, tokens and limits, in one process. */
package io.cordee.cli.security;
