package dev.spanthrift.agent.config.settings;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a setting is for, in one sentence, and what it is when nobody sets it.
 *
 * <p>The example file, the check for unknown keys and the environment variables all come from
 * these, so a setting is declared in one place only.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
@interface Setting {
  /** The sentence. */
  String value();

  /** As it would stand in the file; empty means that the setting is absent by default. */
  String byDefault() default "";

  /** Whether it must be given wherever its section stands. */
  boolean required() default false;

  /**
   * Whether it is a map of HTTP headers and not one of plain texts: names and values are checked,
   * and values are never shown.
   */
  boolean headers() default false;
}
