/** Reads a Collector's configuration file. */
@NullMarked
package dev.spanthrift.agent.collector.file;

import org.jspecify.annotations.NullMarked;
