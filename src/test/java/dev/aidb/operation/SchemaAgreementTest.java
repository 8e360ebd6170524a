package dev.aidb.operation;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorCode;
import dev.aidb.core.FieldError;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Hostile and ordinary JSON: the binder never fails otherwise than it says, nor otherwise than the
 * schema.
 */
class SchemaAgreementTest {
  private static final RecordBinder<Samples.Every> BINDER = RecordBinder.of(Samples.Every.class);
  private static final Schema SCHEMA =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(Json.text(Schemas.input(Samples.Every.class)), InputFormat.JSON);
  private static final Schema OUTPUT =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(Json.text(Schemas.output(Samples.Every.class)), InputFormat.JSON);

  /** Rules that a schema can't say, or that it only notes as a format. */
  private static final Set<String> BEYOND_SCHEMA =
      Set.of(
          "max_bytes",
          "max_depth",
          "invalid_characters",
          "all_zero",
          "not_finite",
          "range",
          "UUID",
          "RFC");

  // Integers beyond 64 bits are left to RecordBinderTest: the validator used here fails on them.
  private static final List<String> SCALARS =
      List.of(
          "null",
          "true",
          "false",
          "0",
          "1",
          "-5",
          "5",
          "6",
          "-6",
          "1.0",
          "1.5",
          "-1.5",
          "1.6",
          "1e0",
          "1e400",
          "9223372036854775807",
          "\"\"",
          "\"a\"",
          "\"abc\"",
          "\"abcd\"",
          "\"abcde\"",
          "\"abcdef\"",
          "\"😀😀😀\"",
          "\"😀😀😀😀\"",
          "\"\\ud800\"",
          "\"\\u0000\"",
          "\"vector\"",
          "\"VECTOR\"",
          "\"explain\"",
          "\"018f3c1e-0000-7000-8000-000000000001\"",
          "\"2026-01-01T00:00:00Z\"");
  private static final List<String> FIELDS =
      List.of(
          "text",
          "truth",
          "whole",
          "big",
          "real",
          "id",
          "moment",
          "mode",
          "vector",
          "texts",
          "includes",
          "metadata",
          "part",
          "parts");
  private static final List<String> INNER_FIELDS = List.of("part_name", "count", "a");

  private static String value(Random random, int depth) {
    int kind = depth == 0 ? 0 : random.nextInt(4);
    if (kind == 2) {
      return IntStream.range(0, random.nextInt(5))
          .mapToObj(i -> value(random, depth - 1))
          .collect(Collectors.joining(",", "[", "]"));
    }
    return kind == 3
        ? object(random, INNER_FIELDS, depth - 1)
        : SCALARS.get(random.nextInt(SCALARS.size()));
  }

  private static String object(Random random, List<String> names, int depth) {
    List<String> shuffled = new ArrayList<>(names);
    Collections.shuffle(shuffled, random);
    return shuffled.subList(0, random.nextInt(4)).stream()
        .map(name -> '"' + name + "\":" + value(random, depth))
        .collect(Collectors.joining(",", "{", "}"));
  }

  private static String every(long seed) {
    return object(new Random(seed), FIELDS, 3);
  }

  @Property(tries = 5000)
  void theBinderAndTheSchemaAgree(@ForAll long seed) {
    String json = every(seed);
    // A null is absent to the binder, which the schema doesn't advertise.
    Map<String, Object> sent;
    try {
      sent = Json.readObject(json);
    } catch (AidbException e) {
      assertThat(json).contains("1e400"); // no double holds it
      return;
    }
    boolean fits = SCHEMA.validate(Json.text(withoutNulls(sent)), InputFormat.JSON).isEmpty();
    try {
      Samples.Every record = BINDER.bind(json.getBytes(StandardCharsets.UTF_8));
      assertThat(fits).as("the schema accepts %s", json).isTrue();
      assertThat(OUTPUT.validate(Json.text(record), InputFormat.JSON)).isEmpty();
    } catch (AidbException e) {
      assertThat(e.code()).isEqualTo(ErrorCode.VALIDATION_FAILED);
      assertThat(e.errors()).isNotEmpty();
      assertThat(!fits || e.errors().stream().allMatch(SchemaAgreementTest::isBeyondSchema))
          .as("the schema refuses %s: %s", json, e.getMessage())
          .isTrue();
    }
  }

  private static boolean isBeyondSchema(FieldError error) {
    return BEYOND_SCHEMA.contains(error.code())
        || BEYOND_SCHEMA.stream().anyMatch(error.message()::contains);
  }

  private static Object withoutNulls(Object tree) {
    if (tree instanceof Map<?, ?> map) {
      Map<Object, Object> kept = new LinkedHashMap<>();
      map.forEach((name, value) -> {
        if (value != null) {
          kept.put(name, withoutNulls(value));
        }
      });
      return kept;
    }
    return tree;
  }

  @Property(tries = 3000)
  void anyTextGivesARecordOrASayableFailure(@ForAll("texts") String text) {
    assertSayable(text.getBytes(StandardCharsets.UTF_8));
  }

  @Property(tries = 2000)
  void anyBytesGiveARecordOrASayableFailure(@ForAll byte[] bytes) {
    assertSayable(bytes);
  }

  @Property(tries = 2000)
  void anyCutOrChangedJsonGivesARecordOrASayableFailure(
      @ForAll long seed, @ForAll int at, @ForAll byte with) {
    byte[] bytes = every(seed).getBytes(StandardCharsets.UTF_8);
    bytes[Math.floorMod(at, bytes.length)] = with;
    assertSayable(bytes);
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.of(
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"",
            "\\",
            "\"text\"",
            "\"whole\"",
            "\"vector\"",
            "1",
            "1e9",
            "-",
            ".",
            "null",
            "true",
            " ",
            "\n",
            "é",
            "\uFEFF",
            "\u0000",
            "\\u",
            "NaN",
            "/*")
        .list()
        .ofMaxSize(12)
        .map(parts -> String.join("", parts));
  }

  private static void assertSayable(byte[] json) {
    try {
      BINDER.bind(json);
    } catch (AidbException e) {
      assertThat(e.code()).isIn(List.of(ErrorCode.MALFORMED_JSON, ErrorCode.VALIDATION_FAILED));
    }
  }
}
