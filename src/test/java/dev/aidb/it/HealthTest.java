package dev.aidb.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.testkit.ApiClient;
import dev.aidb.testkit.ApiClient.Answer;
import dev.aidb.testkit.RunningServer;
import org.junit.jupiter.api.Test;

/** What a healthy server says of itself, to the letter. */
class HealthTest {
  private final ApiClient api = RunningServer.api();

  private static String timeless(Answer answer) {
    return answer
        .body()
        .replaceAll("\"timestamp\":\"[0-9T:.-]+Z\"", "\"timestamp\":\"T\"")
        .replaceAll("\"duration_ms\":[0-9.E-]+", "\"duration_ms\":0");
  }

  @Test
  void isAlive() {
    Answer answer = api.get("/health/live");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(timeless(answer))
        .isEqualTo(
            """
            {"status":"healthy","check_type":"liveness","message":"aidb is alive",\
            "details":{"service":"aidb"},"timestamp":"T","duration_ms":0}\
            """);
  }

  @Test
  void isReady() {
    Answer answer = api.get("/health/ready");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(timeless(answer))
        .isEqualTo(
            """
            {"status":"healthy","check_type":"readiness","message":"aidb is ready",\
            "details":{"service":"aidb","dependencies":[\
            {"name":"postgresql","status":"healthy","critical":true,"message":"ok"},\
            {"name":"embeddings","status":"healthy","critical":false,"message":"ok"},\
            {"name":"index","status":"healthy","critical":false,"message":"ok"},\
            {"name":"disk_space","status":"healthy","critical":false,"message":"ok"},\
            {"name":"index_lag","status":"healthy","critical":false,"message":"ok"}],\
            "critical_failures":0,"non_critical_failures":0},"timestamp":"T","duration_ms":0}\
            """);
  }

  @Test
  void hasStarted() {
    Answer answer = api.get("/health/startup");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(timeless(answer))
        .isEqualTo(
            """
            {"status":"healthy","check_type":"startup","message":"aidb startup complete",\
            "details":{"service":"aidb","startup_complete":true},"timestamp":"T","duration_ms":0}\
            """);
  }

  @Test
  void showsItselfAtAGlance() {
    Answer answer = api.get("/health");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body())
        .isEqualTo(
            """
            {"status":"ok","database":"ok","redis":"disabled","ml_engine":"ok",\
            "pgvector":"disabled","llama_cpp":"disabled","federation":"0 servers cached",\
            "circuit_breakers":{"embeddings":"CLOSED","qdrant":"CLOSED","llama_cpp":"CLOSED"}}\
            """);
  }

  @Test
  void answersMachinesInAWord() {
    assertThat(api.get("/livez").body()).isEqualTo("ok");
    assertThat(api.get("/readyz").body()).isEqualTo("ok");
    assertThat(api.get("/readyz?verbose").body()).contains("[+]postgresql ok\n").endsWith("ok");
  }

  @Test
  void showsItsDetails() {
    Answer answer = api.get("/health/detailed");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text("/service")).isEqualTo("aidb");
    assertThat(answer.text("/version")).isEqualTo("test");
    assertThat(answer.text("/liveness/status")).isEqualTo("healthy");
    assertThat(answer.text("/readiness/message")).isEqualTo("aidb is ready");
    assertThat(answer.text("/startup/status")).isEqualTo("healthy");
    assertThat(answer.json().at("/pools/database/open").asInt()).isPositive();
    assertThat(answer.json().at("/index/ready").asBoolean()).isTrue();
    assertThat(answer.json().at("/index/lag_seconds").asDouble()).isNotNegative();
    assertThat(answer.text("/circuit_breakers/qdrant")).isEqualTo("CLOSED");
  }

  @Test
  void measuresTheIndexAndTheDisk() {
    String metrics = api.get("/metrics").body();
    assertThat(metrics)
        .contains("aidb_index_lag_seconds ")
        .contains("aidb_vector_storage_bytes{collection=\"solved_issues\"}")
        .contains("aidb_disk_free_bytes ")
        .contains("aidb_disk_total_bytes ");
  }

  @Test
  void countsItsChecks() {
    api.get("/health/live");
    String metrics = api.get("/metrics").body();
    assertThat(metrics)
        .contains("health_check_total{")
        .contains("health_check_duration_seconds_count{")
        .contains("service_health_status{")
        .contains("dependency_health_status{");
    assertThat(metrics.lines().filter(l -> l.startsWith("dependency_health_status{")))
        .allSatisfy(line -> assertThat(line).endsWith(" 1.0"));
  }
}
