package dev.aidb.operation;

/**
 * How much one caller may ask in place of what is configured for all.
 *
 * @param perMinute requests in any 60 seconds, at least 1
 * @param perHour requests in any 3,600 seconds, at least 1
 */
public record Allowance(int perMinute, int perHour) {
  public Allowance {
    if (perMinute < 1 || perHour < 1) {
      throw new IllegalArgumentException("an allowance is at least one request");
    }
  }
}
