package dev.aidb.limits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.core.ErrorSink;
import dev.aidb.core.UuidV7Source;
import dev.aidb.guard.AuditTrail;
import dev.aidb.guard.LocalDoor;
import dev.aidb.guard.Refusals;
import dev.aidb.http.HttpServer;
import dev.aidb.http.HttpSettings;
import dev.aidb.metrics.HttpMetrics;
import dev.aidb.metrics.Metrics;
import dev.aidb.metrics.QueryValidationMetrics;
import dev.aidb.operation.Allowance;
import dev.aidb.operation.Description;
import dev.aidb.operation.Operation;
import dev.aidb.operation.Operations;
import dev.aidb.operation.Reply;
import dev.aidb.operation.Scope;
import dev.aidb.policy.ContentPolicy;
import dev.aidb.policy.ContentPolicyMetrics;
import dev.aidb.policy.PolicyMode;
import dev.aidb.policy.PolicySettings;
import dev.aidb.resilience.WorkLimit;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A server whose minute is so short that its end can be waited for. */
class LimitedServerTest {
  private static final Allowance ALLOWANCE = new Allowance(3, 8);
  private static final Windows WINDOWS =
      Windows.of(Duration.ofMillis(1_200), Duration.ofSeconds(5));

  @Description("Nothing")
  record Empty() {}

  @Description("A word")
  record Word(@Description("The word") String word) {}

  private final Metrics metrics = new Metrics("test");
  private final RateLimits limits =
      new RateLimits(
          new LocalLimiter(100, WINDOWS, System::nanoTime),
          WINDOWS,
          ALLOWANCE,
          new LimitMetrics(metrics.registry()));
  private final HttpServer server =
      new HttpServer(
              HttpSettings.at("127.0.0.1", 0),
              new HttpServer.Parts(
                  Operations.of(
                      List.of(
                          Operation.named("say", Empty.class, Word.class)
                              .category("tests")
                              .title("A test")
                              .summary("Says a word")
                              .route(Operation.Method.GET, "/say")
                              .scope(Scope.READ)
                              .handler((input, call) -> Reply.ok(new Word("hello"))))),
                  List.of(),
                  new LocalDoor("127.0.0.1", Set.of()),
                  limits,
                  UuidV7Source.system(),
                  new HttpMetrics(metrics.registry()),
                  new QueryValidationMetrics(metrics.registry()),
                  AuditTrail.none(),
                  Refusals.unheeded(),
                  new ContentPolicy(
                      PolicySettings.everywhere(PolicyMode.OFF),
                      new ContentPolicyMetrics(metrics.registry())),
                  new WorkLimit(new WorkLimit.Bounds(64, Duration.ofSeconds(2))),
                  ErrorSink.unheeded()))
          .start();
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void stop() {
    client.close();
    server.close();
    limits.close();
  }

  private HttpResponse<String> ask() throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.port() + "/say");
    return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void whoWaitsAsLongAsItIsToldIsAdmitted() throws Exception {
    List<String> refusals = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      HttpResponse<String> answer = ask();
      if (answer.statusCode() == 429) {
        refusals.add(answer.body());
        long wait = Long.parseLong(answer.headers().firstValue("Retry-After").orElseThrow());
        assertThat(answer.body()).contains("Retry after " + wait + "s\"");
        Thread.sleep(Duration.ofSeconds(wait));
        assertThat(ask().statusCode()).isEqualTo(200);
      }
    }
    assertThat(refusals).anyMatch(body -> body.contains("exceeded: 3 requests/minute."));
    assertThat(refusals).anyMatch(body -> body.contains("exceeded: 8 requests/hour."));
  }
}
