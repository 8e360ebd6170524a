package dev.aidb.cli;

/** What a source holds: something to send, or something that can't be sent. */
sealed interface ImportItem {
  /** Where it comes from, for people: a file, or a file and a line. */
  String label();

  /**
   * @param json one line of NDJSON in the shape of {@code POST /documents}, in UTF-8, without its
   *     line end
   */
  record Ready(String label, byte[] json) implements ImportItem {}

  record Refused(String label, String reason) implements ImportItem {}
}
