package dev.aidb.limits;

/** What was decided on a request, and how its client stands now. */
record Decision(Standing minute, Standing hour) {

  boolean admitted() {
    return !minute.refused() && !hour.refused();
  }

  /** The window that keeps a refused client waiting longest. */
  Window binding() {
    return wait(hour) > wait(minute) ? Window.HOUR : Window.MINUTE;
  }

  Standing in(Window window) {
    return switch (window) {
      case MINUTE -> minute;
      case HOUR -> hour;
    };
  }

  private static long wait(Standing standing) {
    return standing.refused() ? standing.moreIn() : -1;
  }
}
