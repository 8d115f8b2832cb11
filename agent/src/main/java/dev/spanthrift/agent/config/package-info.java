/** One YAML file and environment variables, as one tree of records. */
@NullMarked
package dev.spanthrift.agent.config;

import org.jspecify.annotations.NullMarked;
