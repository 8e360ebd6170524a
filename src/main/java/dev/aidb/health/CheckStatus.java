package dev.aidb.health;

import java.util.Locale;

/** The answer of a health check. */
public enum CheckStatus {
  HEALTHY(200, 1),
  /** It serves, with something non-critical missing. */
  DEGRADED(200, 0.5),
  UNHEALTHY(503, 0);

  private final int httpStatus;
  private final double value;

  CheckStatus(int httpStatus, double value) {
    this.httpStatus = httpStatus;
    this.value = value;
  }

  int httpStatus() {
    return httpStatus;
  }

  double value() {
    return value;
  }

  String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
