package dev.aidb.health;

import java.util.Locale;

/** Which question a health check answers. */
public enum CheckType {
  /** Does the process run at all? */
  LIVENESS,
  /** May requests be sent to it? */
  READINESS,
  /** Has it finished starting? */
  STARTUP;

  String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
