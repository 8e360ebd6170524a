package dev.aidb.limits;

/** The two windows, by their label in metrics and headers. */
enum Window {
  MINUTE("minute"),
  HOUR("hour");

  private final String label;

  Window(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }
}
