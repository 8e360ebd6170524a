package dev.aidb.operation;

/** What a caller may do; {@link #PUBLIC} asks for no identity at all. */
public enum Scope {
  PUBLIC,
  READ,
  WRITE,
  ADMIN
}
