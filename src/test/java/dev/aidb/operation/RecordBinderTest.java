package dev.aidb.operation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorCode;
import dev.aidb.core.FieldError;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordBinderTest {
  private static final UUID ID = UUID.fromString("018f3c1e-0000-7000-8000-000000000001");

  private static final RecordBinder<Samples.Search> SEARCH = RecordBinder.of(Samples.Search.class);
  private static final RecordBinder<Samples.Every> EVERY = RecordBinder.of(Samples.Every.class);

  private static AidbException failure(RecordBinder<?> binder, byte[] json) {
    return Assertions.catchThrowableOfType(AidbException.class, () -> binder.bind(json));
  }

  private static AidbException failure(RecordBinder<?> binder, String json) {
    return failure(binder, json.getBytes(UTF_8));
  }

  /** The errors as {@code field code message}. */
  private static List<String> errors(RecordBinder<?> binder, String json) {
    AidbException failure = failure(binder, json);
    assertThat(failure).as("%s is refused", json).isNotNull();
    assertThat(failure.code()).isEqualTo(ErrorCode.VALIDATION_FAILED);
    return failure.errors().stream().map(RecordBinderTest::line).toList();
  }

  private static String line(FieldError error) {
    return error.field() + " " + error.code() + " " + error.message();
  }

  private static Samples.Every every(String json) {
    return EVERY.bind(json.getBytes(UTF_8));
  }

  @Test
  void whatIsAbsentTakesItsDefault() {
    Samples.Search search = SEARCH.bind("{\"query\":\"a\"}".getBytes(UTF_8));

    assertThat(search)
        .isEqualTo(
            new Samples.Search(
                "nixos_docs",
                "a",
                10,
                0,
                0,
                Samples.Mode.HYBRID,
                null,
                Set.of(Samples.Include.CONTENT, Samples.Include.METADATA),
                null));
  }

  @Test
  void everyTypeIsRead() {
    Samples.Every read =
        every(
            """
            {"text":"a","truth":true,"whole":-5,"big":9007199254740993,"real":1.5,
             "id":"018f3c1e-0000-7000-8000-000000000001","moment":"2026-01-02T03:04:05.678+01:00",
             "mode":"vector","vector":[1,-0.5,1e-3],"texts":["a","b"],"includes":["explain","explain"],
             "metadata":{"a":[1,2.5,null,true]},"part":{"part_name":"x"},
             "parts":[{"part_name":"y","count":2}]}
            """);

    assertThat(read.text()).isEqualTo("a");
    assertThat(read.truth()).isTrue();
    assertThat(read.whole()).isEqualTo(-5);
    assertThat(read.big()).isEqualTo(9007199254740993L);
    assertThat(read.real()).isEqualTo(1.5);
    assertThat(read.id()).isEqualTo(ID);
    assertThat(read.moment()).isEqualTo(Instant.parse("2026-01-02T02:04:05.678Z"));
    assertThat(read.mode()).isEqualTo(Samples.Mode.VECTOR);
    assertThat(read.vector()).containsExactly(1f, -0.5f, 1e-3f);
    assertThat(read.texts()).containsExactly("a", "b");
    assertThat(read.includes()).containsExactly(Samples.Include.EXPLAIN);
    assertThat(read.metadata()).isEqualTo(Map.of("a", Arrays.asList(1L, 2.5, null, true)));
    assertThat(read.part()).isEqualTo(new Samples.Part("x", 1));
    assertThat(read.parts()).containsExactly(new Samples.Part("y", 2));
  }

  @Test
  void nullIsAbsent() {
    assertThat(SEARCH.bind("{\"query\":\"a\",\"limit\":null}".getBytes(UTF_8)).limit())
        .isEqualTo(10);
    assertThat(errors(SEARCH, "{\"query\":null}")).containsExactly("query required is required");
  }

  @Test
  void allErrorsComeAtOnceWithTheirPaths() {
    assertThat(
            errors(
                EVERY,
                """
                {"text":"123456","whole":"1","nonsense":{"a":[1]},"vector":[1,"x"],
                 "texts":["a","1234"],"part":{},"parts":[{"part_name":"x","count":0,"more":1}]}
                """))
        .containsExactlyInAnyOrder(
            "text max_length must have at most 5 characters",
            "whole type must be an integer",
            "nonsense unknown_field is not a known field",
            "vector[1] type must be a number",
            "texts[1] max_length must have at most 3 characters",
            "part.part_name required is required",
            "parts[0].more unknown_field is not a known field",
            "parts[0].count min must be above 0");
  }

  @Test
  void theDetailReadsAsTheContractSays() {
    assertThat(failure(SEARCH, "{\"query\":\"12345678901\"}").detail())
        .isEqualTo("Validation failed: query: must have at most 10 characters (max_length)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"text":1}                | text type must be a string
          {"text":{"a":1}}          | text type must be a string
          {"truth":"true"}          | truth type must be a boolean
          {"truth":1}               | truth type must be a boolean
          {"whole":"1"}             | whole type must be an integer
          {"whole":1.5}             | whole type must be an integer
          {"whole":1e-400}          | whole type must be an integer
          {"whole":1e-9999999999}   | whole type must be an integer
          {"whole":[1]}             | whole type must be an integer
          {"whole":1e400}           | whole range must be between -2147483648 and 2147483647
          {"whole":1e999999999}     | whole range must be between -2147483648 and 2147483647
          {"whole":2147483648}      | whole range must be between -2147483648 and 2147483647
          {"whole":1000000000000000000000000000000} | whole range must be between -2147483648 and 2147483647
          {"big":9223372036854775808} | big range must be between -9223372036854775808 and 9223372036854775807
          {"big":9.223372036854775808e18} | big range must be between -9223372036854775808 and 9223372036854775807
          {"real":"1"}              | real type must be a number
          {"real":1e400}            | real range must be a finite number
          {"real":true}             | real type must be a number
          {"id":1}                  | id type must be a UUID
          {"id":"1-1-1-1-1"}        | id type must be a UUID
          {"moment":1}              | moment type must be an RFC 3339 date and time
          {"moment":"2026-13-01T00:00:00Z"} | moment type must be an RFC 3339 date and time
          {"moment":"2026-01-01"}   | moment type must be an RFC 3339 date and time
          {"mode":1}                | mode type must be a string
          {"mode":"VECTOR"}         | mode enum must be one of: hybrid, vector, keyword
          {"mode":"x"}              | mode enum must be one of: hybrid, vector, keyword
          {"vector":1}              | vector type must be an array of numbers
          {"vector":[null]}         | vector[0] type must be a number
          {"vector":[[1]]}          | vector[0] type must be a number
          {"vector":[1e39]}         | vector not_finite must have only finite numbers
          {"vector":[0,0.0,-0]}     | vector all_zero must not be all zero
          {"vector":[]}             | vector min_items must have at least 1 item
          {"vector":[1,1,1,1,1]}    | vector max_items must have at most 4 items
          {"vector":[1,1,1,1,1,1,"x"]} | vector max_items must have at most 4 items
          {"texts":"a"}             | texts type must be an array
          {"texts":[]}              | texts min_items must have at least 1 item
          {"texts":["a","b","c","d",1,{}]} | texts max_items must have at most 3 items
          {"texts":[null]}          | texts[0] type must not be null
          {"texts":[""]}            | texts[0] min_length must have at least 1 character
          {"includes":["x"]}        | includes[0] enum must be one of: content, metadata, explain
          {"metadata":[]}           | metadata type must be an object
          {"metadata":{"a":1e400}}  | metadata range must have only finite numbers
          {"metadata":{"a":[[]]}}   | metadata max_depth must be nested at most 2 levels
          {"metadata":{"a":"1234567890123456789012345678901234567890"}} | metadata max_bytes must have at most 40 bytes as JSON
          {"metadata":{"a":"\\u0000"}} | metadata invalid_characters must not contain NUL or unpaired surrogates
          {"part":[]}               | part type must be an object
          {"part":"x"}              | part type must be an object
          {"parts":{}}              | parts type must be an array
          {"parts":[1]}             | parts[0] type must be an object
          {"text":"\\ud800"}        | text invalid_characters must not contain NUL or unpaired surrogates
          {"whole":6}               | whole max must be at most 5
          {"whole":-6}              | whole min must be at least -5
          {"real":1.5000001}        | real max must be at most 1.5
          """)
  void wrongValuesAreNamed(String json, String error) {
    assertThat(errors(EVERY, json)).containsExactly(error);
  }

  @ParameterizedTest
  @ValueSource(strings = {"3", "3.0", "3e0", "0.3e1", "30e-1", "3.000"})
  void integersMayBeWrittenInAnyNotation(String number) {
    assertThat(every("{\"whole\":" + number + "}").whole()).isEqualTo(3);
  }

  @Test
  void charactersAreCodePointsAndBytesAreBytes() {
    String five = "😀".repeat(5);
    assertThat(every("{\"text\":\"" + five + "\"}").text()).isEqualTo(five);
    assertThat(SEARCH.bind(Map.of("query", five)).query()).isEqualTo(five);
    assertThat(errors(SEARCH, "{\"query\":\"" + five + "a\"}"))
        .containsExactly("query max_bytes must have at most 20 bytes in UTF-8");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          " \\t\\n\\r"  | query blank must not be blank
          "\\u00a0"     | query blank must not be blank
          "\\u200b"     | query blank must not be blank
          "a\\u0007"    | query control_characters must not contain control characters other than tab, line feed and carriage return
          "a\\u0085"    | query control_characters must not contain control characters other than tab, line feed and carriage return
          """)
  void blankAndControlCharactersAreRefused(String query, String error) {
    assertThat(errors(SEARCH, "{\"query\":" + query + "}")).containsExactly(error);
  }

  @Test
  void thePatternIsSaid() {
    assertThat(errors(SEARCH, "{\"query\":\"a\",\"collection\":\"A!\"}"))
        .containsExactly("collection pattern must match [a-z0-9][a-z0-9_-]*");
  }

  @Test
  void aRecordMayHoldItselfAndItsConstructorMayRefuse() {
    Samples.Search search =
        SEARCH.bind(
            """
            {"query":"a","filter":{"must":[{"key":"k","value":1},{"must":[{"key":"l"}]}]}}
            """
                .getBytes(UTF_8));
    assertThat(search.filter())
        .isEqualTo(
            new Samples.Filter(
                List.of(
                    new Samples.Filter(null, "k", 1L),
                    new Samples.Filter(List.of(new Samples.Filter(null, "l", null)), null, null)),
                null,
                null));
    assertThat(errors(SEARCH, "{\"query\":\"a\",\"filter\":{\"must\":[{\"value\":1}]}}"))
        .containsExactly("filter.must[0] invalid must have either key or must");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          ``                     | the body is empty at line 1, column 1
          `   `                  | the body is empty at line 1, column 4
          []                     | an object is expected at line 1, column 1
          "x"                    | an object is expected at line 1, column 1
          null                   | an object is expected at line 1, column 1
          {                      | unexpected end at line 1, column 2
          {"query":"a"           | unexpected end at line 1, column 13
          {"query":"a"}x         | unexpected character at line 1, column 14
          {"query":"a"} {}       | unexpected content after the object at line 1, column 15
          {"quer":1} {}          | unexpected content after the object at line 1, column 12
          {"query":"a","query":"b"} | a field occurs twice at line 1, column 21
          {"x":{"a":1,"a":2}}    | a field occurs twice at line 1, column 16
          {"limit":NaN}          | unexpected character at line 1, column 11
          {"limit":Infinity}     | unexpected character at line 1, column 10
          {"limit":01}           | unexpected character at line 1, column 11
          {'query':1}            | unexpected character at line 1, column 2
          {"query":"a",}         | unexpected character at line 1, column 14
          """)
  void whatIsNoJsonObjectIsMalformed(String json, String reason) {
    AidbException failure = failure(SEARCH, json);

    assertThat(failure.code()).isEqualTo(ErrorCode.MALFORMED_JSON);
    assertThat(failure.detail()).startsWith("Malformed JSON: ");
    assertThat(failure.detail().replaceAll(" at line.*", ""))
        .isEqualTo("Malformed JSON: " + reason.replaceAll(" at line.*", ""));
    assertThat(failure.detail()).matches(".* at line 1, column [0-9]+");
  }

  @Test
  void theLineAndTheColumnAreSaid() {
    assertThat(failure(SEARCH, "{\n  \"query\": !\n}").detail())
        .isEqualTo("Malformed JSON: unexpected character at line 2, column 12");
  }

  @Test
  void hugeNestingNumbersAndNamesAreMalformed() {
    assertThat(failure(EVERY, "{\"metadata\":" + "[".repeat(100_000)).detail())
        .startsWith("Malformed JSON: nested deeper than 64 levels at line 1");
    assertThat(failure(EVERY, "{\"x\":" + "{\"a\":".repeat(64) + "1" + "}".repeat(65)).detail())
        .startsWith("Malformed JSON: nested deeper than 64 levels at line 1");
    assertThat(failure(EVERY, "{\"real\":" + "1".repeat(65) + "}").detail())
        .startsWith("Malformed JSON: a number has more than 64 characters");
    assertThat(failure(EVERY, "{\"" + "n".repeat(300) + "\":1}").detail())
        .startsWith("Malformed JSON: a field name has more than 256 characters");
  }

  @Test
  void onlyPlainUtf8IsRead() {
    byte[] json = "{\"query\":\"a\"}".getBytes(UTF_8);
    byte[] marked = new byte[json.length + 3];
    marked[0] = (byte) 0xEF;
    marked[1] = (byte) 0xBB;
    marked[2] = (byte) 0xBF;
    System.arraycopy(json, 0, marked, 3, json.length);
    byte[] latin = {'{', '"', 'q', '"', ':', '"', (byte) 0xE9, '"', '}'};
    byte[] surrogate = {
      '{', '"', 'q', '"', ':', '"', (byte) 0xED, (byte) 0xA0, (byte) 0x80, '"', '}'
    };

    for (byte[] bytes :
        List.of(
            marked,
            latin,
            surrogate,
            new String(json, UTF_8).getBytes(java.nio.charset.StandardCharsets.UTF_16))) {
      assertThat(failure(SEARCH, bytes).code()).isEqualTo(ErrorCode.MALFORMED_JSON);
    }
  }

  @Test
  void neitherNamesNorValuesAreEchoed() {
    String hostile = "<script>alert(1)</script>";
    for (String json :
        List.of(
            "{\"" + hostile + "\":1}",
            "{\"query\":\"a\",\"mode\":\"" + hostile + "\"}",
            "{\"query\":\"" + hostile + "\"}",
            "{\"query\":" + hostile + "}",
            "{\"query\":\"" + hostile + "",
            "{\"a\":1,\"" + hostile + "\":1,\"" + hostile + "\":2}",
            "{\"" + "x".repeat(65) + "\":1}")) {
      AidbException failure = failure(SEARCH, json);
      assertThat(failure.detail()).doesNotContain("script", "xxx");
      assertThat(failure.errors().toString()).doesNotContain("script", "xxx");
    }
    assertThat(errors(SEARCH, "{\"query\":\"a\",\"" + hostile + "\":1}"))
        .containsExactly("(unknown) unknown_field is not a known field");
  }

  @Test
  void atMostAHundredErrorsAreListed() {
    String fields =
        IntStream.range(0, 1000).mapToObj(i -> "\"f" + i + "\":1").collect(Collectors.joining(","));

    assertThat(errors(EVERY, "{" + fields + "}")).hasSize(100);
  }

  @Test
  void pathAndQueryAreBoundToTheirTypes() {
    RecordBinder<Samples.ById> binder = RecordBinder.of(Samples.ById.class);

    assertThat(
            binder.bind(
                Map.of("id", ID.toString()),
                Map.of(
                    "include_content",
                    List.of("true"),
                    "include",
                    List.of("content,metadata", "explain")),
                Optional.empty()))
        .isEqualTo(
            new Samples.ById(
                ID,
                true,
                Set.of(
                    Samples.Include.CONTENT, Samples.Include.METADATA, Samples.Include.EXPLAIN)));
    assertThat(
            binder
                .bind(
                    Map.of("id", ID.toString()),
                    Map.of("include_content", List.of("")),
                    Optional.empty())
                .includeContent())
        .isTrue();
  }

  @Test
  void wrongParametersAreNamed() {
    RecordBinder<Samples.ById> binder = RecordBinder.of(Samples.ById.class);
    AidbException failure =
        Assertions.catchThrowableOfType(
            AidbException.class,
            () ->
                binder.bind(
                    Map.of("id", "x"),
                    new java.util.TreeMap<>(
                        Map.of(
                            "id", List.of(ID.toString()),
                            "include", List.of("x"),
                            "include_content", List.of("true", "true"),
                            "<b>", List.of("1"))),
                    Optional.empty()));

    assertThat(failure.errors().stream().map(RecordBinderTest::line))
        .containsExactlyInAnyOrder(
            "(unknown) unknown_field is not a known field",
            "id unknown_field is not a known field",
            "include[0] enum must be one of: content, metadata, explain",
            "include_content type must be given once",
            "id type must be a UUID");
  }

  @ParameterizedTest
  @CsvSource({
    "10, must be at most 9 (max)",
    "1e1, must be at most 9 (max)",
    "-5, must be above 0 (min)"
  })
  void numbersInParametersFollowTheSameRules(String text, String rule) {
    RecordBinder<Samples.Part> binder = RecordBinder.of(Samples.Part.class);
    assertThatThrownBy(
            () -> binder.bindStrings(Map.of("part_name", List.of("a"), "count", List.of(text))))
        .hasMessage("Validation failed: count: " + rule);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          limit | 1 | 100 | 0 | 101
          offset | 0 | 10000 | -1 | 10001
          min_score | 0 | 1 | -0.000001 | 1.0000001
          """)
  void boundsAreIncludedAndOneBeyondIsNot(
      String field, String least, String most, String below, String above) {
    String json = "{\"query\":\"a\",\"" + field + "\":%s}";
    for (String good : List.of(least, most)) {
      assertThat(SEARCH.bind(String.format(json, good).getBytes(UTF_8))).isNotNull();
    }
    assertThat(errors(SEARCH, String.format(json, below)))
        .containsExactly(field + " min must be at least " + least);
    assertThat(errors(SEARCH, String.format(json, above)))
        .containsExactly(field + " max must be at most " + most);
  }

  @Test
  void lengthsAreIncludedAndOneBeyondIsNot() {
    assertThat(SEARCH.bind(Map.of("query", "1234567890")).query()).hasSize(10);
    assertThat(errors(SEARCH, "{\"query\":\"12345678901\"}"))
        .containsExactly("query max_length must have at most 10 characters");
    assertThat(SEARCH.bind(Map.of("query", "a", "collection", "a".repeat(64))).collection())
        .hasSize(64);
    assertThat(errors(SEARCH, "{\"query\":\"a\",\"collection\":\"" + "a".repeat(65) + "\"}"))
        .containsExactly("collection max_length must have at most 64 characters");
    assertThat(errors(SEARCH, "{\"query\":\"\"}"))
        .containsExactlyInAnyOrder(
            "query min_length must have at least 1 character", "query blank must not be blank");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " 1", "1 ", "0x1", "1f", "NaN", "Infinity", "1d", "+1", "١"})
  void javaOddNumbersAreNoNumbers(String text) {
    RecordBinder<Samples.Part> binder = RecordBinder.of(Samples.Part.class);
    assertThatThrownBy(
            () -> binder.bindStrings(Map.of("part_name", List.of("a"), "count", List.of(text))))
        .hasMessage("Validation failed: count: must be an integer (type)");
  }

  @Test
  void thePathAndTheBodyMakeOneRecord() {
    RecordBinder<Samples.Change> binder = RecordBinder.of(Samples.Change.class);
    Map<String, String> path = Map.of("id", ID.toString());

    assertThat(binder.bind(path, Map.of(), body("{\"title\":\"t\"}")))
        .isEqualTo(new Samples.Change(ID, "t"));
    assertThatThrownBy(
            () -> binder.bind(path, Map.of(), body("{\"title\":\"t\",\"id\":\"" + ID + "\"}")))
        .hasMessage("Validation failed: id: is not a known field (unknown_field)");
    assertThatThrownBy(
            () -> binder.bind(path, Map.of("title", List.of("t")), body("{\"title\":\"t\"}")))
        .hasMessage("Validation failed: title: is not a known field (unknown_field)");
    assertThatThrownBy(() -> binder.bind(path, Map.of(), body("")))
        .hasMessageStartingWith("Malformed JSON: the body is empty");
  }

  @Test
  void aBodyThatCouldSayNothingMayBeEmpty() {
    assertThat(
            RecordBinder.of(Samples.OnlyId.class)
                .bind(Map.of("id", ID.toString()), Map.of(), body("")))
        .isEqualTo(new Samples.OnlyId(ID));
  }

  private static Optional<InputStream> body(String json) {
    return Optional.of(new ByteArrayInputStream(json.getBytes(UTF_8)));
  }

  @Test
  void aBodyThatBreaksOffIsNotTheClientsMistake() {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("reset");
          }

          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            return read();
          }
        };
    InputStream tooLarge =
        new InputStream() {
          @Override
          public int read() {
            throw new AidbException(ErrorCode.PAYLOAD_TOO_LARGE, "too large");
          }

          @Override
          public int read(byte[] bytes, int offset, int length) {
            return read();
          }
        };

    assertThatThrownBy(() -> SEARCH.bind(Map.of(), Map.of(), Optional.of(broken)))
        .isInstanceOf(UncheckedIOException.class);
    assertThatThrownBy(() -> SEARCH.bind(Map.of(), Map.of(), Optional.of(tooLarge)))
        .isInstanceOfSatisfying(
            AidbException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PAYLOAD_TOO_LARGE));
  }

  @Test
  void aBigBodyIsBoundWhole() {
    String vector =
        IntStream.range(0, 384).mapToObj(i -> "0.0" + i).collect(Collectors.joining(",", "[", "]"));
    String item = "{\"document_id\":\"" + ID + "\",\"embedding\":" + vector + "}";
    String json =
        "{\"items\":["
            + IntStream.range(0, 1000).mapToObj(i -> item).collect(Collectors.joining(","))
            + "]}";

    RecordBinder<Samples.Chunks> binder = RecordBinder.of(Samples.Chunks.class);
    Samples.Chunks chunks = binder.bind(json.getBytes(UTF_8));

    assertThat(chunks.items()).hasSize(1000);
    assertThat(chunks.items().getLast().embedding()).hasSize(384).endsWith(0.0383f);
    assertThat(errors(binder, json.replace("]}]}", "]}," + item + "]}")))
        .containsExactly("items max_items must have at most 1000 items");
  }

  @Test
  void aValueInsideALargerTextIsBoundWhereItStands() {
    try (tools.jackson.core.JsonParser parser =
        Json.parser(new java.io.StringReader("{\"arguments\":{\"query\":\"a\"},\"more\":1}"))) {
      parser.nextToken();
      parser.nextName();
      parser.nextToken();
      assertThat(SEARCH.bind(parser).query()).isEqualTo("a");
      assertThat(parser.nextName()).isEqualTo("more");
    }
  }
}
