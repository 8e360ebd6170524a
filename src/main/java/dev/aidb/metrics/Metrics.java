package dev.aidb.metrics;

import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** The registry of everything that is measured, and its exposition. */
public final class Metrics {
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Jvm jvm = new Jvm();

  /**
   * @param version the program's version, for {@code aidb_build_info}
   */
  public Metrics(String version) {
    Info build =
        Info.builder()
            .name("aidb_build_info")
            .help("The version of the program and of the Java it runs on; always 1")
            .labelNames("version", "java")
            .register(registry);
    build.setLabelValues(version, Runtime.version().toString());
  }

  /** Where the other packages register theirs. */
  public PrometheusRegistry registry() {
    return registry;
  }

  /**
   * All present values.
   *
   * @param accept the request's Accept header, which chooses between OpenMetrics and the Prometheus
   *     text format 0.0.4; empty for the latter
   */
  public Exposition expose(String accept) {
    jvm.register();
    ExpositionFormatWriter writer = Formats.writer(accept);
    ByteArrayOutputStream out = new ByteArrayOutputStream(64 * 1024);
    try {
      writer.write(out, registry.scrape());
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a byte array doesn't fail
    }
    return new Exposition(writer.getContentType(), out.toByteArray());
  }

  /**
   * Values written for a scraper.
   *
   * @param contentType the media type with its version
   * @param body the text in UTF-8
   */
  @SuppressWarnings("ArrayRecordComponent") // handed straight to the socket, never compared
  public record Exposition(String contentType, byte[] body) {}

  /** The JVM's own measurements load dozens of beans, so they wait for the first scrape. */
  private final class Jvm {
    private boolean registered;

    synchronized void register() {
      if (!registered) {
        JvmMetrics.builder().register(registry);
        registered = true;
      }
    }
  }

  /** Loaded with the first scrape rather than at start. */
  private static final class Formats {
    private static final ExpositionFormats ALL = ExpositionFormats.init();

    static ExpositionFormatWriter writer(String accept) {
      return accept.contains("application/openmetrics-text")
          ? ALL.getOpenMetricsTextFormatWriter()
          : ALL.getPrometheusTextFormatWriter();
    }
  }
}
