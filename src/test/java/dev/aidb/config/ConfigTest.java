package dev.aidb.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ConfigTest {
  @Test
  void defaultsAreThoseOfTheSpecification() {
    Config config = Config.defaults();

    assertThat(config.server()).isEqualTo(server("127.0.0.1", 8091, Size.parse("8MiB")));
    assertThat(config.database().mode()).isEqualTo(Config.DatabaseMode.EMBEDDED);
    assertThat(config.database().pool())
        .isEqualTo(new Config.Pool(20, 30, Duration.ofSeconds(30), Duration.ofMinutes(30)));
    assertThat(config.index().kind()).isEqualTo(Config.IndexKind.EMBEDDED);
    assertThat(config.auth().required()).isFalse();
    assertThat(config.rateLimit().perMinute()).isEqualTo(60);
    assertThat(config.rateLimit().perHour()).isEqualTo(1000);
    assertThat(config.health().interval()).isEqualTo(Duration.ofSeconds(5));
    assertThat(config.health().critical()).containsExactly("postgresql");
    assertThat(config.collections()).hasSize(6).startsWith("nixos_docs");
    assertThat(config.dataDir()).isAbsolute().endsWithRaw(java.nio.file.Path.of("share/aidb"));
  }

  @Test
  void aKeyIsChangedByItsName() {
    Config config =
        Config.defaults()
            .with("server.port", 0)
            .with("database.pool.max_overflow", 5)
            .with("database.password", "hush")
            .with("metrics.public", true)
            .with("health.critical", "postgresql, embeddings");

    assertThat(config.server()).isEqualTo(server("127.0.0.1", 0, Size.parse("8MiB")));
    assertThat(config.database().pool().maxOverflow()).isEqualTo(5);
    assertThat(config.database().password()).contains(new Secret("hush"));
    assertThat(config.metrics().isPublic()).isTrue();
    assertThat(config.health().critical()).containsExactly("postgresql", "embeddings");
    assertThat(config.toString()).doesNotContain("hush");
  }

  @Test
  void aChangeThatBreaksARuleIsRefused() {
    assertThatExceptionOfType(ConfigInvalid.class)
        .isThrownBy(() -> Config.defaults().with("server.port", 65536))
        .withMessageContaining("server.port: must be from 0 to 65535");
    assertThatExceptionOfType(ConfigInvalid.class)
        .isThrownBy(() -> Config.defaults().with("server.prot", 1))
        .withMessageContaining("server.prot: is not a known key");
    assertThatExceptionOfType(ConfigInvalid.class)
        .isThrownBy(() -> Config.defaults().with("server.host", "0.0.0.0"))
        .withMessageContaining("server.host: must be a loopback address");
  }

  /** What else is configured of a server, at its defaults. */
  private static Config.Server server(String host, int port, Size bodyMax) {
    return new Config.Server(
        host,
        port,
        bodyMax,
        64,
        Duration.ofSeconds(2),
        Duration.ofSeconds(30),
        2_048,
        Duration.ZERO);
  }
}
