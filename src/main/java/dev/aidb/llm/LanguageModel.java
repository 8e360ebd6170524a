package dev.aidb.llm;

import java.time.Duration;
import java.util.Optional;

/** Something that writes text. */
public interface LanguageModel extends AutoCloseable {
  /** The name by which it was asked for. */
  String name();

  /**
   * Writes an answer.
   *
   * @param system how it should behave
   * @param user what it should answer
   * @param tokensMax the longest answer, in the model's own tokens
   * @throws dev.aidb.core.AidbException UNAVAILABLE when there is none, DEADLINE_EXCEEDED
   */
  String write(String system, String user, int tokensMax);

  /**
   * Why it can't be asked now, in words for clients; empty when it can. Costs the model nothing.
   */
  Optional<String> probe(Duration patience);

  @Override
  void close();
}
