package dev.aidb.limits;

/**
 * Whether it is worth asking something that may be down. Every {@link #permits} that was answered
 * with yes is followed by one of the other two. Thread-safe.
 */
interface Circuit {
  /** Whether to ask now. */
  boolean permits();

  /** It answered. */
  void succeeded();

  /** It failed, or took too long. */
  void failed();
}
