package dev.aidb.config;

import dev.aidb.core.StartFailure;
import java.util.List;
import java.util.stream.Collectors;

/** The configuration has faults: all of them, not only the first. */
public final class ConfigInvalid extends StartFailure {
  private static final long serialVersionUID = 1L;

  private final transient List<ConfigProblem> problems;

  public ConfigInvalid(List<ConfigProblem> problems) {
    super(
        problems.stream()
            .map(problem -> "\n  " + problem)
            .collect(
                Collectors.joining(
                    "",
                    problems.size() == 1
                        ? "The configuration has a fault:"
                        : "The configuration has " + problems.size() + " faults:",
                    "")),
        "Every key is explained in docs/reference/configuration.md; try a change with: aidb config"
            + " check --config FILE");
    this.problems = List.copyOf(problems);
  }

  /** Every fault found, in the order of the files, then the environment, then the flags. */
  public List<ConfigProblem> problems() {
    return problems;
  }
}
