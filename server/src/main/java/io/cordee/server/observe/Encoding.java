package io.cordee.server.observe;

/** How numbers of the parameter vector are written on the wire. */
public enum Encoding {
  /** Four bytes each. */
  FLOAT32,
  /** Contributions of a lossy uplink: two bytes each. */
  BFLOAT16,
  /** Contributions of a lossy uplink: one byte each, and scales. */
  INT8,
  /** Two bits each: steps that workers replay. */
  SIGNS,
  /** Weights and slots, for a replica to begin anew. */
  STATE
}
