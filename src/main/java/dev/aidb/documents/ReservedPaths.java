package dev.aidb.documents;

import dev.aidb.core.AidbException;

/** The paths under which the server itself keeps documents; no client writes there. */
public final class ReservedPaths {
  /** The collection of solutions. */
  public static final String SOLUTIONS_COLLECTION = "solved_issues";

  /** What the paths of learned solutions begin with. */
  public static final String SOLUTIONS = "solutions/";

  private ReservedPaths() {}

  /**
   * @throws AidbException VALIDATION_FAILED for a path that isn't a client's to write to
   */
  static void refuse(String collection, String path) {
    if (collection.equals(SOLUTIONS_COLLECTION) && path.startsWith(SOLUTIONS)) {
      throw AidbException.invalid(
          "path", "reserved", "must not begin with '" + SOLUTIONS + "', where solutions are kept");
    }
  }
}
