package dev.aidb.core;

import java.util.UUID;

/** Makes identifiers; a parameter so that tests can replay a run. */
@FunctionalInterface
public interface IdSource {
  /** A new UUIDv7: unique, and ordered by the millisecond it was made in. */
  UUID next();
}
