package dev.aidb.policy;

import java.util.Optional;
import java.util.regex.Pattern;

/** Finds orders that a text gives to the agent which will read it. Pure. */
public final class InstructionScan {
  private static final Pattern OVERRIDE =
      Pattern.compile(
          "(?i)\\b(ignore|disregard|forget)\\s+(all\\s+|any\\s+)?(of\\s+)?(the\\s+|your\\s+)?"
              + "(previous|prior|above|earlier|preceding)\\s+(instructions?|prompts?|rules|directions)");

  private InstructionScan() {}

  /** The kind of the first order found; empty for none. */
  public static Optional<String> find(String text) {
    return OVERRIDE.matcher(text).find() ? Optional.of("override") : Optional.empty();
  }
}
