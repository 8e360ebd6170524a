package dev.aidb.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Declares one key of the configuration. Its name is the component's in snake_case; its type is the
 * component's. A component of type {@code Optional<Secret>} named {@code password} is the key
 * {@code password_file} in files and additionally the variable {@code …_PASSWORD} in the
 * environment.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
@interface Key {
  /** One line on what the key means, with its unit where the type doesn't say it. */
  String doc();

  /** The key's name where the component can't bear it, as with a word of the language. */
  String name() default "";

  /** The default as one would write it; empty for no value or an empty list. */
  String normal() default "";

  /** The smallest value, inclusive, written as a value; empty for no bound. */
  String min() default "";

  /** The greatest value, inclusive, written as a value; empty for no bound. */
  String max() default "";

  /** The only values (or elements of a list) that are taken; empty for any. */
  String[] allowed() default {};

  /** A regular expression that a text must match as a whole; empty for any. */
  String pattern() default "";

  /** What {@link #pattern} asks for, in words that follow "must be". */
  String form() default "";

  /** Whether this version heeds the key. */
  Effect effect() default Effect.NOW;
}
