package dev.aidb.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aidb.core.AidbException;
import dev.aidb.operation.RecordBinder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The filter as clients write it, read and applied in memory. */
class MetadataFilterTest {
  private static final Map<String, Object> METADATA =
      Map.of(
          "section",
          "net",
          "size",
          12L,
          "tags",
          List.of("dns", "tls"),
          "free",
          true,
          "nested",
          Map.of("level", 2.5));

  @Test
  void a_value_matches_by_equality_and_number_by_value() {
    assertThat(test("{'must':[{'key':'section','match':{'value':'net'}}]}")).isTrue();
    assertThat(test("{'must':[{'key':'size','match':{'value':12.0}}]}")).isTrue();
    assertThat(test("{'must':[{'key':'size','match':{'value':'12'}}]}")).isFalse();
    assertThat(test("{'must':[{'key':'free','match':{'value':true}}]}")).isTrue();
    assertThat(test("{'must':[{'key':'absent','match':{'value':'net'}}]}")).isFalse();
  }

  @Test
  void any_element_of_a_list_and_any_of_several_values_will_do() {
    assertThat(test("{'must':[{'key':'tags','match':{'value':'tls'}}]}")).isTrue();
    assertThat(test("{'must':[{'key':'section','match':{'any':['web','net']}}]}")).isTrue();
  }

  @Test
  void bounds_are_exclusive_or_inclusive_and_dots_reach_into_objects() {
    assertThat(test("{'must':[{'key':'size','range':{'gt':12}}]}")).isFalse();
    assertThat(test("{'must':[{'key':'size','range':{'gte':12,'lt':13}}]}")).isTrue();
    assertThat(test("{'must':[{'key':'nested.level','range':{'lte':2.5}}]}")).isTrue();
    assertThat(test("{'must':[{'key':'section','range':{'gte':'nes','lt':'neu'}}]}")).isTrue();
  }

  @Test
  void clauses_combine() {
    assertThat(test("{'must_not':[{'key':'section','match':{'value':'net'}}]}")).isFalse();
    assertThat(
            test(
                "{'should':[{'key':'size','match':{'value':1}},"
                    + "{'must':[{'key':'free','match':{'value':true}}]}]}"))
        .isTrue();
    assertThat(test("{'should':[{'key':'size','match':{'value':1}}]}")).isFalse();
    assertThat(test("{}")).isTrue();
  }

  @Test
  void every_fault_is_told_at_once_with_its_place() {
    assertThatThrownBy(() ->
            test(
                "{'must':[{'key':'a'},{'key':'a','match':{}},{'key':'a','range':{'gt':1,'gte':2}},"
                    + "{'key':'a','range':{'gt':1,'lt':'x'}},{'key':'a','match':{'value':[1]}}]}"))
        .isInstanceOfSatisfying(
            AidbException.class,
            e ->
                assertThat(e.errors())
                    .extracting(error -> error.field() + " " + error.code())
                    .contains(
                        "filter.must[0] filter",
                        "filter.must[1].match filter",
                        "filter.must[2].range filter",
                        "filter.must[3].range filter",
                        "filter.must[4].match type"));
  }

  @Test
  void depth_four_passes_and_depth_five_is_refused() {
    String condition = "{'key':'section','match':{'value':'net'}}";
    assertThat(test(nested(4, condition))).isTrue();
    assertThatThrownBy(() -> test(nested(5, condition))).hasMessageContaining("(max_depth)");
  }

  @Test
  void sixty_four_conditions_pass_and_one_more_is_refused() {
    assertThat(test(conditions(64))).isTrue();
    assertThatThrownBy(() -> test(conditions(65))).hasMessageContaining("(max_items)");
  }

  /** Conditions spread over two lists, so that neither list alone is too long. */
  private static String conditions(int count) {
    String each = "{'key':'size','match':{'value':12}}";
    String half = String.join(",", java.util.Collections.nCopies(count / 2, each));
    String rest = String.join(",", java.util.Collections.nCopies(count - count / 2, each));
    return "{'must':[" + half + "],'should':[" + rest + "]}";
  }

  private static String nested(int depth, String condition) {
    String filter = "{'must':[" + condition + "]}";
    for (int i = 1; i < depth; i++) {
      filter = "{'must':[" + filter + "]}";
    }
    return filter;
  }

  private static boolean test(String filter) {
    FilterInput input =
        RecordBinder.of(FilterInput.class)
            .bind(filter.replace('\'', '"').getBytes(java.nio.charset.StandardCharsets.UTF_8));
    return MetadataFilter.test(
        input.toRecordFilter(Optional.empty()).where().orElseThrow(), METADATA);
  }
}
