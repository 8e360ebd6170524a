package dev.aidb.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aidb.core.AidbException;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CursorTest {
  @Test
  void givesBackWhatItWasMadeOf() {
    UUID id = UUID.fromString("018f3c1e-0000-7000-8000-000000000001");
    assertThat(Cursor.id(Cursor.of(id))).contains(id);
    assertThat(Cursor.text(Cursor.of("tool_schemas"))).contains("tool_schemas");
    assertThat(Cursor.of(id)).matches("[A-Za-z0-9_-]+");
  }

  @Test
  void noneIsTheBeginning() {
    assertThat(Cursor.id(null)).isEmpty();
    assertThat(Cursor.text(null)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"!", "=", "bm9uc2Vuc2U"})
  void refusesWhatItDidntMake(String cursor) {
    assertThatThrownBy(() -> Cursor.id(cursor))
        .isInstanceOf(AidbException.class)
        .hasMessageContaining("cursor: must be the next_cursor of an earlier answer");
  }
}
