package dev.aidb.policy;

/** What becomes of a query that holds a payload. In every mode it is counted. */
public enum PolicyMode {
  /** It is refused. */
  BLOCK,
  /** It is answered, and the log says so. */
  DETECT,
  /** It is answered. */
  OFF
}
