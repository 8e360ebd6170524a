package dev.aidb.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.core.AidbException;
import dev.aidb.operation.Json;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever a client sends is a message or is refused, and what is inside comes out unchanged. */
class EnvelopePropertyTest {
  @Property(tries = 500)
  void anyBytesAreReadOrRefused(@ForAll byte[] body) {
    readOrRefused(body);
  }

  @Property(tries = 500)
  void anythingLikeAMessageIsReadOrRefused(@ForAll("damaged") String text) {
    readOrRefused(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void readOrRefused(byte[] body) {
    try {
      assertThat(Envelope.read(body)).isNotNull();
    } catch (Envelope.Refused e) {
      assertThat(e.why().code()).isEqualTo(-32600);
    } catch (AidbException e) {
      assertThat(e.code().jsonRpcCode()).isEqualTo(-32700);
    }
  }

  @Provide
  Arbitrary<String> damaged() {
    String message =
        "{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"method\":\"m\",\"params\":{\"a\":[1,{\"b\":\"é\"}],\"c\":-1.5e3}}";
    Arbitrary<Integer> at = Arbitraries.integers().between(0, message.length() - 1);
    return net.jqwik.api.Combinators.combine(at, at, Arbitraries.strings().ofMaxLength(3))
        .as((from, to, instead) ->
            message.substring(0, Math.min(from, to))
                + instead
                + message.substring(Math.max(from, to)));
  }

  @Property(tries = 300)
  void whatIsInsideComesOutAsItWasSent(@ForAll("objects") Map<String, Object> object) {
    Map<String, Object> outer = new LinkedHashMap<>();
    outer.put("before", "{\"not\": an object}");
    outer.put("inner", object);
    outer.put("after", List.of(1, "]}"));

    Members members = Members.of(Json.text(outer)).orElseThrow();

    assertThat(members.object("inner")).hasValue(Json.text(object));
    assertThat(members.text("before")).hasValue("{\"not\": an object}");
    assertThat(members.object("after")).isEmpty();
  }

  @Provide
  Arbitrary<Map<String, Object>> objects() {
    Arbitrary<Object> leaf =
        Arbitraries.oneOf(
            Arbitraries.strings().ofMaxLength(8).map(text -> (Object) text),
            Arbitraries.longs().map(number -> (Object) number),
            Arbitraries.doubles().between(-1e9, 1e9).map(number -> (Object) number),
            Arbitraries.of(true, false).map(truth -> (Object) truth));
    Arbitrary<Object> nested =
        Arbitraries.recursive(
            () -> leaf, inner -> inner.list().ofMaxSize(3).map(list -> (Object) list), 0, 3);
    return Arbitraries.maps(Arbitraries.strings().alpha().ofMinLength(1).ofMaxLength(6), nested)
        .ofMaxSize(5);
  }
}
