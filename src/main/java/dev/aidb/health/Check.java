package dev.aidb.health;

import dev.aidb.operation.Description;
import java.time.Instant;
import java.util.Map;

/** The answer of one health check. */
@Description("The answer of a health check")
public record Check(
    @Description("healthy, degraded or unhealthy") CheckStatus status,
    @Description("Which question was asked") CheckType checkType,
    @Description("The answer in words") String message,
    @Description("What the answer rests on") Map<String, Object> details,
    @Description("When it was answered") Instant timestamp,
    @Description("How long answering took, in milliseconds") double durationMs) {}
