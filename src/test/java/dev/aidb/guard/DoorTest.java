package dev.aidb.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorCode;
import dev.aidb.guard.Refusal.Reason;
import dev.aidb.operation.Caller;
import dev.aidb.operation.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DoorTest {
  private static final Caller KNOWN = new Caller("key:1", Set.of(Scope.READ), Optional.empty());

  private final List<Reason> refused = new ArrayList<>();
  private final List<String> judged = new ArrayList<>();
  private final Refusals refusals = refusal -> refused.add(refusal.reason());
  private final KeyRing ring =
      presented -> {
        judged.add(presented);
        return switch (presented) {
          case "good" -> new KeyVerdict.Valid(KNOWN);
          case "old" -> new KeyVerdict.Invalid(Reason.EXPIRED);
          case "gone" -> new KeyVerdict.Invalid(Reason.REVOKED, Optional.of("key:2"));
          default -> new KeyVerdict.Invalid(Reason.UNKNOWN);
        };
      };
  private final Door keyDoor = new KeyDoor(Set.of("https://friend.example"), ring, refusals);
  private final Door localDoor =
      new LocalDoor("127.0.0.1", Set.of("https://friend.example"), ring, refusals);

  private record Head(Map<String, String> headers) implements RequestHead {
    static Head of(String... namesAndValues) {
      Map<String, String> headers = new java.util.HashMap<>(Map.of("host", "localhost:8091"));
      for (int i = 0; i < namesAndValues.length; i += 2) {
        headers.put(namesAndValues[i], namesAndValues[i + 1]);
      }
      return new Head(headers);
    }

    @Override
    public String method() {
      return "GET";
    }

    @Override
    public String path() {
      return "/";
    }

    @Override
    public Optional<String> header(String name) {
      return Optional.ofNullable(headers.get(name));
    }

    @Override
    public String operation() {
      return "search";
    }

    @Override
    public String remoteAddress() {
      return "192.0.2.1";
    }

    @Override
    public int localPort() {
      return 8091;
    }
  }

  private void isRefused(Door door, Head head, ErrorCode code, Reason reason) {
    assertThatThrownBy(() -> door.admit(head, Scope.READ))
        .isInstanceOfSatisfying(AidbException.class, e -> assertThat(e.code()).isEqualTo(code));
    assertThat(refused).containsExactly(reason);
  }

  @Test
  void withoutAKeyOneIsLocalThereAndNobodyHere() {
    assertThat(localDoor.admit(Head.of(), Scope.ADMIN).id()).isEqualTo("local");
    isRefused(keyDoor, Head.of(), ErrorCode.UNAUTHORIZED, Reason.MISSING);
  }

  @ParameterizedTest
  @CsvSource({
    "authorization,Bearer good",
    "authorization,bEARER good",
    "authorization,'Bearer   good '",
    "x-api-key,good",
    "x-api-key,' good '"
  })
  void aValidKeyMakesItsCallerAtBothDoors(String name, String value) {
    assertThat(keyDoor.admit(Head.of(name, value), Scope.READ)).isEqualTo(KNOWN);
    assertThat(localDoor.admit(Head.of(name, value), Scope.READ)).isEqualTo(KNOWN);
  }

  @ParameterizedTest
  @CsvSource({
    "x-api-key,nobody's,UNKNOWN",
    "x-api-key,old,EXPIRED",
    "x-api-key,gone,REVOKED",
    "x-api-key,'',MALFORMED",
    "authorization,good,MALFORMED",
    "authorization,Bearer,MALFORMED",
    "authorization,'Bearer ',MALFORMED",
    "authorization,Bearergood,MALFORMED",
    "authorization,Basic good,MALFORMED"
  })
  void anyOtherKeyIsRefusedAtBothDoors(String name, String value, Reason reason) {
    isRefused(keyDoor, Head.of(name, value), ErrorCode.UNAUTHORIZED, reason);
    refused.clear();
    isRefused(localDoor, Head.of(name, value), ErrorCode.UNAUTHORIZED, reason);
  }

  @Test
  void whoUsesAnEndedKeyIsNamed() {
    List<Refusal> noted = new ArrayList<>();
    Door door = new KeyDoor(Set.of(), ring, noted::add);
    for (String key : List.of("gone", "nobody's")) {
      assertThatThrownBy(() -> door.admit(Head.of("x-api-key", key), Scope.READ))
          .isInstanceOf(AidbException.class);
    }
    assertThat(noted)
        .containsExactly(
            new Refusal(Reason.REVOKED, "key:2", "192.0.2.1", "search"),
            new Refusal(Reason.UNKNOWN, Refusal.ANONYMOUS, "192.0.2.1", "search"));
  }

  @Test
  void aKeyThatIsTooLongIsNotEvenJudged() {
    Head head = Head.of("x-api-key", "a".repeat(Credentials.CHARACTERS_MAX + 1));
    isRefused(keyDoor, head, ErrorCode.UNAUTHORIZED, Reason.MALFORMED);
    assertThat(judged).isEmpty();
  }

  @Test
  void twoKeysMustBeTheSame() {
    Head same = Head.of("authorization", "Bearer good", "x-api-key", "good");
    assertThat(keyDoor.admit(same, Scope.READ)).isEqualTo(KNOWN);
    Head different = Head.of("authorization", "Bearer good", "x-api-key", "other");
    isRefused(keyDoor, different, ErrorCode.BAD_REQUEST, Reason.AMBIGUOUS);
  }

  @Test
  void anotherSchemeBesideAKeyIsPassedOver() {
    for (Door door : List.of(keyDoor, localDoor)) {
      Head both = Head.of("authorization", "Basic dTpw", "x-api-key", "good");
      assertThat(door.admit(both, Scope.READ)).isEqualTo(KNOWN);
    }
    Head wrong = Head.of("authorization", "Basic good", "x-api-key", "gone");
    isRefused(keyDoor, wrong, ErrorCode.UNAUTHORIZED, Reason.REVOKED);
  }

  @Test
  void whereNoneIsNeededNoKeyIsLookedAt() {
    Head wrong = Head.of("x-api-key", "wrong");
    assertThat(keyDoor.admit(wrong, Scope.PUBLIC).id()).isEqualTo("anonymous");
    assertThat(localDoor.admit(wrong, Scope.PUBLIC).id()).isEqualTo("anonymous");
    assertThat(judged).isEmpty();
  }

  @Test
  void theLocalDoorKnowsItsHosts() {
    isRefused(localDoor, Head.of("host", "evil.example:8091"), ErrorCode.FORBIDDEN, Reason.HOST);
    refused.clear();
    isRefused(localDoor, Head.of("host", "localhost:1"), ErrorCode.FORBIDDEN, Reason.HOST);
    assertThat(keyDoor.admit(Head.of("host", "aidb.example", "x-api-key", "good"), Scope.READ))
        .isEqualTo(KNOWN);
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://evil.example", "null", "http://localhost:8092", "file://"})
  void pagesOfForeignOriginsAreKeptOut(String origin) {
    Head head = Head.of("origin", origin, "x-api-key", "good");
    isRefused(localDoor, head, ErrorCode.FORBIDDEN, Reason.ORIGIN);
    refused.clear();
    isRefused(keyDoor, head, ErrorCode.FORBIDDEN, Reason.ORIGIN);
    assertThat(judged).isEmpty();
  }

  @Test
  void ownPagesAndFriendsMayCall() {
    for (Door door : List.of(keyDoor, localDoor)) {
      for (String origin : List.of("http://localhost:8091", "https://friend.example")) {
        assertThat(door.admit(Head.of("origin", origin, "x-api-key", "good"), Scope.READ))
            .isEqualTo(KNOWN);
      }
    }
    Head behindProxy =
        Head.of("host", "aidb.example", "origin", "https://aidb.example", "x-api-key", "good");
    assertThat(keyDoor.admit(behindProxy, Scope.READ)).isEqualTo(KNOWN);
  }

  @Test
  void aChallengeTellsAWrongKeyFromNone() {
    assertThat(Challenge.unauthorized(Head.of())).isEqualTo("Bearer realm=\"aidb\"");
    assertThat(Challenge.unauthorized(Head.of("x-api-key", "")))
        .isEqualTo("Bearer realm=\"aidb\", error=\"invalid_token\"");
    assertThat(Challenge.insufficient(Scope.WRITE))
        .isEqualTo("Bearer realm=\"aidb\", error=\"insufficient_scope\", scope=\"write\"");
  }
}
