package dev.aidb.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.config.Config;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a real server says of itself, and whether the reference pages agree with it. */
class SelfDescriptionTest {
  @TempDir private static Path data;
  private static Aidb aidb;

  @BeforeAll
  static void start() {
    aidb =
        Aidb.start(Config.defaults().with("data_dir", data).with("server.port", 0), "0.0.0-test");
  }

  @AfterAll
  static void stop() {
    aidb.close();
  }

  /** Leaves the document where {@code scripts/lint/run} finds it. */
  @Test
  void describesItsRoutes() throws Exception {
    String document = get("/openapi.json");
    Files.writeString(Path.of("target/openapi.json"), document);
    JsonNode json = JsonMapper.shared().readTree(document);

    assertThat(json.get("openapi").asString()).startsWith("3.1");
    String page = Files.readString(Path.of("docs/reference/http.md"));
    json.get("paths")
        .properties()
        .forEach(path ->
            path.getValue()
                .propertyNames()
                .forEach(method ->
                    assertThat(page)
                        .describedAs("docs/reference/http.md")
                        .contains(
                            "`" + method.toUpperCase(Locale.ROOT) + " " + path.getKey() + "`")));
  }

  @Test
  void namesOnlySecuritySchemesThatItDescribes() throws Exception {
    JsonNode json = JsonMapper.shared().readTree(get("/openapi.json"));
    Set<String> described =
        Set.copyOf(json.path("components").path("securitySchemes").propertyNames());
    Set<String> named = new HashSet<>();
    json.findValues("security")
        .forEach(requirements ->
            requirements.forEach(requirement -> named.addAll(requirement.propertyNames())));

    assertThat(named).isNotEmpty().isEqualTo(described);
  }

  @Test
  void everyMetricIsOnItsPage() throws Exception {
    get("/health/live"); // so that something was served
    Set<String> served = names(get("/metrics"), "(?m)^# TYPE (\\S+)");
    served.removeIf(name -> name.startsWith("jvm_") || name.startsWith("process_"));
    Set<String> documented =
        names(Files.readString(Path.of("docs/reference/metrics.md")), "(?m)^\\| `([a-z0-9_]+)`");

    assertThat(documented).isEqualTo(served);
  }

  private static Set<String> names(String text, String pattern) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map(found -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String get(String path) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + aidb.port() + path)).build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(200);
      return answer.body();
    }
  }
}
