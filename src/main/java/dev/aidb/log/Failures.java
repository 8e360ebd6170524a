package dev.aidb.log;

import org.jspecify.annotations.Nullable;

/** Writes an exception compactly: each cause's class, message and the nearest frame of ours. */
final class Failures {
  private static final int CAUSES_MAX = 10;
  private static final int CHARACTERS_MAX = 8192;

  private Failures() {}

  static String compact(Throwable failure) {
    StringBuilder text = new StringBuilder();
    Throwable current = failure;
    for (int depth = 0; current != null && depth < CAUSES_MAX; depth++) {
      text.append(depth == 0 ? "" : "; caused by ").append(current.getClass().getName());
      if (current.getMessage() != null) {
        text.append(": ").append(current.getMessage());
      }
      StackTraceElement place = place(current.getStackTrace());
      if (place != null) {
        text.append(" at ").append(place);
      }
      current = current.getCause();
    }
    return cut(text.toString());
  }

  private static @Nullable StackTraceElement place(StackTraceElement[] frames) {
    for (StackTraceElement frame : frames) {
      if (frame.getClassName().startsWith("dev.aidb.")) {
        return frame;
      }
    }
    return frames.length == 0 ? null : frames[0];
  }

  static String cut(String text) {
    return text.length() <= CHARACTERS_MAX ? text : text.substring(0, CHARACTERS_MAX) + "…";
  }
}
