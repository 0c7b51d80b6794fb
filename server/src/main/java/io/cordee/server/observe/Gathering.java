package io.cordee.server.observe;

import java.util.Optional;

/**
 * What a job waits for before it begins.
 *
 * @param workers as many as are needed
 * @param join how to start one more, as a command; empty where that is not the onlooker's business
 */
public record Gathering(int workers, Optional<String> join) {}
