package dev.aidb.core;

/**
 * One broken rule of one field.
 *
 * @param field the path of the field as the client wrote it, such as {@code items[3].embedding}
 * @param code the stable name of the rule, such as {@code max_length}
 * @param message what the rule asks for, without the offending value
 */
public record FieldError(String field, String code, String message) {}
