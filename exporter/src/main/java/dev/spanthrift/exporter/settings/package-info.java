/** What a destination is told: where, how, and its bounds. */
@NullMarked
package dev.spanthrift.exporter.settings;

import org.jspecify.annotations.NullMarked;
