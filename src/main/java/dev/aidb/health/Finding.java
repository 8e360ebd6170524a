package dev.aidb.health;

import java.util.Optional;

/**
 * What is known of a dependency.
 *
 * @param name the dependency
 * @param critical whether the program can't serve without it
 * @param status how it does
 * @param error why it isn't healthy
 */
public record Finding(String name, boolean critical, Status status, Optional<String> error) {

  /** How a dependency does. */
  public enum Status {
    /** It works; it may have failed once or twice just now. */
    HEALTHY,
    /** It failed often enough in a row to be believed. */
    UNHEALTHY,
    /** Nothing is known yet. */
    UNKNOWN
  }

  public boolean healthy() {
    return status == Status.HEALTHY;
  }
}
