/** Foreign YAML: places in it, what becomes of each key, and what is said of it. */
@NullMarked
package dev.spanthrift.agent.collector.reading;

import org.jspecify.annotations.NullMarked;
