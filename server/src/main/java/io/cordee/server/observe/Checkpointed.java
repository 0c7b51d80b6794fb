package io.cordee.server.observe;

/** The last checkpoint that is on the disk, and how long it has been there. */
public record Checkpointed(int round, long ageNanos) {}
