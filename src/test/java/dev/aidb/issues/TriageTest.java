package dev.aidb.issues;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TriageTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "OutOfMemoryError | Java heap space | RESOURCE | CRITICAL",
        "OSError | [Errno 28] No space left on device | RESOURCE | CRITICAL",
        "OperationalError | password authentication failed for user \"x\" | AUTHENTICATION | HIGH",
        "PSQLException | deadlock detected | DATABASE | HIGH",
        "ConnectException | Connection refused | NETWORK | HIGH",
        "TimeoutError | timed out after 30 s | PERFORMANCE | MEDIUM",
        "ConfigError | unknown key server.prot | CONFIGURATION | MEDIUM",
        "ValueError | invalid literal for int() | VALIDATION | MEDIUM",
        "HTTPError | upstream answered 502 | INTEGRATION | MEDIUM",
        "BackOff | back-off restarting failed container | DEPLOYMENT | MEDIUM",
        "Warning | this call is deprecated | UNKNOWN | LOW",
        "Oops | something | UNKNOWN | MEDIUM",
      })
  void anErrorIsJudgedByItsWords(
      String type, String message, Category category, Severity severity) {
    assertThat(Triage.category("app", type, message)).isEqualTo(category);
    assertThat(Triage.severity(type, message)).isEqualTo(severity);
  }
}
