package dev.aidb.health;

import dev.aidb.operation.Description;

/** The input of a health check, which takes none. */
@Description("No input")
public record Nothing() {}
