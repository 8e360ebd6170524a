package dev.aidb.issues;

import java.util.Map;
import java.util.Optional;

/**
 * An error that happened. Texts beyond the bounds of {@link Sighting} are cut when it is recorded.
 *
 * @param component the part of a system that it happened in, such as {@code gc}
 * @param errorType what kind of error it is, such as the name of an exception's class
 * @param message what it said
 * @param severity how bad it is, for an issue that is new
 * @param category what it is about, for an issue that is new
 * @param context further facts
 * @param stack where it came from
 */
public record IssueReport(
    String component,
    String errorType,
    String message,
    Severity severity,
    Category category,
    Map<String, Object> context,
    Optional<String> stack) {}
