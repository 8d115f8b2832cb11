/** YAML with places, variables in it, and what is wrong with it. */
@NullMarked
package dev.spanthrift.agent.config.yaml;

import org.jspecify.annotations.NullMarked;
