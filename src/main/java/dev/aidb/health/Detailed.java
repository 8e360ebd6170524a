package dev.aidb.health;

import dev.aidb.operation.Description;
import java.time.Instant;
import java.util.Map;

/** The answer of {@code /health/detailed}. A section that doesn't apply is empty. */
@Description("Everything that the server knows of its own health")
public record Detailed(
    @Description("Always aidb") String service,
    @Description("The program's version") String version,
    @Description("When it was started") Instant startedAt,
    @Description("What /health/live says") Check liveness,
    @Description("What /health/ready says") Check readiness,
    @Description("What /health/startup says") Check startup,
    @Description("Of each pool what is open and in use, by the pool's name")
        Map<String, Object> pools,
    @Description("The state of each circuit breaker") Map<String, String> circuitBreakers,
    @Description("How far the index is: its records, and how far it is behind the rows")
        Map<String, Object> index,
    @Description("The last run of garbage collection; empty before the first")
        Map<String, Object> lastGc,
    @Description("The last backup; empty before the first") Map<String, Object> lastBackup) {}
