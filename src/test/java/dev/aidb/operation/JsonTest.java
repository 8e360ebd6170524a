package dev.aidb.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  private static final UUID ID = UUID.fromString("018f3c1e-0000-7000-8000-000000000001");

  @Test
  void recordsAreWrittenInSnakeCaseWithoutWhatIsAbsent() {
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("camelCase", 1);
    metadata.put("nothing", null);
    Samples.Hit hit =
        new Samples.Hit(
            ID,
            Instant.parse("2026-01-02T03:04:05Z"),
            0.5,
            new float[] {0.1f, 1f, 1e-10f},
            null,
            metadata);
    Samples.Found found =
        new Samples.Found(List.of(hit), 1, Optional.empty(), Samples.Mode.KEYWORD);

    assertThat(Json.text(found))
        .isEqualTo(
            "{\"results\":[{\"id\":\"018f3c1e-0000-7000-8000-000000000001\","
                + "\"created_at\":\"2026-01-02T03:04:05.000Z\",\"score\":0.5,"
                + "\"embedding\":[0.1,1.0,1.0E-10],"
                + "\"metadata\":{\"camelCase\":1,\"nothing\":null}}],"
                + "\"total\":1,\"mode\":\"keyword\"}");
  }

  @Test
  void optionalsAreWrittenAsTheirValue() {
    assertThat(
            Json.text(
                new Samples.Found(
                    List.of(), 0, Optional.of(List.of("index")), Samples.Mode.HYBRID)))
        .isEqualTo("{\"results\":[],\"total\":0,\"degraded\":[\"index\"],\"mode\":\"hybrid\"}");
  }

  @ParameterizedTest
  @CsvSource({
    "2026-01-02T03:04:05Z, 2026-01-02T03:04:05.000Z",
    "2026-01-02T03:04:05.6Z, 2026-01-02T03:04:05.600Z",
    "2026-01-02T03:04:05.678901Z, 2026-01-02T03:04:05.678901Z",
    "2026-01-02T03:04:05.678901234Z, 2026-01-02T03:04:05.678901234Z"
  })
  void instantsKeepTheirPrecision(String instant, String written) {
    assertThat(Json.text(Instant.parse(instant))).isEqualTo('"' + written + '"');
  }

  @Test
  void enumsAreLowerCaseInMapsToo() {
    assertThat(Json.text(Map.of(Samples.Mode.HYBRID, List.of(Samples.Mode.VECTOR))))
        .isEqualTo("{\"hybrid\":[\"vector\"]}");
  }

  @Test
  void aTreeIsReadAsPlainValues() {
    assertThat(Json.read("{\"a\":[1,2.5,\"x\",true,null,{}],\"b\":12345678901234567890}"))
        .isEqualTo(
            Map.of(
                "a",
                Arrays.asList(1L, 2.5, "x", true, null, Map.of()),
                "b",
                Double.valueOf("12345678901234567890")));
    assertThat(Json.read("null")).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "{}x", "[1e400]", "NaN", "{\"a\":1,\"a\":2}", "\u0000"})
  void whatIsNoJsonIsRefused(String json) {
    assertThatThrownBy(() -> Json.read(json)).hasMessageStartingWith("Malformed JSON: ");
  }

  @Test
  void anObjectIsExpectedWhereOneIs() {
    assertThat(Json.readObject("{\"a\":1}")).isEqualTo(Map.of("a", 1L));
    assertThatThrownBy(() -> Json.readObject("[]")).hasMessageStartingWith("Malformed JSON: ");
  }

  @Test
  void theStreamStaysOpen() {
    boolean[] closed = {false};
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    OutputStream out =
        new java.io.FilterOutputStream(bytes) {
          @Override
          public void close() {
            closed[0] = true;
          }
        };

    Json.write(Map.of("a", "ü"), out);

    assertThat(closed[0]).isFalse();
    assertThat(bytes.toString(java.nio.charset.StandardCharsets.UTF_8)).isEqualTo("{\"a\":\"ü\"}");
  }
}
