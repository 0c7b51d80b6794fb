/** What a server is made of: its part of the vector, its training, its team and its files. */
package io.cordee.server.assembly;
