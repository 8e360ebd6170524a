package dev.aidb.operation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that clients can ask, checked once at the start: every operation is named, described and
 * bounded, or nothing starts. Immutable.
 */
public final class Operations {
  private final Map<String, Operation<?, ?>> byName;

  private Operations(Map<String, Operation<?, ?>> byName) {
    this.byName = byName;
  }

  /**
   * The registry of these operations.
   *
   * @throws IllegalArgumentException that lists every fault of every declaration, a line each
   */
  public static Operations of(List<Operation<?, ?>> operations) {
    List<String> faults = new ArrayList<>(DeclarationFaults.among(operations));
    Map<String, Operation<?, ?>> byName = new LinkedHashMap<>();
    operations.forEach(operation -> byName.putIfAbsent(operation.name(), operation));
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(
          "The declarations have faults:\n  " + String.join("\n  ", faults));
    }
    return new Operations(byName);
  }

  /** The operations in the order of their declaration. */
  public List<Operation<?, ?>> list() {
    return List.copyOf(byName.values());
  }

  /** The operation of that name. */
  public Optional<Operation<?, ?>> named(String name) {
    return Optional.ofNullable(byName.get(name));
  }
}
