package dev.aidb.health;

import dev.aidb.operation.Description;
import java.util.Map;

/** The answer of {@code /health}: each dependency is ok, disabled or unavailable with a reason. */
@Description("Each dependency at a glance: ok, disabled, or unavailable with the reason")
public record Overview(
    @Description("ok, or error when the database is down") String status,
    @Description("PostgreSQL") String database,
    @Description("Redis, which shares limits between replicas") String redis,
    @Description("The embedding model and the index") String mlEngine,
    @Description("pgvector, where it is the index") String pgvector,
    @Description("The configured LLM") String llamaCpp,
    @Description("Peer servers known") String federation,
    @Description("The state of each circuit breaker") Map<String, String> circuitBreakers) {}
